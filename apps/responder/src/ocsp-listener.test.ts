import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import {
  assembleOcspRequest,
  encodeTbsRequest,
  largestOcspRequest,
  makeCertId,
  type OcspResponse,
  parseOcspResponse,
} from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePeer, serialOf } from "./hierarchy.fixture.ts";
import { makeWorld, type World } from "./memory-world.fixture.ts";
import { type RunningResponder, startResponder } from "./start-responder.ts";

const now = new Date("2026-11-22T09:00:00.250Z");
const issuer = { authority: "chiba", generation: 2 };
const serial = serialOf("4a01");
const city = makePeer("matsudo-city");
const run = promisify(execFile);
let world: World;
let running: RunningResponder;
let request64: string;

beforeAll(async () => {
  const tls = makePeer("localhost");
  world = makeWorld(() => now);
  const file = (name: string) => join(world.directory, name);
  for (const [name, holder] of Object.entries({ tls, city, stranger: makePeer("stranger") })) {
    writeFileSync(file(`${name}.pem`), holder.pem.certificate);
    writeFileSync(file(`${name}.key`), holder.pem.key);
  }
  world.configuration.listeners.splice(0, 1, { kind: "behindProxy", socket: file("socket") });
  const https = { kind: "https", host: "127.0.0.1", port: 0, shared: false } as const;
  world.configuration.listeners.push({ ...https, certificate: file("tls.pem"), key: file("tls.key") });
  running = await world.start();
  world.registry.register(city, "matsudo-city");
  world.status.put(issuer, serial);
  const der = assembleOcspRequest(
    encodeTbsRequest({ certIds: [makeCertId("sha1", world.authorities[1].certificate, serial)] }),
  );
  request64 = Buffer.from(der).toString("base64");
  writeFileSync(file("request"), der);
});
afterAll(async () => {
  await running.stop();
  world.remove();
});

interface Said {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}
const agent = new Agent({ keepAlive: true });
const escapedPem = encodeURIComponent(city.pem.certificate);
/** Asks as the proxy does. */
function say(
  method: string,
  path: string,
  { body = undefined as Uint8Array | undefined, type = "application/ocsp-request", client = escapedPem } = {},
): Promise<Said> {
  const headers = { ...(body && { "content-type": type }), "mitome-client-certificate": client };
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: running.listening[0], method, path, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
const der = () => Buffer.from(request64, "base64");
const kindOf = (response: OcspResponse) =>
  response.kind === "error" ? response.error : response.responses[0]?.certStatus.kind;
const read = ({ body }: Said) => kindOf(parseOcspResponse(body));

describe("OCSP over HTTP (RFC 6960 appendix A)", () => {
  it("answers a POST, and lets nobody keep it", async () => {
    const said = await say("POST", "/ocsp", { body: der() });
    expect([said.status, read(said)]).toEqual([200, "good"]);
    expect(said.headers).toMatchObject({ "content-type": "application/ocsp-response", "cache-control": "no-store" });
  });

  it("answers a GET, escaped or not, which the asker alone may keep until the next update (RFC 5019 §6.2)", async () => {
    for (const path of [request64, encodeURIComponent(request64)]) {
      const said = await say("GET", `/ocsp/${path}`);
      expect([said.status, read(said)]).toEqual([200, "good"]);
      expect(said.headers).toMatchObject({
        "content-type": "application/ocsp-response",
        "cache-control": "max-age=299, private, no-transform, must-revalidate",
        "last-modified": "Sun, 22 Nov 2026 09:00:00 GMT",
        expires: "Sun, 22 Nov 2026 09:05:00 GMT",
        etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
      });
    }
  });

  it.each([
    ["GET", "/ocsp/%E0%A4%A"],
    ["GET", "/ocsp/not base64".replace(" ", "%20")],
    ["GET", "/ocsp/AAAA"],
    ["GET", "/ocsp/"],
    ["POST", "/ocsp"],
  ])("says malformedRequest with status 200 to %s %s", async (method, path) => {
    const said = await say(method, path, method === "POST" ? { body: Buffer.from("nonsense") } : {});
    expect([said.status, read(said)]).toEqual([200, "malformedRequest"]);
    expect(said.headers["cache-control"]).toBe("no-store");
  });

  it.each([
    [404, "GET", "/", undefined, undefined],
    [404, "GET", "/ocsp", undefined, undefined],
    [404, "POST", "/ocsp/x", "AAAA", undefined],
    [404, "GET", "/ocspx/AAAA", undefined, undefined],
    [405, "PUT", "/ocsp", "AAAA", undefined],
    [413, "POST", "/ocsp", "A".repeat(largestOcspRequest + 1), undefined],
    [414, "GET", `/ocsp/${"A".repeat(4_100)}`, undefined, undefined],
    [415, "POST", "/ocsp", "AAAA", "text/plain"],
  ])("says %i to what is no OCSP request: %s %s", async (status, method, path, body, type) => {
    const said = await say(method, path, { ...(body && { body: Buffer.from(body) }), ...(type && { type }) });
    expect(said.status).toBe(status);
    expect(said.body).toHaveLength(0);
    expect(said.headers.allow).toBe(status === 405 ? "GET, POST" : undefined);
  });

  it("says internalError with status 200 when the fault is ours, and goes on", async () => {
    const { registry } = world;
    const byFingerprint = registry.byFingerprint.bind(registry);
    registry.byFingerprint = () => {
      throw new TypeError("our own fault");
    };
    const said = await say("POST", "/ocsp", { body: der() });
    registry.byFingerprint = byFingerprint;
    expect([said.status, read(said)]).toEqual([200, "internalError"]);
    expect(read(await say("POST", "/ocsp", { body: der() }))).toBe("good");
  });

  it("reads no more of a body without an announced length than it may have", async () => {
    const socket = connect(running.listening[0] ?? "");
    const head =
      "POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\nTransfer-Encoding: chunked\r\n\r\n";
    socket.write(`${head}5000\r\n${"A".repeat(0x5000)}\r\n`);
    const [said] = await new Promise<string[]>((resolve) => socket.once("data", (data) => resolve([String(data)])));
    expect(said).toContain("HTTP/1.1 413");
    expect(said).toContain("connection: close");
    socket.destroy();
  });
});

describe("a shared port", () => {
  it("is listened on by several responders at once", async () => {
    const { status, registry, records, configuration } = world;
    const share = (port: number, name: string) => {
      const listeners = [{ kind: "http" as const, host: "127.0.0.1", port, shared: true }];
      const own = { ...configuration, listeners, spool: join(world.directory, name) };
      return startResponder(own, { status, registry, records, now: () => now });
    };
    const one = await share(0, "one");
    const url = new URL(one.listening[0] ?? "");
    const other = await share(Number(url.port), "other");
    expect(other.listening).toStrictEqual(one.listening);
    await one.stop();
    const answer = await fetch(new URL(`/ocsp/${encodeURIComponent(request64)}`, url));
    expect(kindOf(parseOcspResponse(new Uint8Array(await answer.arrayBuffer())))).toBe("unauthorized");
    await other.stop();
  });
});

describe("who a connection is (千葉県運用規程 4-4-4-3)", () => {
  it("is what the proxy says: PEM with percent signs, DER in base64, or nobody", async () => {
    const body = der();
    const base64 = Buffer.from(city.certificate.der).toString("base64");
    expect(read(await say("POST", "/ocsp", { body, client: base64 }))).toBe("good");
    for (const client of ["", "%", "AAAA"]) {
      expect(read(await say("POST", "/ocsp", { body, client }))).toBe("unauthorized");
    }
  });

  const curl = async (...args: readonly string[]) => {
    const fixed = ["--silent", "--insecure", "--data-binary", "@request", "--output", "answer"];
    const header = ["--header", "Content-Type: application/ocsp-request"];
    await run("curl", [...fixed, ...header, ...args, `${running.listening[1]}/ocsp`], { cwd: world.directory });
    const { stdout, stderr } = await run("openssl", ["ocsp", "-respin", "answer", "-noverify", "-resp_text"], {
      cwd: world.directory,
    }).catch((error) => error);
    return `${stdout}${stderr}`;
  };

  it("[C-4-4-4-3.1] is the client certificate of its TLS, and no header", async () => {
    expect(await curl("--cert", "city.pem", "--key", "city.key")).toContain("Cert Status: good");
    expect(await curl("--cert", "stranger.pem", "--key", "stranger.key")).toContain("unauthorized (6)");
    expect(await curl("--header", `Mitome-Client-Certificate: ${escapedPem}`)).toContain("unauthorized (6)");
  });

  it("is still the same client when its session is resumed", async () => {
    const { hostname, port } = new URL(running.listening[1] ?? "");
    const identity = { cert: city.pem.certificate, key: city.pem.key, rejectUnauthorized: false };
    const head = `POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\nContent-Length: ${der().length}\r\n\r\n`;
    const sayOn = async (session: Buffer | undefined) => {
      const socket = connectTls({ host: hostname, port: Number(port), ...identity, ...(session && { session }) });
      const secured = once(socket, "secureConnect");
      const [said] = await Promise.all([
        once(socket, "data"),
        secured.then(() => socket.write(Buffer.concat([Buffer.from(head), der()]))),
      ]);
      const octets: Buffer = said[0];
      const answer = kindOf(parseOcspResponse(octets.subarray(octets.indexOf("\r\n\r\n") + 4)));
      const reused = socket.isSessionReused();
      const ticket = socket.getSession();
      socket.destroy();
      return { answer, reused, ticket };
    };
    const first = await sayOn(undefined);
    expect([first.answer, first.reused]).toEqual(["good", false]);
    expect(await sayOn(first.ticket)).toMatchObject({ answer: "good", reused: true });
  });
});
