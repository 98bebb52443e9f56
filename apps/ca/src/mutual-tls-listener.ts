/**
 * A listener over mutual TLS 1.3. Who calls is read from his certificate, once a connection, and held against the ledger on
 * every request; whoever is not known, or of a kind that has no business here, gets no answer.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { TLSSocket } from "node:tls";
import type { Caller } from "@mitome/ca";
import type { EquipmentKind } from "@mitome/x509";
import type { EquipmentDirectory } from "./equipment-directory.ts";
import { log } from "./log.ts";

/** Certificate (followed by the equipment root) and key, PEM, and the root that callers' certificates stand under. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
  readonly root: string;
}

/** Makes the listener, which answers machines of these kinds; the caller binds it. */
export function mutualTlsListener(
  kinds: readonly EquipmentKind[],
  directory: EquipmentDirectory,
  tls: TlsIdentity,
  answer: (caller: Caller, request: IncomingMessage, response: ServerResponse) => Promise<void>,
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
      // Revoked or expired since the connection was made, or of another kind.
      if (caller === undefined || !kinds.includes(caller.kind)) return void socket.destroy();
      await answer(caller, request, response);
    },
  );
  server.on("secureConnection", (socket) => directory.admit(socket));
  server.on("tlsClientError", (error) => {
    log("info", "CA006", { reason: "code" in error ? String(error.code) : "unknown" });
  });
  return server;
}

/** A person as the caller names him in a header: opaque, at most 64 characters; anything else is nobody. */
export function personIn(header: string | string[] | undefined): string | undefined {
  if (typeof header !== "string" || header.length > 256 || !/^(?:[A-Za-z0-9_.!~*'()-]|%[0-9A-F]{2})+$/.test(header)) {
    return undefined;
  }
  try {
    const person = decodeURIComponent(header);
    return person.length <= 64 ? person : undefined;
  } catch {
    return undefined;
  }
}
