import { enterSoftList } from "@mitome/testkit/published-ledger";
import { sqlAs } from "@mitome/testkit/sql";
import { parseCertificateList } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Holder, makePeer } from "./hierarchy.fixture.ts";
import { listedAt, makeRepositoryWorld, type RepositoryWorld, revokedSerial } from "./repository-world.fixture.ts";
import { type HowAsked, type ResponderProgram, startResponderProgram } from "./responder-program.fixture.ts";

const path = "/crl/1/121002.crl";
const court = makePeer("court-1");
const ocspOnly = makePeer("ocsp-only");
const stopped = makePeer("stopped-1");
const withdrawn = makePeer("withdrawn-1");
let world: RepositoryWorld;
let responder: ResponderProgram;

beforeAll(async () => {
  world = await makeRepositoryWorld();
  await enterSoftList(world.owner, world.soft, { partition: "122025", number: 1, thisUpdate: listedAt });
  await world.admit(court, "court-1", ["ocsp", "crl"]);
  await world.admit(ocspOnly, "ocsp-only", ["ocsp"]);
  await world.admit(stopped, "stopped-1", ["crl"]);
  await world.admit(withdrawn, "withdrawn-1", ["crl"]);
  await world.owner`insert into ca.verifier_fact (verifier, sequence, kind, effective_at)
    select 'stopped-1', max(sequence) + 1, 'stopped', now() from ca.verifier_fact where verifier = 'stopped-1'`;
  await world.owner`update ca.verifier_credential set withdrawn_at = now() where verifier = 'withdrawn-1'`;
  responder = await startResponderProgram(world);
});
afterAll(async () => {
  await responder?.stop();
  await world?.stop();
});

const ask = (who: Holder | undefined, what = path, how?: HowAsked) => responder.ask(who, what, how);

describe("lists of subscriber certificates over HTTPS (千葉県運用規程 2-6-3, 4-4-4-5)", () => {
  it("[C-2-6-3.2] [C-4-4-4-4.3] [C-4-4-4-5.1] are given to a verifier with the right, newest and whole", async () => {
    const { status, headers, body } = await ask(court);
    expect([status, body.equals(world.lists["121002"])]).toEqual([200, true]);
    expect(headers).toMatchObject({
      "content-type": "application/pkix-crl",
      "cache-control": expect.stringMatching(/^private, max-age=\d+, must-revalidate$/),
      "x-content-type-options": "nosniff",
    });
    expect([...parseCertificateList(body).revokedCertificates].map(({ serialNumber }) => serialNumber)).toEqual([
      revokedSerial,
    ]);
  });

  it.each([
    ["nobody", undefined],
    ["a stranger", makePeer("stranger")],
    ["a verifier without this right", ocspOnly],
    ["a verifier that was stopped", stopped],
    ["a certificate that was withdrawn", withdrawn],
  ])(
    "[C-2-6-3.2] [C-2-8-3.2] [C-4-4-4-5.1] are refused to %s, whether there is such a list or not",
    async (_who, holder) => {
      for (const what of [path, "/crl/1/999999.crl", "/crl/", "/crl/../crl/1/121002.crl"]) {
        const { status, headers, body } = await ask(holder, what);
        expect([what, status, headers["content-type"]]).toEqual([what, 403, "text/plain; charset=utf-8"]);
        expect(String(body)).toContain("署名検証者");
      }
      expect(responder.log()).toContain('"code":"RS008"');
    },
  );

  it("are not given for a header that says who asks", async () => {
    const headers = { "mitome-client-certificate": encodeURIComponent(court.pem.certificate) };
    expect((await ask(undefined, path, { headers })).status).toBe(403);
  });

  it("are found under their names alone, and only fetched", async () => {
    for (const what of [
      "/crl/2/121002.crl",
      "/crl/1/122033.crl",
      "/crl/1/121002",
      "/crl/01/121002.crl",
      "/crl/1/authority.crl",
    ])
      expect([what, (await ask(court, what)).status]).toEqual([what, 404]);
    const put = await ask(court, path, { method: "PUT" });
    expect([put.status, put.headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  it("[C-2-1-4.4] count when octets of one are given, each time, and not when the verifier has it already", async () => {
    const reader = sqlAs(world.postgres.url("access_owner"));
    const records = () => reader<{ given: object; uses: number }>`select given, uses from access.access_record
      where verifier = 'court-1' and method = 'crlByHttp' and authority = ${world.soft.definition.id} and generation = 1`;
    await expect.poll(async () => (await records()).length).toBeGreaterThan(0);
    const before = (await records()).length;
    const { etag = "" } = (await ask(court)).headers;
    expect((await ask(court, path, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await ask(court, path, { method: "HEAD" })).status).toBe(200);
    const part = await ask(court, path, { headers: { range: "bytes=0-99" } });
    expect([part.status, part.body.length]).toEqual([206, 100]);
    await expect.poll(async () => (await records()).length).toBe(before + 2);
    expect((await records())[0]).toEqual({ given: { partition: "121002", crlNumber: "5" }, uses: 1 });
    await reader.end();
  });

  it("[C-4-4-3.2] are given from memory while the ledger is away, and asked for again later where they are not there", async () => {
    expect((await ask(court)).status).toBe(200);
    await world.postgres.cluster.stop("immediate");
    const { status, body } = await ask(court);
    expect([status, body.equals(world.lists["121002"])]).toEqual([200, true]);
    const other = await ask(court, "/crl/1/122025.crl");
    expect([other.status, other.headers["retry-after"], other.body.length < 200]).toEqual([503, "10", true]);
    await world.postgres.crash();
    await expect
      .poll(async () => (await ask(court, "/crl/1/122025.crl")).status, { timeout: 20_000, interval: 200 })
      .toBe(200);
  });
});
