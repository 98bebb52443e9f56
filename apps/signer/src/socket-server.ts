import { chmodSync, existsSync, mkdirSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { KeyMissing, TokenLocked } from "@mitome/hsm";
import { encodeFrame, FrameReader, writeTogether } from "@mitome/hsm/protocol";
import { HsmUnavailable, type RefusalReason } from "@mitome/hsm/signer-client";
import type { z } from "zod";
import { CannotStart } from "./cannot-start.ts";

/** What an operation answers: fields of the reply, or the signer's no. */
export type Answer =
  | { readonly kind: "answer"; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly detail?: string }
  | { readonly kind: "notActivated" };

/** Another process listens on the socket already: two signers must not share a journal. */
class SocketTaken extends CannotStart {
  override readonly name = "SocketTaken";
}

/** A socket's requests and what serves them; `unexpected` is told about faults of ours. */
export interface SocketService<Request extends { readonly id: number }> {
  readonly path: string;
  readonly requests: z.ZodType<Request>;
  readonly serve: (request: Request) => Promise<Answer>;
  readonly unexpected: (error: unknown) => void;
}

/** A listening socket. */
export interface ListeningSocket {
  close(): Promise<void>;
}

/** Listens on a Unix socket (0600 in a directory 0700) and serves pipelined requests. Throws SocketTaken. */
export async function listen<Request extends { readonly id: number }>(
  service: SocketService<Request>,
): Promise<ListeningSocket> {
  mkdirSync(dirname(service.path), { recursive: true, mode: 0o700 });
  await removeStaleSocket(service.path);
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    socket.on("error", () => undefined);
    serveConnection(socket, service);
  });
  const umask = process.umask(0o177);
  try {
    await listening(server, service.path);
  } finally {
    process.umask(umask);
  }
  chmodSync(service.path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroySoon();
      }),
  };
}

function serveConnection<Request extends { readonly id: number }>(
  socket: Socket,
  service: SocketService<Request>,
): void {
  const frames = new FrameReader();
  socket.on("data", (chunk) => {
    try {
      for (const value of frames.push(chunk)) void answerOne(socket, service, value);
    } catch {
      socket.destroy(); // MalformedFrame: nothing after it can be understood
    }
  });
}

async function answerOne<Request extends { readonly id: number }>(
  socket: Socket,
  service: SocketService<Request>,
  value: unknown,
): Promise<void> {
  const parsed = service.requests.safeParse(value);
  const id = parsed.success ? parsed.data.id : idOf(value);
  const reply = parsed.success
    ? await served(service, parsed.data)
    : { ok: false, error: "refused", reason: "malformedRequest", detail: parsed.error.issues[0]?.path.join(".") };
  if (!socket.destroyed) writeTogether(socket, encodeFrame({ ...reply, id }));
}

async function served<Request extends { readonly id: number }>(
  service: SocketService<Request>,
  request: Request,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const answer = await service.serve(request);
    if (answer.kind === "answer") return { ok: true, ...answer.fields };
    if (answer.kind === "notActivated") return { ok: false, error: "notActivated" };
    return { ok: false, error: "refused", reason: answer.reason, detail: answer.detail };
  } catch (error) {
    if (error instanceof TokenLocked) return { ok: false, error: "notActivated" };
    if (error instanceof HsmUnavailable) return { ok: false, error: "hsmUnavailable", reason: error.missing };
    if (error instanceof KeyMissing) return { ok: false, error: "refused", reason: "keyUnknown", detail: error.label };
    service.unexpected(error);
    return { ok: false, error: "hsmUnavailable", reason: "deviceError" };
  }
}

function idOf(value: unknown): number {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return Number.isSafeInteger(id) ? Number(id) : 0;
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}

function removeStaleSocket(path: string): Promise<void> {
  if (!existsSync(path)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      reject(new SocketTaken(`another process listens on ${path}`));
    });
    probe.once("error", () => {
      unlinkSync(path);
      resolve();
    });
  });
}
