import { enterSoftList } from "@mitome/testkit/published-ledger";
import { sqlAs } from "@mitome/testkit/sql";
import { parseCertificateList } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Holder, makePeer } from "./hierarchy.fixture.ts";
import { listedAt, makeRepositoryWorld, type RepositoryWorld } from "./repository-world.fixture.ts";
import { type ResponderProgram, type Said, startResponderProgram } from "./responder-program.fixture.ts";

const information = "/revocation-information/1/121002";
const file = "/revocation-information-file/1/121002";
const day = 86_400_000;
/** More than are read at once. */
const revoked = 9_000;
const court = makePeer("court-1");
const body = makePeer("body-1");
const filesOnly = makePeer("files-only");
const stopped = makePeer("stopped-1");
let world: RepositoryWorld;
let responder: ResponderProgram;
let earlier: Uint8Array;

beforeAll(async () => {
  world = await makeRepositoryWorld();
  earlier = await enterSoftList(world.owner, world.soft, {
    ...{ partition: "121002", number: 4, thisUpdate: new Date(listedAt.getTime() - day) },
  });
  await world.admit(court, "court-1", ["revocationInformation", "revocationInformationFile"]);
  await world.admit(body, "body-1", ["revocationInformation"], "groupVerifier");
  await world.admit(filesOnly, "files-only", ["revocationInformationFile", "crl", "ocsp"]);
  await world.admit(stopped, "stopped-1", ["revocationInformation", "revocationInformationFile"]);
  await world.owner`insert into ca.verifier_fact (verifier, sequence, kind, effective_at)
    select 'stopped-1', max(sequence) + 1, 'stopped', now() from ca.verifier_fact where verifier = 'stopped-1'`;
  await issue("121002", 1, revoked + 2);
  await issue("122025", 50_001, 50_001);
  await world.owner`update ca.certificate set not_after = now() - interval '1 hour' where serial = ${serialOf(1)}`;
  await revoke(1, revoked);
  responder = await startResponderProgram(world);
});
afterAll(async () => {
  await responder?.stop();
  await world?.stop();
});

function serialOf(number: number): string {
  return number.toString(16).padStart(40, "0").replace(/^00/, "4a");
}

/** Enters valid certificates of these numbers. */
async function issue(municipality: string, from: number, to: number): Promise<void> {
  const { id } = world.soft.definition;
  await world.owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, mac, state, owner)
    select lpad(to_hex(n), 32, '0')::uuid, ${id}, 1, 'subscriber', '4a' || lpad(to_hex(n), 38, '0'), '', '', 'signed',
      gen_random_uuid() from generate_series(${from}::integer, ${to}::integer) n`;
  await world.owner`insert into ca.certificate (authority, serial, generation, intent, subscriber_id, municipality,
      unique_name, not_before, not_after, state)
    select ${id}, '4a' || lpad(to_hex(n), 38, '0'), 1, lpad(to_hex(n), 32, '0')::uuid, 's' || n, ${municipality},
      'n' || n, now() - interval '2 days', now() + interval '3 years', 'valid'
    from generate_series(${from}::integer, ${to}::integer) n`;
}

async function revoke(from: number, to: number): Promise<void> {
  await world.owner`update ca.certificate set state = 'revoked', ended_at = '2026-11-01T00:00:00.789Z',
    revocation_reason = 'affiliationChanged', revocation_cause = 'movedOut'
    where serial between ${serialOf(from)} and ${serialOf(to)}`;
}

const ask = (who: Holder | undefined, what: string, method = "GET") => responder.ask(who, what, { method });

const linesOf = ({ body: octets }: Said) =>
  String(octets)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("失効情報 (千葉県運用規程 1-1)", () => {
  it("[C-1-1.3] is every revoked certificate of a municipality that has not ended, each with date and reason", async () => {
    const said = await ask(court, information);
    expect([said.status, said.headers["content-type"], said.headers["cache-control"]]).toEqual([
      ...[200, "application/x-ndjson", "no-store"],
    ]);
    const [head, ...entries] = linesOf(said);
    const { id: authority } = world.soft.definition;
    expect(head).toEqual({
      ...{ authority, generation: 1, municipality: "121002", certificates: revoked - 1 },
      asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    const serials = new Set(entries.map(({ serial }) => serial));
    expect([entries.length, serials.size, serials.has(serialOf(1))]).toEqual([revoked - 1, revoked - 1, false]);
    expect(entries[0]).toEqual({
      ...{ serial: expect.any(String), reason: "affiliationChanged", revokedAt: "2026-11-01T00:00:00.000Z" },
    });
    expect(String(said.body)).not.toMatch(/movedOut|s\d+"/);
  });

  it("[C-1-1.3] is live: it has a revocation as soon as that is accepted, before any list", async () => {
    await revoke(revoked + 1, revoked + 1);
    const entries = linesOf(await ask(court, information));
    expect(entries.some(({ serial }) => serial === serialOf(revoked + 1))).toBe(true);
    expect(entries.some(({ serial }) => serial === serialOf(revoked + 2))).toBe(false);
  });

  it("[C-1-1.3] is given to a 団体署名検証者 for all of its 署名確認者", async () => {
    expect((await ask(body, information)).status).toBe(200);
  });

  it("has no entries where nothing was revoked, and is only of municipalities and keys that there are", async () => {
    expect(linesOf(await ask(court, "/revocation-information/1/122025"))).toHaveLength(1);
    for (const path of ["2/121002", "1/999999", "1/authority", "1/121002/", "01/121002"])
      expect([path, (await ask(court, `/revocation-information/${path}`)).status]).toEqual([path, 404]);
    const put = await ask(court, information, "POST");
    expect([put.status, put.headers.allow]).toEqual([405, "GET, HEAD"]);
  });
});

describe("失効情報ファイル (千葉県運用規程 1-1)", () => {
  const at = (time: Date) => `${file}?at=${time.toISOString()}`;

  it("[C-1-1.3] is the signed list that was the newest at a time", async () => {
    const newest = await ask(court, at(new Date()));
    expect(newest.headers).toMatchObject({
      "content-type": "application/pkix-crl",
      "content-length": String(world.lists["121002"].length),
      "content-disposition": `attachment; filename="${world.soft.definition.id}-1-121002-5.crl"`,
    });
    expect(newest.body.equals(world.lists["121002"])).toBe(true);
    expect((await ask(court, at(listedAt))).body.equals(world.lists["121002"])).toBe(true);
    const before = await ask(court, at(new Date(listedAt.getTime() - 1)));
    expect(before.body.equals(earlier)).toBe(true);
    expect(parseCertificateList(before.body).thisUpdate).toEqual(new Date(listedAt.getTime() - day));
    const inJapan = new Date(listedAt.getTime() + 9 * 3_600_000).toISOString().replace("Z", "+09:00");
    expect((await ask(court, `${file}?at=${inJapan}`)).body.equals(world.lists["121002"])).toBe(true);
  });

  it("is not there before the first list, nor for a partition without one", async () => {
    expect((await ask(court, at(new Date(listedAt.getTime() - day - 1)))).status).toBe(404);
    expect((await ask(court, `/revocation-information-file/1/122025?at=${new Date().toISOString()}`)).status).toBe(404);
  });

  it.each(["", "?at=", "?at=yesterday", "?at=2026-11-22", "?at=2026-11-22T09:00:00", "?at=9999-01-01T00:00:00Z"])(
    "asks for a time that is one and has come: %s",
    async (query) => {
      const { status, body: said } = await ask(court, `${file}${query}`);
      expect([status, String(said)]).toEqual([400, expect.stringContaining("RFC 3339")]);
    },
  );
});

describe("both", () => {
  it.each([
    ["nobody", undefined],
    ["a stranger, such as a 署名確認者", makePeer("stranger")],
    ["a verifier that was stopped", stopped],
  ])("[C-1-1.3] [C-2-8-3.2] are refused to %s, whether they are there or not", async (_who, holder) => {
    for (const path of [information, "/revocation-information/1/999999", file, `${file}?at=2026-11-22T09:00:00Z`]) {
      const { status, headers, body: said } = await ask(holder, path);
      expect([path, status, headers["content-type"]]).toEqual([path, 403, "text/plain; charset=utf-8"]);
      expect(String(said)).toContain("署名検証者");
    }
    expect(responder.log()).toContain('"code":"RS016"');
  });

  it("[C-1-1.3] are rights of their own", async () => {
    const time = new Date().toISOString();
    expect((await ask(filesOnly, information)).status).toBe(403);
    expect((await ask(filesOnly, `${file}?at=${time}`)).status).toBe(200);
    expect((await ask(body, `${file}?at=${time}`)).status).toBe(403);
  });

  it("[C-2-1-4.4] are on record each time they are given, and count once", async () => {
    const reader = sqlAs(world.postgres.url("access_owner"));
    const { id } = world.soft.definition;
    const records = () => reader<{ method: string; given: object; uses: number }>`
      select method, given, uses from access.access_record
      where verifier = 'court-1' and authority = ${id} and generation = 1 order by at`;
    await ask(court, `${file}?at=${new Date().toISOString()}`);
    // Nothing is given by HEAD.
    expect(await ask(court, information, "HEAD")).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    await ask(court, information);
    const through = revoked + 1;
    await expect
      .poll(async () => (await records()).slice(-2))
      .toEqual([
        { method: "revocationInformationFile", given: { file: `${id}-1-121002-5.crl` }, uses: 1 },
        { method: "revocationInformation", given: { partition: "121002", through, certificates: revoked }, uses: 1 },
      ]);
    await reader.end();
  });

  it("have for HEAD the headers of GET (RFC 9110 §9.3.2)", async () => {
    const path = `${file}?at=${new Date().toISOString()}`;
    const [get, head] = [await ask(court, path), await ask(court, path, "HEAD")];
    const { date: _get, ...wanted } = get.headers;
    const { date: _head, ...said } = head.headers;
    expect([head.status, said, head.body.length]).toEqual([200, wanted, 0]);
    expect((await ask(undefined, path, "HEAD")).status).toBe(403);
  });

  it("are not given while they cannot be read", async () => {
    await world.postgres.cluster.stop("immediate");
    const said = await ask(court, information);
    expect([said.status, said.headers["retry-after"]]).toEqual([503, "10"]);
    await world.postgres.crash();
    await expect.poll(async () => (await ask(court, information)).status, { timeout: 10_000 }).toBe(200);
  });
});
