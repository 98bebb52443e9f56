import { randomUUID } from "node:crypto";
import type { ListEntry, ListPlan } from "@mitome/ca";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool, plannedOnce } from "../connection.ts";
import { enterAuthority } from "./enter-authority.ts";
import { PostgresListSource } from "./list-source.ts";

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

function planThrough(through: number, keptFrom: Date): ListPlan {
  return { number: 1, thisUpdate: at, nextUpdate: at, nextPublish: at, through, keptFrom };
}

async function entriesOf(plan: ListPlan): Promise<ListEntry[]> {
  const all: ListEntry[] = [];
  for await (const batch of new PostgresListSource(signer).readEntries(partition, plan)) all.push(...batch);
  return all;
}

/** The number of a certificate, which its serial number ends with. */
const numbersOf = (entries: readonly ListEntry[]) => entries.map(({ serial }) => Number.parseInt(serial.slice(1), 16));
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

it("reads every revocation once, in the order of revocation, over however many stretches", async () => {
  const entries = await entriesOf(planThrough(revoked, new Date(0)));
  expect(numbersOf(entries)).toEqual(upTo(1, revoked));
  const twoYearsBefore = Date.parse("2024-04-01T00:00:00Z");
  expect(entries.map(({ revokedAt }) => revokedAt.getTime())).toEqual(
    upTo(1, revoked).map((number) => twoYearsBefore + number * 1000),
  );
  expect(entries.slice(0, 2).map(({ reason }) => reason)).toEqual(["keyCompromise", "superseded"]);
});

it.each([1, 2_047, 2_048, 2_049, 4_096, 6_999])("reads none after the newest of the list: %i", async (through) => {
  expect(numbersOf(await entriesOf(planThrough(through, new Date(0))))).toEqual(upTo(1, through));
});

it("passes over stretches of which every certificate ended", async () => {
  expect(numbersOf(await entriesOf(planThrough(revoked, at)))).toEqual(upTo(5_001, revoked));
  expect(await entriesOf(planThrough(5_000, at))).toEqual([]);
  expect(await entriesOf(planThrough(0, at))).toEqual([]);
});

it("counts as many entries of each length as it reads", async () => {
  const plan = planThrough(revoked, at);
  const counts = await new PostgresListSource(signer).countEntries(partition, plan);
  expect([...counts].sort((a, b) => a.integerOctets - b.integerOctets)).toEqual([
    { integerOctets: 20, entries: 1_000 },
    { integerOctets: 21, entries: 1_000 },
  ]);
});

it("needs the index alone, and not the certificates, which lie wherever they were issued", async () => {
  const plan = await owner.run<{ "QUERY PLAN": string }>(`explain select serial, revoked_at, reason
    from ca.revoked_certificate where partition = '121002' and generation = 1 and authority = '${partition.authority}'
      and not_after > now() and sequence > 2048 and sequence <= 4096 order by sequence`);
  expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toContain("Index Only Scan using revoked_certificates");
});
