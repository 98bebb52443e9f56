/** How every listener of the responder comes to its place and leaves it. */
import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { ListenerConfiguration } from "./configuration.ts";

/** Bounds of every listener, in milliseconds and octets. */
export const listenerBounds = {
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
} as const;

const mostConnections = 4_096;
/** Milliseconds in which a connection has to take or send anything. */
const idleTimeout = 65_000;

/** Resolves with its URL, or the path of its socket, once it listens. */
export async function bindListener(server: Server, place: ListenerConfiguration): Promise<string> {
  server.maxConnections = mostConnections;
  server.setTimeout(idleTimeout);
  const listening = new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", resolve);
  });
  if (place.kind === "behindProxy") {
    // What an earlier process of this name left; one that still runs has lost it then, and its proxy shows it.
    rmSync(place.socket, { force: true });
    server.listen(place.socket);
    await listening;
    // The proxy is of the directory's group.
    chmodSync(place.socket, 0o660);
    return place.socket;
  }
  server.listen({ host: place.host, port: place.port, reusePort: place.shared });
  await listening;
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : place.port;
  return `${place.kind}://${place.host}:${port}`;
}

/** Resolves when no connection is left; those that are busy for longer than two seconds are cut. */
export async function closeListener(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 2_000).unref();
  });
}
