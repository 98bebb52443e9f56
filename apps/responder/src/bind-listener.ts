/** How every listener of the responder comes to its place and leaves it. */
import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { ListenerConfiguration } from "./configuration.ts";
import { log } from "./log.ts";

/** Bounds of every listener, in milliseconds and octets. */
export const listenerBounds = {
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  keepAliveTimeout: 65_000,
  /** Of TLS: no other bound holds before its end. */
  handshakeTimeout: 5_000,
  maxHeaderSize: 16_384,
} as const;

const mostConnections = 4_096;
/** Milliseconds in which a connection has to take or send anything. */
const idleTimeout = 65_000;

/** Every connection of a listener; of those without a request, or in the middle of TLS, the HTTP server knows nothing. */
const connectionsOf = new WeakMap<Server, Set<Socket>>();

/** Resolves with its URL, or the path of its socket, once it listens. */
export async function bindListener(server: Server, place: ListenerConfiguration): Promise<string> {
  server.maxConnections = mostConnections;
  server.setTimeout(idleTimeout);
  const connections = new Set<Socket>();
  connectionsOf.set(server, connections);
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  // What an earlier process of this name left; one that still runs has lost it then, and its proxy shows it.
  if (place.kind === "behindProxy") rmSync(place.socket, { force: true });
  server.listen(
    place.kind === "behindProxy"
      ? { path: place.socket }
      : { host: place.host, port: place.port, reusePort: place.shared },
  );
  await once(server, "listening");
  // A connection that the system could not accept, for want of descriptors say, is no reason to end with all others.
  server.on("error", (problem) => {
    log("warn", "RS018", { reason: "code" in problem ? String(problem.code) : "unknown" });
  });
  if (place.kind === "behindProxy") {
    // The proxy is of the directory's group.
    chmodSync(place.socket, 0o660);
    return place.socket;
  }
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : place.port;
  return `${place.kind}://${place.host}:${port}`;
}

/** Resolves when no connection is left; those that are busy for longer than two seconds are cut. */
export async function closeListener(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    const cut = () => {
      for (const connection of connectionsOf.get(server) ?? []) connection.destroy();
    };
    setTimeout(cut, 2_000).unref();
  });
}
