/** The proxies' configurations as they are shipped, with this test's paths, before two responders. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { getuid } from "node:process";
import { promisify } from "node:util";
import { assembleOcspRequest, encodeTbsRequest, makeCertId, parseOcspResponse } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { makePeer, serialOf } from "./hierarchy.fixture.ts";
import { makeWorld, type World } from "./memory-world.fixture.ts";
import { type RunningResponder, startResponder } from "./start-responder.ts";

const run = promisify(execFile);
const issuer = { authority: "chiba", generation: 2 };
const serial = serialOf("4a01");

const programs = [
  {
    name: "nginx",
    file: "nginx.conf",
    start: (file: string) => ["-c", file, "-g", "daemon off;"],
    // Whoever is not root cannot become www-data, nor write where Debian's nginx keeps what it passes on.
    changes: (directory: string) => [
      ["user www-data;", getuid?.() === 0 ? "user root;" : ""] as const,
      ["access_log off;", `access_log off; ${temporaryPaths(directory)}`] as const,
    ],
  },
  { name: "haproxy", file: "haproxy.cfg", start: (file: string) => ["-db", "-f", file], changes: () => [] },
] as const;

function temporaryPaths(directory: string): string {
  const uses = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return uses.map((use) => `${use}_temp_path ${join(directory, use)};`).join(" ");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === "object" ? address.port : expect.unreachable();
}

describe.each(programs)("behind $name", ({ name, file, start, changes }) => {
  let world: World;
  let running: readonly RunningResponder[];
  let proxy: ChildProcess;
  let url: string;
  let request: Buffer;

  beforeAll(async () => {
    world = makeWorld(() => new Date());
    const place = (...path: readonly string[]) => join(world.directory, ...path);
    mkdirSync(place("run"));
    const [city, stranger, tls] = [makePeer("city"), makePeer("stranger"), makePeer("localhost")];
    for (const [of, holder] of Object.entries({ city, stranger })) {
      writeFileSync(place(`${of}.pem`), holder.pem.certificate + holder.pem.key);
    }
    writeFileSync(place("tls.pem"), tls.pem.certificate);
    writeFileSync(place("tls.pem.key"), tls.pem.key);
    writeFileSync(place("equipment-root.pem"), tls.pem.certificate);
    running = await Promise.all(["1", "2"].map((name) => startOne(name, place("run", `${name}.sock`))));
    world.registry.register(city, "city");
    world.status.put(issuer, serial);
    const certIds = [makeCertId("sha1", world.authorities[1].certificate, serial)];
    request = Buffer.from(assembleOcspRequest(encodeTbsRequest({ certIds })));
    writeFileSync(place("request"), request);
    writeFileSync(place("long"), Buffer.alloc(20_000));
    const port = await freePort();
    const shipped = readFileSync(new URL(`../proxy/${file}`, import.meta.url), "utf8");
    const own = [
      ["/run/mitome/responder/", `${place("run")}/`],
      ["/etc/mitome/responder/", `${place()}/`],
      ["/run/mitome/nginx.pid", place("nginx.pid")],
      ["listen 443", `listen 127.0.0.1:${port}`],
      ["bind :443", `bind 127.0.0.1:${port}`],
      ...changes(world.directory),
    ].reduce((text, [from = "", to = ""]) => text.replaceAll(from, to), shipped);
    writeFileSync(place(file), own);
    proxy = spawn(`/usr/sbin/${name}`, start(place(file)), { stdio: "ignore" });
    url = `https://127.0.0.1:${port}/ocsp`;
    await vi.waitUntil(async () => (await ask("--request", "POST", url).catch(() => "")) === "415", {
      timeout: 10_000,
    });
  });
  afterAll(async () => {
    proxy.kill();
    await once(proxy, "exit");
    await Promise.all(running.map((responder) => responder.stop()));
    world.remove();
  });

  function startOne(name: string, socket: string): Promise<RunningResponder> {
    const { status, registry, records, configuration, directory } = world;
    const own = {
      ...configuration,
      listeners: [{ kind: "behindProxy" as const, socket }],
      spool: join(directory, name),
    };
    return startResponder(own, { status, registry, records, now: () => new Date() });
  }

  /** What curl was told, status first. */
  const ask = async (...args: readonly string[]) => {
    const fixed = ["--silent", "--insecure", "--output", "answer", "--write-out", "%{http_code}"];
    const { stdout } = await run("curl", [...fixed, ...args], { cwd: world.directory });
    return stdout;
  };
  const type = ["--header", "Content-Type: application/ocsp-request"];
  const say = async (...args: readonly string[]) => {
    expect(await ask(...args)).toBe("200");
    const response = parseOcspResponse(readFileSync(join(world.directory, "answer")));
    return response.kind === "error" ? response.error : response.responses[0]?.certStatus.kind;
  };
  const post = [...type, "--data-binary", "@request"];

  it("a verifier is known by its client certificate, and nobody by a header", async () => {
    expect(await say(...post, "--cert", "city.pem", url)).toBe("good");
    const encoded = encodeURIComponent(request.toString("base64"));
    expect(await say("--cert", "city.pem", `${url}/${encoded}`)).toBe("good");
    expect(await say(...post, "--cert", "stranger.pem", url)).toBe("unauthorized");
    const certificate = readFileSync(join(world.directory, "city.pem"), "utf8");
    const forged = ["--header", `Mitome-Client-Certificate: ${encodeURIComponent(certificate)}`];
    expect(await say(...post, ...forged, url)).toBe("unauthorized");
    expect(await say(...post, ...forged, "--cert", "stranger.pem", url)).toBe("unauthorized");
  });

  it("a path with slashes in a row arrives as it was sent, and no long body does", async () => {
    const certIds = [makeCertId("sha1", world.authorities[1].certificate, serial)];
    // Ones are slashes in base64.
    const nonce = Buffer.alloc(32, 0xff);
    const encoded = Buffer.from(assembleOcspRequest(encodeTbsRequest({ certIds, nonce }))).toString("base64");
    expect(encoded).toContain("//////");
    expect(await say("--cert", "city.pem", "--path-as-is", `${url}/${encoded}`)).toBe("good");
    expect(await ask(...type, "--data-binary", "@long", "--cert", "city.pem", url)).toBe("413");
  });

  it("one process of two may be away", async () => {
    await running[0]?.stop();
    for (let number = 0; number < 4; number++) expect(await say(...post, "--cert", "city.pem", url)).toBe("good");
  });
});
