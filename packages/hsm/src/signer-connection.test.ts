import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeFrame, FrameReader, MAXIMUM_FRAME_LENGTH, MalformedFrame } from "./frames.ts";
import { SignerConnection } from "./signer-connection.ts";

type Request = { readonly id: number; readonly op: string };
type Serve = (request: Request, socket: Socket) => void;

let directory: string;
let path: string;
let server: Server | undefined;
let connection: SignerConnection;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "con-"));
  path = join(directory, "signer");
  connection = new SignerConnection({ socket: path, timeout: 500 });
});

afterEach(async () => {
  connection.close();
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

const sockets = new Set<Socket>();

async function listen(serve: Serve): Promise<void> {
  const listening = createServer((socket) => {
    sockets.add(socket);
    const frames = new FrameReader();
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      for (const value of frames.push(chunk)) serve(value as Request, socket);
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(path, resolve));
}

async function stop(): Promise<void> {
  const closing = server;
  server = undefined;
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  if (closing !== undefined) await new Promise((resolve) => closing.close(resolve));
}

describe("a connection to a signer", () => {
  it("pipelines requests and matches answers that come in another order", async () => {
    const waiting: Request[] = [];
    await listen((request, socket) => {
      waiting.push(request);
      if (waiting.length < 3) return;
      for (const { id, op } of waiting.reverse()) socket.write(encodeFrame({ id, ok: true, op }));
    });
    const replies = await Promise.all(["a", "b", "c"].map((op) => connection.request({ op })));
    expect(replies.map((reply) => reply.kind === "answer" && reply.value)).toMatchObject([
      { op: "a" },
      { op: "b" },
      { op: "c" },
    ]);
  });

  it("says HsmUnavailable when nobody listens, and connects by itself once somebody does", async () => {
    await expect(connection.request({ op: "status" })).rejects.toMatchObject({ missing: "notConnected" });
    await listen(({ id }, socket) => socket.write(encodeFrame({ id, ok: true })));
    expect(await connection.request({ op: "status" })).toMatchObject({ kind: "answer" });
  });

  it("says HsmUnavailable for requests under way when the connection is lost, and sends none of them twice", async () => {
    const seen: string[] = [];
    await listen(({ op }, socket) => {
      seen.push(op);
      socket.destroy();
    });
    await expect(connection.request({ op: "sign" })).rejects.toMatchObject({ missing: "connectionLost" });
    await stop();
    await listen(({ id, op }, socket) => {
      seen.push(op);
      socket.write(encodeFrame({ id, ok: true }));
    });
    await connection.request({ op: "status" });
    expect(seen).toEqual(["sign", "status"]);
  });

  it("says HsmUnavailable when an answer is late", async () => {
    await listen(() => undefined);
    await expect(connection.request({ op: "sign" })).rejects.toMatchObject({ missing: "operationTimedOut" });
  });

  it.each([
    [{ ok: false, error: "notActivated" }, { kind: "notActivated" }],
    [
      { ok: false, error: "refused", reason: "macWrong" },
      { kind: "refused", reason: "macWrong" },
    ],
  ])("hands a refusal over as a value: %o", async (reply, value) => {
    await listen(({ id }, socket) => socket.write(encodeFrame({ ...reply, id })));
    expect(await connection.request({ op: "sign" })).toEqual(value);
  });

  it("hands the signer's own unavailability over with its cause", async () => {
    await listen(({ id }, socket) =>
      socket.write(encodeFrame({ id, ok: false, error: "hsmUnavailable", reason: "tokenMissing" })),
    );
    await expect(connection.request({ op: "sign" })).rejects.toMatchObject({
      name: "HsmUnavailable",
      missing: "tokenMissing",
    });
  });
});

describe("frames", () => {
  it("come out whole however the stream is cut", () => {
    const values = [{ id: 1, text: "千葉" }, { id: 2 }, { id: 3, text: "x".repeat(300) }];
    const stream = Buffer.concat(values.map(encodeFrame));
    for (const size of [1, 3, 7, 64, stream.length]) {
      const reader = new FrameReader();
      const read: unknown[] = [];
      for (let at = 0; at < stream.length; at += size) read.push(...reader.push(stream.subarray(at, at + size)));
      expect(read).toEqual(values);
    }
  });

  it("above the limit or not in JSON are refused before they are gathered", () => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(MAXIMUM_FRAME_LENGTH + 1);
    expect(() => new FrameReader().push(length)).toThrow(MalformedFrame);
    expect(() => new FrameReader().push(Buffer.from([0, 0, 0, 1, 0x7b]))).toThrow(MalformedFrame);
    expect(() => encodeFrame("x".repeat(MAXIMUM_FRAME_LENGTH))).toThrow(MalformedFrame);
  });
});

describe("security.md §1: only apps/signer loads PKCS#11", () => {
  const client = new URL("./signer-client.ts", import.meta.url).href;
  const pkcs11 = new URL("./index.ts", import.meta.url).href;
  const mapsOf = (module: string) =>
    execFileSync(process.execPath, [
      "--input-type=module",
      "--eval",
      `await import(${JSON.stringify(module)}); process.stdout.write((await import("node:fs")).readFileSync("/proc/self/maps", "utf8"));`,
    ]).toString();

  it("whoever imports the client has no PKCS#11 in its process", () => {
    expect(mapsOf(client)).not.toContain("pkcs11");
    expect(mapsOf(pkcs11)).toContain("pkcs11.node"); // the same look does find it where it is
  });
});
