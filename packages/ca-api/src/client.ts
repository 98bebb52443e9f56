/** How a municipality's server calls the authority: the contract's client over mutual TLS 1.3, connections kept open. */
import { equipmentIdentityIn } from "@mitome/x509";
import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import { Agent, fetch as undiciFetch } from "undici";
import type { OperatorsRouter } from "./operators-router.ts";
import type { CaRouter, EnrolmentRouter } from "./router.ts";

/** Where the authority listens and who calls. Certificates and key are PEM or DER as Node takes them. */
export interface CaAddress {
  /** `https://localhost:…` */
  readonly url: string;
  /** The equipment root that the authority's server certificate must stand under. */
  readonly root: string | Buffer;
  readonly certificate: string | Buffer;
  readonly key: string | Buffer;
  /** Most connections at once; 16 when absent. */
  readonly connections?: number;
}

/** A client, with the audit head that the authority's last answer carried, to be kept as witness. */
export interface CaClient {
  readonly calls: TRPCClient<CaRouter>;
  /** Calls with this renewed certificate and key from now on; calls under way end as they began. */
  actAs(machine: Pick<CaAddress, "certificate" | "key">): void;
  close(): Promise<void>;
}

/** What travels with a call besides its input: `{ context: { clerk } }`. */
export interface CallOptions {
  readonly clerk: string;
}

const nobody = { clerk: undefined };

/**
 * Makes a client.
 * @param witness takes the `mitome-audit-head` of every answer (`<stream>:<sequence>:<hash>`)
 */
export function createCaClient(address: CaAddress, witness: (head: string) => void): CaClient {
  let dispatcher = connectionsOf(address);
  const calls = createTRPCClient<CaRouter>({
    links: [
      httpLink({
        url: address.url,
        headers: ({ op }) => clerkHeader(op.context),
        fetch: async (input, init) => {
          const response = await undiciFetch(String(input), { ...toUndici(init), dispatcher });
          const head = response.headers.get("mitome-audit-head");
          if (head !== null) witness(head);
          return response;
        },
      }),
    ],
  });
  const actAs: CaClient["actAs"] = ({ certificate, key }) => {
    const before = dispatcher;
    dispatcher = connectionsOf({ ...address, certificate, key });
    void before.close();
  };
  return { calls, actAs, close: () => dispatcher.close() };
}

function connectionsOf({ connections = 16, root, certificate, key }: CaAddress): Agent {
  return new Agent({
    connections,
    keepAliveTimeout: 60_000,
    connect: {
      ca: root,
      cert: certificate,
      key,
      minVersion: "TLSv1.3",
      checkServerIdentity: (_host, peer) => serverKindFault(peer.raw),
    },
  });
}

/** Makes a client of the listener on which a machine without a certificate redeems its ticket. */
export function createEnrolmentClient(address: Pick<CaAddress, "url" | "root">): {
  readonly calls: TRPCClient<EnrolmentRouter>;
  close(): Promise<void>;
} {
  const dispatcher = new Agent({
    connect: {
      ca: address.root,
      minVersion: "TLSv1.3",
      checkServerIdentity: (_host, certificate) => serverKindFault(certificate.raw),
    },
  });
  const calls = createTRPCClient<EnrolmentRouter>({
    links: [
      httpLink({
        url: address.url,
        fetch: (input, init) => undiciFetch(String(input), { ...toUndici(init), dispatcher }),
      }),
    ],
  });
  return { calls, close: () => dispatcher.close() };
}

/** A client of the operators' listener. */
export interface OperatorsClient {
  readonly calls: TRPCClient<OperatorsRouter>;
  close(): Promise<void>;
}

/** Makes a client of the listener at which the operators' desk calls, in the name of this operator. */
export function createOperatorsClient(address: CaAddress, operator: string): OperatorsClient {
  const dispatcher = connectionsOf(address);
  const calls = createTRPCClient<OperatorsRouter>({
    links: [
      httpLink({
        url: address.url,
        headers: { "mitome-operator": encodeURIComponent(operator) },
        fetch: (input, init) => undiciFetch(String(input), { ...toUndici(init), dispatcher }),
      }),
    ],
  });
  return { calls, close: () => dispatcher.close() };
}

/** The other side must be an authority's server: any other machine of the same root is refused. */
function serverKindFault(certificate: Uint8Array): Error | undefined {
  const right = equipmentIdentityIn(certificate)?.kind === "authority-server";
  return right ? undefined : new Error("the other side is not an authority's server");
}

function clerkHeader(context: Record<string, unknown>): Record<string, string> {
  const { clerk } = { ...nobody, ...context };
  return typeof clerk === "string" ? { "mitome-clerk": encodeURIComponent(clerk) } : {};
}

function toUndici(init: { method?: string; headers?: unknown; body?: unknown; signal?: unknown } | undefined) {
  return {
    ...(init?.method === undefined ? {} : { method: init.method }),
    headers: init?.headers as Record<string, string>,
    body: init?.body as string,
    signal: init?.signal as AbortSignal,
  };
}
