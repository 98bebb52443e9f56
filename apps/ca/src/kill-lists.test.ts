import { createHash, createPrivateKey, randomBytes, randomUUID, sign, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { partitionsOf, requestMessage } from "@mitome/ca";
import {
  PostgresListLedger,
  PostgresPublishedLists,
  PostgresRevocationLedger,
  type PublishedList,
} from "@mitome/db/ca";
import { openPool } from "@mitome/db/connection";
import { enterCertificate, enterRevocations } from "@mitome/testkit/entered-certificate";
import { letRevocationsGo } from "@mitome/testkit/let-revocations-go";
import { type RunningAuthority, startAuthority, startProgram } from "@mitome/testkit/running-authority";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { WireCounter } from "@mitome/testkit/wire-counter";
import { parseCertificateList, serialNumberFromRandom, verifySignature } from "@mitome/x509";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const municipality = "121002";
const definition = { ...quickAuthority, municipalities: quickAuthority.municipalities.slice(0, 2) };
const partitions = partitionsOf(definition);

const around = (calls: readonly string[]) => calls.flatMap((call) => [`${call}:before`, `${call}:after`]);

/** Every call that a revocation makes through a port. */
const revocationPoints = around(["revocations.standing", "revocations.earlierRequest", "revocations.recordRevocation"]);

/** Every call that making a list makes; what is read piece by piece has no effect to be killed after. */
const listPoints = [
  ...around(["lists.takeExpiredLists", "lists.readPartitions", "lists.readPartition", "lists.draft"]),
  ...around(["listSigningKey.expectList"]),
  ...around(["lists.missingStretches", "lists.readRevocations", "lists.keepStretch"]),
  ...["lists.readEnds:before", "lists.readStretches:before"],
  ...around(["lists.recordList", "listSigningKey.signList", "lists.recordSignature"]),
];
/** Every call that taking up a list makes. */
const recoveryPoints = [
  ...around(["lists.takeExpiredLists", "listSigningKey.signList", "lists.recordSignature"]),
  "lists.readParts:before",
];
/** And the one for a list that the signer will never sign. */
const discardPoints = around(["lists.discardList"]);
const signerPoints = ["signer.beforeSign", "signer.afterSign", "signer.afterJournal"];

let authority: RunningAuthority;
let counter: WireCounter;
let sql: RoleSql;
const revoked = new Set<string>();
let points = 0;

beforeAll(async () => {
  authority = await startAuthority(definition);
  counter = await WireCounter.enrol(authority, municipality, "chiba-1");
  sql = sqlAs(authority.postgres.url("ca_owner"));
  await letRevocationsGo(sql);
  const notAfter = new Date("2050-01-01T00:00:00Z");
  await enterRevocations(sql, { authority: definition.id, partition: municipality, notAfter, count: 2_100 });
  await everyListIsNew(new Map());
});

afterAll(async () => {
  process.stdout.write(`lists and revocations: killed at ${points} points\n`);
  await counter?.close();
  await sql?.end();
  await authority?.stop();
});

/** A request to revoke a certificate that the ledger knows as valid. */
async function requestForOne() {
  const serial = serialNumberFromRandom(randomBytes(20));
  const notAfter = new Date(Date.now() + 86_400_000);
  await enterCertificate(sql, { authority: definition.id, serial, partition: municipality, notAfter });
  const fields = {
    ...{ version: 1, authority: definition.id, municipality, caseId: randomUUID(), clerk: "clerk-7", serial },
    ...{ requestedAt: new Date().toISOString(), cause: "keyCompromiseReported" },
  };
  const payload = Buffer.from(JSON.stringify(fields));
  const key = { key: createPrivateKey(counter.machine.key), dsaEncoding: "ieee-p1363" } as const;
  const signature = sign("sha256", requestMessage("revocation", payload), key);
  return { serial, request: { payload: payload.toString("base64"), signature: signature.toString("base64") } };
}

const ask = (request: { payload: string; signature: string }) => counter.calls.revocation.request.mutate(request);

/** Starts the authority so that it kills itself at a point, which may come before it listens. */
async function killedAt(crashAt: string): Promise<void> {
  const end = await authority.restartCa({ crashAt }).then(
    ({ ended }) => ended,
    (error: Error) => error.message,
  );
  expect(end).toContain("SIGKILL");
  points += 1;
}

/** The authority is down, a day has passed for its lists, and every stretch of revocations is to be kept anew. */
async function everyListIsDue(): Promise<ReadonlyMap<string, number>> {
  await authority.programs.ca.stop();
  await sql`delete from ca.crl_stretch`;
  await sql`update ca.crl set next_publish = this_update + interval '1 ms' where state = 'signed'`;
  return newestNumbers();
}

async function newestNumbers(): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ partition: string; number: number }>`
    select partition, max(number) as number from ca.published_list group by 1`;
  return new Map(rows.map(({ partition, number }) => [partition, Number(number)]));
}

/** Until every partition has a list that is newer than these, and none is unfinished. */
async function everyListIsNew(before: ReadonlyMap<string, number>): Promise<void> {
  await vi.waitFor(
    async () => {
      const numbers = await newestNumbers();
      for (const partition of partitions)
        expect(numbers.get(partition) ?? 0, partition).toBeGreaterThan(before.get(partition) ?? 0);
      expect(await sql`select state from ca.crl where lease_until is not null`).toEqual([]);
    },
    { timeout: 45_000, interval: 50 },
  );
}

/** The lease of whoever was killed has run out. */
const leasesRunOut = () => sql`update ca.crl set lease_until = now() - interval '1 s' where lease_until is not null`;

async function restartSigner(changes: { readonly crashAt?: string }): Promise<void> {
  const file = authority.configs.signer;
  const { crashAt: _, ...configuration } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...configuration, ...changes }));
  await authority.programs.signer.stop();
  authority.programs.signer = await startProgram("apps/signer/src/main.ts", file);
}

it("knows every call of both ports; countOwed is the signer's alone", () => {
  const named = [...revocationPoints, ...listPoints, ...recoveryPoints, ...discardPoints];
  const called = (name: string, port: object) =>
    Object.getOwnPropertyNames(port)
      .filter((call) => call !== "constructor" && call !== "countOwed")
      .map((call) => `${name}.${call}`);
  expect([...new Set(named.map((point) => point.replace(/:.*/, "")))].sort()).toEqual(
    [
      ...called("revocations", PostgresRevocationLedger.prototype),
      ...called("lists", PostgresListLedger.prototype),
      "listSigningKey.expectList",
      "listSigningKey.signList",
    ].sort(),
  );
});

describe(`SIGKILL of the authority at ${revocationPoints.length} points of a revocation`, () => {
  it.each(revocationPoints)(
    "%s: revoked once, at the first instant, and the same request gets the same answer",
    async (point) => {
      const { serial, request } = await requestForOne();
      const killed = await authority.restartCa({ crashAt: point });
      await counter.callAt(killed);
      await expect(ask(request)).rejects.toThrow();
      expect(await killed.ended).toBe("SIGKILL");
      points += 1;
      const [left] = await sql<{ state: string; at: Date | null }>`
      select state, ended_at as at from ca.certificate where serial = ${serial}`;
      expect(left?.state).toBe(point === "revocations.recordRevocation:after" ? "revoked" : "valid");

      await counter.callAt(await authority.restartCa());
      const answer = await ask(request);
      expect(answer).toMatchObject({ kind: "revoked", serial, reason: "keyCompromise" });
      if (left?.at) expect(answer).toMatchObject({ revokedAt: left.at.toISOString() });
      expect(await ask(request)).toEqual(answer);
      const kept = await sql`select 1 from ca.revocation_request where serial = ${serial}`;
      expect(kept).toHaveLength(1);
      revoked.add(serial);
    },
  );
});

const allListPoints = [...listPoints, ...recoveryPoints, ...discardPoints];

describe(`SIGKILL of the authority at ${allListPoints.length} points of a list`, () => {
  it.each(listPoints)("%s: every list is made after the restart", async (point) => {
    const before = await everyListIsDue();
    await killedAt(point);
    await leasesRunOut();
    await counter.callAt(await authority.restartCa());
    await everyListIsNew(before);
    const { serial, request } = await requestForOne();
    expect((await ask(request)).kind).toBe("revoked");
    revoked.add(serial);
  });

  it.each(recoveryPoints)("%s, of a list that was left: every list is made after the restart", async (point) => {
    const before = await everyListIsDue();
    await killedAt("listSigningKey.signList:before");
    await leasesRunOut();
    await killedAt(point);
    await leasesRunOut();
    await authority.restartCa();
    await everyListIsNew(before);
  });

  it.each(discardPoints)("%s: a list that the signer refused is put aside, and the next one made", async (point) => {
    const before = await everyListIsDue();
    await killedAt("listSigningKey.signList:before");
    await sql`update ca.crl set tbs_hash = ${randomBytes(32)} where state = 'recorded'`;
    await leasesRunOut();
    await killedAt(point);
    await leasesRunOut();
    await authority.restartCa();
    await everyListIsNew(before);
  });
});

describe(`SIGKILL of the signer at ${signerPoints.length} points of a list's signature`, () => {
  it.each(signerPoints)("%s: every list is made after the restart", async (point) => {
    const before = await everyListIsDue();
    await restartSigner({ crashAt: point });
    await authority.restartCa();
    expect(await authority.programs.signer.ended).toBe("SIGKILL");
    points += 1;
    await authority.programs.ca.stop();
    await restartSigner({});
    await leasesRunOut();
    await authority.restartCa();
    await everyListIsNew(before);
  });
});

describe("after all of it", () => {
  let pool: pg.Pool;
  let published: PostgresPublishedLists;

  beforeAll(() => {
    pool = openPool(authority.postgres.url("ca_owner"), 1);
    published = new PostgresPublishedLists(pool, definition.id, "ecdsa-with-SHA384");
  });

  afterAll(() => pool?.end());

  const tbsOf = async (list: PublishedList) => Buffer.from(parseCertificateList(await published.octets(list)).tbs);

  it("no number was used for two lists: the signer's journal knows one list under each, the published one", async () => {
    const lines = readFileSync(join(authority.home, "signer.journal"), "utf8").trimEnd().split("\n");
    const begun = new Map<string, Set<string>>();
    for (const { list, tbs } of lines.map((line) => JSON.parse(line).entry).filter(({ list }) => list !== undefined)) {
      const name = `${list.partition}:${list.number}`;
      begun.set(name, (begun.get(name) ?? new Set()).add(tbs));
    }
    expect(begun.size).toBeGreaterThan(partitions.length * listPoints.length);
    expect([...begun].filter(([, octets]) => octets.size > 1)).toEqual([]);
    let signed = 0;
    for (const partition of partitions) {
      let list = await published.after(1, partition, 0);
      for (; list !== undefined; list = await published.after(1, partition, list.number)) {
        const hash = createHash("sha256")
          .update(await tbsOf(list))
          .digest("hex");
        expect([...(begun.get(`1:${partition}:${list.number}`) ?? [])]).toEqual([hash]);
        signed += 1;
      }
    }
    expect(signed).toBeGreaterThan(partitions.length * listPoints.length);
  });

  it("no octets are kept of a list that was not recorded", async () => {
    expect(await sql`select state from ca.crl where state = 'discarded' and tbs_hash is null limit 1`).toHaveLength(1);
    expect(
      await sql`select part from ca.crl_part p where not exists
      (select from ca.crl where id = p.list and tbs_hash is not null)`,
    ).toEqual([]);
  });

  it("no revocation is lost or taken back: each stands on the newest list, which the authority's key signed", async () => {
    const before = await everyListIsDue();
    await authority.restartCa();
    await everyListIsNew(before);
    const newest = (await published.newest()).find(({ partition }) => partition === municipality);
    if (newest === undefined) throw new Error("no list");
    expect(newest.kept.stretches).toBe(2);
    const tbs = await tbsOf(newest);
    const [{ certificate } = expect.fail()] = await sql<{ certificate: Buffer }>`
      select certificate from ca.generation where purpose = 'residents'`;
    const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
    expect(verifySignature(key, "ecdsa-with-SHA384", tbs, newest.signature)).toBe(true);
    expect(revoked.size).toBe(revocationPoints.length + listPoints.length);
    for (const serial of revoked) expect(tbs.includes(Buffer.from(serial, "hex")), serial).toBe(true);
  });

  it("the audit trail is whole", async () => {
    expect(await authority.script("audit-verify")).toMatchObject({ kind: "whole" });
  });
});
