/**
 * Where municipalities call: mutual TLS 1.3. Who calls is read from his certificate, once a connection, and held
 * against the ledger on every request; whoever is not known gets no answer.
 */
import { createServer, type Server } from "node:https";
import { TLSSocket } from "node:tls";
import { formatHead } from "@mitome/audit";
import type { CertificationAuthority } from "@mitome/ca";
import { type CallContext, caRouter } from "@mitome/ca-api";
import { answerCall } from "./answer-call.ts";
import type { EquipmentDirectory } from "./equipment-directory.ts";
import { log } from "./log.ts";

/** Certificate (followed by the equipment root) and key, PEM, and the root that callers' certificates stand under. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
  readonly root: string;
}

type CallInHand = { -readonly [Field in keyof CallContext]: CallContext[Field] };

/** Kinds of machines that this listener answers; the routers say what each may do. */
const kindsAnswered = new Set(["server", "agent"]);

/** Makes the listener; the caller binds it. */
export function municipalListener(
  authority: CertificationAuthority,
  directory: EquipmentDirectory,
  tls: TlsIdentity,
): Server {
  const server = createServer(
    {
      ...{ cert: tls.certificate, key: tls.key, ca: tls.root },
      ...{ requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" },
      ...{ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000, maxHeaderSize: 8_192 },
    },
    async (request, response) => {
      const { socket } = request;
      if (!(socket instanceof TLSSocket)) return void request.destroy();
      const caller = directory.callerOn(socket) ?? (await directory.callerAfterReading(socket));
      // Revoked or expired since the connection was made, or of a kind that has no business here.
      if (caller === undefined || !kindsAnswered.has(caller.kind)) return void socket.destroy();
      const call: CallInHand = {
        ...{ caller, clerk: clerkOf(request.headers["mitome-clerk"]), authority, head: undefined },
        equipmentInForce: () => directory.inForceOf(caller.municipality),
        witness: (head) => {
          call.head = head;
        },
      };
      await answerCall(caRouter, request, response, call, () => headersOf(call));
    },
  );
  server.on("secureConnection", (socket) => directory.admit(socket));
  server.on("tlsClientError", (error) => {
    log("info", "CA006", { reason: "code" in error ? String(error.code) : "unknown" });
  });
  return server;
}

/** Every answer carries the audit head that its act produced, for the municipality to keep as witness. */
function headersOf({ head }: CallInHand): Record<string, string> {
  return head === undefined ? {} : { "mitome-audit-head": formatHead(head) };
}

/** The clerk's id as the municipality names it: opaque, at most 64 characters; anything else is nobody. */
function clerkOf(header: string | string[] | undefined): string | undefined {
  if (typeof header !== "string" || header.length > 256 || !/^(?:[A-Za-z0-9_.!~*'()-]|%[0-9A-F]{2})+$/.test(header)) {
    return undefined;
  }
  try {
    const clerk = decodeURIComponent(header);
    return clerk.length <= 64 ? clerk : undefined;
  } catch {
    return undefined;
  }
}
