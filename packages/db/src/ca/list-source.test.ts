import { randomUUID } from "node:crypto";
import { encodeEntries, encodeStretches, type ListEntry, type ListExtent, type ListStretch, readRun } from "@mitome/ca";
import { FixedClock } from "@mitome/testkit/fixed-clock";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool, plannedOnce } from "../connection.ts";
import { enterAuthority } from "./enter-authority.ts";
import { PostgresListLedger } from "./list-ledger.ts";
import { PostgresListSource } from "./list-source.ts";
import { PostgresLedger } from "./postgres-ledger.ts";

const revoked = 7_000;
const partition = { authority: quickAuthority.id, generation: 1, partition: "121002" };
const at = new Date("2026-04-01T00:00:00Z");

let postgres: TestPostgres;
let owner: RoleSql;
let signer: pg.Pool;

/** Certificates numbered from 1 as they were revoked, a second apart; those up to 5,000 ended a year earlier. */
beforeAll(async () => {
  postgres = await startTestPostgres();
  owner = sqlAs(postgres.url("ca_owner"));
  const entering = openPool(postgres.url("ca_owner"), 1);
  await enterAuthority(entering, quickAuthority, []);
  await entering.end();
  const intent = randomUUID();
  await owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, mac, state, owner)
    values (${intent}, ${partition.authority}, 1, 'subscriber', '40', '', '', 'signed', ${randomUUID()})`;
  await owner`insert into ca.certificate (authority, serial, generation, intent, municipality, not_before, not_after,
      state, ended_at, revocation_reason, revocation_cause, revocation_sequence)
    select ${partition.authority}::text, case when n % 2 = 0 then '4' else 'c' end || lpad(to_hex(n), 39, '0'), 1,
      ${intent}::uuid, ${partition.partition}::text, ${at}::timestamptz - interval '3 years',
      ${at}::timestamptz + case when n <= 5000 then interval '-1 year' else interval '1 year' end, 'revoked',
      ${at}::timestamptz - interval '2 years' + n * interval '1 second' + interval '0.7 second',
      (array['superseded', 'keyCompromise'])[n % 2 + 1], 'renewed', n
    from generate_series(1, ${revoked}::integer) n`;
  await owner.run("vacuum analyze ca.certificate");
  signer = openPool(postgres.url("ca_signer"), 2, plannedOnce);
});

afterAll(async () => {
  await signer?.end();
  await owner?.end();
  await postgres?.stop();
});

async function allOf<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const source = () => new PostgresListSource(signer);
const read = async (after: number, through: number) => [...(await source().readRevocations(partition, after, through))];

/** The number of a certificate, which its serial number ends with. */
const numbersOf = (entries: readonly ListEntry[]) => entries.map(({ serial }) => Number.parseInt(serial.slice(1), 16));
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

it.each([
  [0, 1_000],
  [999, 2_000],
  [6_999, 7_000],
  [7_000, 7_000],
  [6_500, 7_500],
])("reads the revocations after number %i up to %i, in their order", async (after, through) => {
  expect(numbersOf(await read(after, through))).toEqual(upTo(after + 1, Math.min(through, revoked)));
});

it("reads what a list says of each, and when its certificate ends", async () => {
  const [odd, even] = await read(4_998, 5_000);
  const revokedAt = Date.parse("2024-04-01T00:00:00Z") + 4_999_000;
  expect(odd).toMatchObject({ reason: "keyCompromise", revokedAt: new Date(revokedAt) });
  expect(even).toMatchObject({ reason: "superseded", revokedAt: new Date(revokedAt + 1000) });
  expect(even?.notAfter).toEqual(new Date("2025-04-01T00:00:00Z"));
  expect((await read(5_000, 5_001))[0]?.notAfter).toEqual(new Date("2027-04-01T00:00:00Z"));
});

describe("stretches that are kept", () => {
  let ledger: PostgresLedger;
  let lists: PostgresListLedger;

  beforeAll(async () => {
    const run = { program: "ca", id: randomUUID(), clock: new FixedClock(at) };
    ledger = new PostgresLedger({ url: postgres.url("ca_app"), lanes: 1, readers: 2 }, run);
    lists = new PostgresListLedger(ledger);
    await owner`insert into ca.crl_partition (authority, generation, partition)
      values (${partition.authority}, 1, ${partition.partition}) on conflict do nothing`;
  });

  afterAll(() => ledger?.close());

  const stretch = async (number: number): Promise<ListStretch> => {
    const [made] = encodeStretches(await readRun(source(), partition, { first: number, count: 1 }), 1);
    return { number, ...(made ?? expect.fail()) };
  };
  const kept = (extent: ListExtent) => allOf(source().readStretches(partition, extent));

  it("are those that are full, each of which is missing until it is kept; kept again, it is the same", async () => {
    expect(await lists.missingStretches(partition, 999)).toEqual([]);
    expect(await lists.missingStretches(partition, 6_999)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const number of [1, 2, 3, 5, 6, 7, 7]) await lists.keepStretch(partition, await stretch(number));
    expect(await lists.missingStretches(partition, revoked)).toEqual([4]);
    await lists.keepStretch(partition, await stretch(4));
    expect(await lists.missingStretches(partition, revoked)).toEqual([]);
  });

  it("are read octet for octet, in order, up to the last of a list", async () => {
    const found = await kept({ stretches: 6, keptFrom: new Date(0) });
    expect(found.map(({ number }) => number)).toEqual(upTo(1, 6));
    for (const { number, ends, entries } of found) {
      const made = await stretch(number);
      expect([Buffer.from(made.ends).equals(ends), Buffer.from(made.entries).equals(entries)]).toEqual([true, true]);
    }
    expect(await kept({ stretches: 0, keptFrom: new Date(0) })).toEqual([]);
  });

  it("are passed over when every certificate of theirs has ended", async () => {
    expect((await kept({ stretches: 7, keptFrom: at })).map(({ number }) => number)).toEqual([6, 7]);
    expect(await allOf(source().readEnds(partition, { stretches: 7, keptFrom: at }))).toHaveLength(2);
    expect(await kept({ stretches: 5, keptFrom: at })).toEqual([]);
  });

  it("are refused by the ledger when a revocation is missing in them", async () => {
    const short = encodeEntries(await read(0, 999));
    await expect(lists.keepStretch(partition, { number: 8, ...short })).rejects.toThrow("23514");
  });
});

it("reads many more than one statement gives at once", async () => {
  await owner`insert into ca.crl_stretch (authority, generation, partition, number, last_end, ends, entries)
    select authority, generation, partition, number + 7 * n, last_end, ends, entries
    from ca.crl_stretch, generate_series(1, 40) n`;
  const numbers: number[] = [];
  for await (const { number } of source().readStretches(partition, { stretches: 286, keptFrom: at }))
    numbers.push(number);
  expect(numbers).toEqual(upTo(1, 286).filter((number) => number % 7 === 6 || number % 7 === 0));
  expect(await allOf(source().readEnds(partition, { stretches: 286, keptFrom: new Date(0) }))).toHaveLength(286);
});

it("needs the index alone, and not the certificates, which lie wherever they were issued", async () => {
  const plan = await owner.run<{ "QUERY PLAN": string }>(`explain select serial, revoked_at, reason
    from ca.revoked_certificate where partition = '121002' and generation = 1 and authority = '${partition.authority}'
      and not_after > now() and sequence > 2048 and sequence <= 4096 order by sequence`);
  expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toContain("Index Only Scan using revoked_certificates");
});
