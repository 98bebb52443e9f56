/** The public site as it runs, asked over HTTP. */
import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { enterSoftList } from "@mitome/testkit/published-ledger";
import { parseCertificateList } from "@mitome/x509";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Availability } from "./availability.ts";
import type { RepositoryConfiguration } from "./configuration.ts";
import {
  listedAt,
  makeRepositoryWorld,
  type RepositoryWorld,
  revokedSerial,
  textFiles,
} from "./repository-world.fixture.ts";
import { type RunningRepository, startRepository } from "./start-repository.ts";

const run = promisify(execFile);
const origin = "https://repository.chiba.example";
let world: RepositoryWorld;
let running: RunningRepository;
let socketPath: string;

beforeAll(async () => {
  world = await makeRepositoryWorld();
  socketPath = join(world.directory, "site");
  const publication = join(world.directory, "publication.json");
  const statement = join(world.directory, "statement.json");
  copyFileSync(textFiles.publication, publication);
  copyFileSync(textFiles.statement, statement);
  const availability = join(world.directory, "availability.json");
  new Availability(availability).count({ http: true, ldap: false, ocsp: true }, new Date());
  const configuration: RepositoryConfiguration = {
    ...{ authority: world.soft.definition.id, origin, texts: { publication, statement }, availability },
    listeners: [{ kind: "behindProxy", socket: socketPath }],
    addresses: { http: `${origin}/`, ldap: "ldap://directory.chiba.example/", ocsp: "https://ocsp.chiba.example/ocsp" },
  };
  running = await startRepository(configuration, world.postgres.url("ca_responder"), {
    now: () => new Date(),
    recordsSetAside: () => 2,
  });
});
afterAll(async () => {
  await running?.stop();
  await world?.stop();
});

interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(path: string, { method = "GET", headers = {} as Record<string, string>, body = "" } = {}): Promise<Said> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method, headers, agent: false }, (response) => {
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

/** What the server says to these octets, up to the end of the connection. */
function say(octets: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    let said = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      said += text;
    });
    socket.on("error", () => resolve(said)).on("close", () => resolve(said));
    socket.write(octets, "latin1");
    socket.setTimeout(2_000, () => socket.end());
  });
}

const shownAt = async (): Promise<string> => JSON.parse(String((await ask("/status.json")).body)).at;

/** Resolves when a view is shown that was made after now. */
async function shownAnew(): Promise<void> {
  const before = await shownAt();
  await world.owner`select pg_notify('publication', '')`;
  await expect.poll(shownAt, { timeout: 8_000 }).not.toBe(before);
}

const sha256 = (octets: Uint8Array) => createHash("sha256").update(octets).digest("hex");
const arl = "/repository/authority-revocation-lists/1.crl";
const operational = "/repository/operational-revocation-lists/1.crl";

describe("the repository over HTTP (千葉県運用規程 2-6)", () => {
  it("[C-2-6-1.2] [C-2-6-3.1] [C-2-8-2.1] gives anyone the authority's certificates, its ARL and the list of operational certificates", async () => {
    const { selfSigned } = world.soft;
    for (const [path, octets] of [
      [`/repository/certificates/${sha256(selfSigned)}.cer`, selfSigned],
      [`/repository/certificates/${sha256(world.operational)}.cer`, world.operational],
      [arl, world.lists.authority],
      [operational, world.lists.operational],
    ] as const) {
      const { status, body } = await ask(path);
      expect([path, status, body.equals(octets)]).toEqual([path, 200, true]);
    }
    const pem = await ask(`/repository/certificates/${sha256(selfSigned)}.pem`);
    expect(new X509Certificate(pem.body).raw.equals(selfSigned)).toBe(true);
  });

  it("[C-2-6-1.1] [C-2-6-3.1] shows anyone the laws, the practice statement, cross-certification and notices", async () => {
    for (const path of ["/laws", "/statement", "/cross-certification", "/notices"]) {
      const { status, headers } = await ask(path);
      expect([path, status, headers["content-type"]]).toEqual([path, 200, "text/html; charset=utf-8"]);
    }
  });

  it("[C-2-8-3.1] says of a revoked operational certificate when and the reason's name, and no more", async () => {
    const { body } = await ask("/revocation-lists");
    const [entry] = parseCertificateList(world.lists.operational).revokedCertificates;
    expect(String(body).toLowerCase()).toContain(entry?.serialNumber);
    expect(String(body)).toContain("更新（superseded）");
    expect(String(body)).not.toMatch(/renewed|revocation_cause/);
  });

  it("[C-2-6-3.2] [C-2-8-3.2] has no list of subscriber certificates, under no address, and no page with an entry of one", async () => {
    for (const path of [
      "/crl/1/121002.crl",
      "/repository/subscriber-revocation-lists/1.crl",
      "/repository/121002-revocation-lists/1.crl",
      "/repository/",
    ])
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    for (const path of ["/", "/revocation-lists", "/status", "/status.json", "/feed.atom"])
      expect(String((await ask(path)).body).toLowerCase()).not.toContain(revokedSerial);
  });

  it("shows every municipality's partition with the number and time of its newest list, or that there is none", async () => {
    const { partitions, readAt } = JSON.parse(String((await ask("/status.json")).body));
    expect(Date.now() - Date.parse(readAt)).toBeLessThan(30_000);
    expect(partitions).toHaveLength(world.soft.definition.municipalities.length + 2);
    const of = (code: string) =>
      partitions.find((one: { municipality: { code: string } | null }) => one.municipality?.code === code);
    expect(of("121002")).toMatchObject({ state: "fresh", number: 5, thisUpdate: listedAt.toISOString() });
    expect(of("122025")).toMatchObject({ state: "missing", number: null });
  });

  it("is what OpenSSL reads", async () => {
    const { body } = await ask(arl);
    writeFileSync(join(world.directory, "arl"), body);
    const { stdout } = await run("openssl", [
      "crl",
      "-inform",
      "DER",
      "-in",
      join(world.directory, "arl"),
      "-noout",
      "-crlnumber",
    ]);
    expect(stdout).toContain("crlNumber=0x05");
  });
});

describe("RFC 9110", () => {
  it("lets a list be kept until the next is planned, and answers 304, 206, 412 and 416", async () => {
    const whole = await ask(arl);
    const seconds = Number(/^public, max-age=(\d+), must-revalidate$/.exec(whole.headers["cache-control"] ?? "")?.[1]);
    const planned = (listedAt.getTime() + 24 * 3_600_000 - Date.now()) / 1_000;
    expect(Math.abs(seconds - planned)).toBeLessThan(10);
    const { etag = "", "last-modified": modified = "" } = whole.headers;
    const again = await ask(arl, { headers: { "if-none-match": etag } });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
    expect(again.headers["content-length"]).toBeUndefined();
    expect((await ask(arl, { headers: { "if-modified-since": modified } })).status).toBe(304);
    const part = await ask(arl, { headers: { range: "bytes=10-19", "if-range": etag } });
    expect([part.status, part.headers["content-range"]]).toEqual([206, `bytes 10-19/${whole.body.length}`]);
    expect(part.body.equals(whole.body.subarray(10, 20))).toBe(true);
    const beyond = await ask(arl, { headers: { range: "bytes=999999-" } });
    expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, `bytes */${whole.body.length}`]);
    expect((await ask(arl, { headers: { "if-match": '"other"' } })).status).toBe(412);
  });

  it.each([arl, "/", "/style.css", "/status.json", "/feed.atom", "/not-there"])(
    "answers HEAD %s as GET without its octets",
    async (path) => {
      const [get, head] = [await ask(path), await ask(path, { method: "HEAD" })];
      expect([head.status, head.body.length, head.headers["content-length"]]).toEqual([
        get.status,
        0,
        String(get.body.length),
      ]);
      expect(head.headers["content-type"]).toBe(get.headers["content-type"]);
    },
  );

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])(
    "answers %s with 405 and what is allowed",
    async (method) => {
      for (const path of [arl, "/", "/not-there"]) {
        const { status, headers } = await ask(path, { method });
        expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
      }
    },
  );

  it("answers what is nowhere with 404, what is too long with 414, and never by redirecting", async () => {
    for (const path of [
      "/nowhere",
      "/certificates/",
      "//",
      "/%00",
      "/..%2f..%2fetc/passwd",
      "/../../etc/passwd",
      "/__proto__",
      "/constructor",
    ])
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    expect((await ask(`/${"a".repeat(8_192)}`)).status).toBe(414);
    expect((await ask(`/?${"a".repeat(17_000)}`)).status).toBe(431);
    expect((await ask("/?any=query")).status).toBe(200);
  });

  it("understands a target in absolute form", async () => {
    const said = await say(
      "GET http://repository.chiba.example/status.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    expect(said).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("reads no body: it answers before one has come, and ends the connection", async () => {
    for (const method of ["GET", "POST"]) {
      const said = await say(`${method} / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n`);
      expect(said).toMatch(method === "GET" ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 405 /);
      expect(said.toLowerCase()).toContain("\r\nconnection: close\r\n");
    }
  });
});

describe("every answer", () => {
  it("forbids scripts, frames and guessing, and tells no other site where a reader came from", async () => {
    for (const path of ["/", "/status", "/style.css", "/status.json", "/feed.atom", arl, "/not-there"]) {
      const { headers } = await ask(path);
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none';(?!.*script).*frame-ancestors 'none'/);
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
      expect(headers["strict-transport-security"]).toBe("max-age=31536000");
      expect(headers["set-cookie"]).toBeUndefined();
      expect(headers.server).toBeUndefined();
    }
  });

  it("is none of the server's faults, whatever is asked", async () => {
    const token = fc.stringMatching(/^[A-Za-z]{1,10}$/);
    const path = fc.stringMatching(/^[!-~]{0,60}$/);
    const header = fc.stringMatching(/^[ -~]{0,40}$/);
    await fc.assert(
      fc.asyncProperty(token, path, header, header, async (method, target, range, condition) => {
        const head = `${method} /${target} HTTP/1.1\r\nHost: x\r\nRange: ${range}\r\nIf-None-Match: ${condition}\r\n`;
        const said = await say(`${head}If-Modified-Since: ${condition}\r\nConnection: close\r\n\r\n`);
        expect(said).toMatch(/^HTTP\/1\.1 [24]\d\d /);
      }),
      { seed: 11, numRuns: 150 },
    );
  });
});

describe("what is shown", () => {
  it("is what the prober of another process saw, where this one has none", async () => {
    const { services, accessRecords } = JSON.parse(String((await ask("/status.json")).body));
    expect(services.map(({ service, state }: Record<string, string>) => [service, state])).toEqual([
      ["http", "available"],
      ["ldap", "unavailable"],
      ["ocsp", "available"],
    ]);
    expect(accessRecords).toEqual({ setAside: 2 });
  });

  it("is a new list soon after it was signed", async () => {
    const newer = await enterSoftList(world.owner, world.soft, {
      partition: "authority",
      number: 6,
      thisUpdate: new Date(listedAt.getTime() + 60_000),
    });
    await expect.poll(async () => (await ask(arl)).body.equals(newer), { timeout: 8_000 }).toBe(true);
  });

  it("[C-2-1-2.13] [C-4-5.2] is a report on provision soon after it was published, and for five years", async () => {
    const { id } = world.soft.definition;
    const publish = (name: string, publishedAt: Date) => {
      const body = { name: "認証事務センター", address: "-", representative: "-", from: listedAt, until: null };
      const rows = [{ recipient: "千葉裁判所", month: "2025-03", count: 1_204, method: "ocsp" }];
      const period = { from: "2025-03", to: "2025-03" };
      const madeBy = { kind: "designatedBody", ...body };
      const report = JSON.stringify({ kind: "report", madeBy, madeAt: publishedAt, period, rows });
      return world.owner`insert into ca.published_report (id, authority, title, report, pdf, published_at)
        values (${name}, ${id}, ${name}, ${report}, ${Buffer.from(`%PDF-1.4 ${name}`)}, ${publishedAt})`;
    };
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    await publish("old", daysAgo(5 * 366 + 2));
    await publish("open", daysAgo(5 * 365 - 2));
    await expect.poll(async () => (await ask("/provision-reports/open")).status, { timeout: 8_000 }).toBe(200);
    expect(String((await ask("/provision-reports/open")).body)).toContain("1,204");
    const paper = await ask("/provision-reports/open.pdf");
    expect([paper.headers["content-type"], String(paper.body)]).toEqual(["application/pdf", "%PDF-1.4 open"]);
    for (const path of ["/provision-reports/old", "/provision-reports/old.pdf"])
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
  });

  it("[C-2-6-1.1] is an emergency as soon as it is written down, and what cannot be published is not", async () => {
    const file = join(world.directory, "publication.json");
    const said = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, "{");
    await shownAnew();
    expect((await ask("/notices")).status).toBe(200);
    const compromise = {
      ...{
        since: "2026-11-22T17:40:00+09:00",
        title: "千葉県知事の秘密鍵が危殆化しました",
        text: ["信じないでください。"],
      },
    };
    writeFileSync(file, JSON.stringify({ ...said, compromise }));
    await shownAnew();
    for (const path of ["/", "/laws", "/revocation-lists", "/not-there"])
      expect(String((await ask(path)).body)).toContain(compromise.title);
  });

  it("[C-2-4-2.1] [C-2-6-2.1] [C-8-2.1] is a change of the operating structure, and the statement's new version, as soon as it is written", async () => {
    const [publication, statement] = ["publication", "statement"].map((name) => join(world.directory, `${name}.json`));
    if (publication === undefined || statement === undefined) throw new RangeError("no file");
    const today = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
    const moved = { date: today, title: "認証事務の委任先の変更", text: ["移ります。"] };
    const said = JSON.parse(readFileSync(publication, "utf8"));
    writeFileSync(publication, JSON.stringify({ ...said, structureChanges: [moved, ...said.structureChanges] }));
    const before = JSON.parse(readFileSync(statement, "utf8"));
    const amended = { version: "9.9", date: today, change: "連絡先の変更", amends: before.versions.at(-1).version };
    writeFileSync(statement, JSON.stringify({ ...before, versions: [...before.versions, amended] }));
    await shownAnew();
    expect(String((await ask("/operating-structure")).body)).toContain(moved.title);
    expect(String((await ask("/statement")).body)).toMatch(/第9\.9版/);
    expect(String((await ask("/feed.atom")).body)).toContain("第9.9版");
  });

  it("[C-2-6-4.1] [C-4-4-3.2] stands while the ledger is away, and says how old it is", async () => {
    await world.postgres.cluster.stop("immediate");
    for (const path of ["/", "/status", arl]) expect((await ask(path)).status).toBe(200);
    const first = JSON.parse(String((await ask("/status.json")).body));
    await expect
      .poll(async () => JSON.parse(String((await ask("/status.json")).body)).at, { timeout: 30_000, interval: 500 })
      .not.toBe(first.at);
    const later = JSON.parse(String((await ask("/status.json")).body));
    expect(Date.parse(later.at) - Date.parse(later.readAt)).toBeGreaterThan(5_000);
    await world.postgres.crash();
    await expect
      .poll(async () => JSON.parse(String((await ask("/status.json")).body)).readAt, { timeout: 30_000, interval: 500 })
      .not.toBe(later.readAt);
  });
});
