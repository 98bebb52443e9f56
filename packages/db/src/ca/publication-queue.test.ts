/** What is published of the authority's own keys, over PostgreSQL. */
import { randomUUID } from "node:crypto";
import { publishWaiting, RecordedIntent } from "@mitome/ca";
import { FixedClock } from "@mitome/testkit/fixed-clock";
import { MemoryRepository } from "@mitome/testkit/memory-repository";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { testSerial } from "@mitome/testkit/soft-authority";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool } from "../connection.ts";
import { enterAuthority } from "./enter-authority.ts";
import { OperatorLedger } from "./operator-ledger.ts";
import { PostgresLedger } from "./postgres-ledger.ts";
import { PostgresPublicationQueue } from "./publication-queue.ts";

const at = new Date("2026-04-01T00:00:00Z");
const [first, second] = [makeQuickAuthority(at), makeQuickAuthority(at)];
const { definition } = first;
const repository = new MemoryRepository();
let postgres: TestPostgres;
let owner: RoleSql;
let ledger: PostgresLedger;
let locks: pg.Pool;

beforeAll(async () => {
  postgres = await startTestPostgres();
  owner = sqlAs(postgres.url("ca_owner"));
  const entering = openPool(postgres.url("ca_owner"), 1);
  const { subjectPublicKeyInfo: publicKey } = first.generation;
  const key = { purpose: "residents", number: 1, label: "soft", publicKey, certificate: undefined } as const;
  await enterAuthority(entering, definition, [key]);
  await entering.end();
  const run = { program: "ca-bootstrap", id: randomUUID(), clock: new FixedClock(at) };
  ledger = new PostgresLedger({ url: postgres.url("ca_owner"), lanes: 1, readers: 1 }, run);
  await ledger.open();
  locks = openPool(postgres.url("ca_owner"), 1);
});
afterAll(async () => {
  await locks?.end();
  await ledger?.close();
  await owner?.end();
  await postgres?.stop();
});

/** The certificate of a key is recorded, as the key ceremony's end does it. */
async function certify(generation: number, certificate: typeof first.selfSigned): Promise<void> {
  const [id, serial] = [randomUUID(), testSerial(generation)];
  await owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, mac, state, owner, lease_until)
    values (${id}, ${definition.id}, ${generation}, 'self-signed', ${serial}, '', '', 'recorded', ${randomUUID()}, now())`;
  const intent = RecordedIntent.readFromLedger(id, 1, serial);
  const detail = { intent: id, serial, generation };
  await new OperatorLedger(ledger.lanes).certifyGeneration(
    { origin: { system: "ca-bootstrap", operator: "test" } },
    { intent, purpose: "residents", certificate },
    { kind: "authority.keyCertified", result: "done", detail },
  );
}

const publish = async () => {
  const queue = new PostgresPublicationQueue(ledger, locks, definition);
  return (await publishWaiting({ definition, queue, targets: [repository] })).map(({ outcome }) => outcome.kind);
};

it("[C-2-6-2.1] the authority's certificates are published at their issue, and again when its key is renewed", async () => {
  expect(await publish()).toEqual([]);
  await certify(1, first.selfSigned);
  expect(await publish()).toEqual(["published"]);
  expect(await repository.read({ kind: "caCertificates" })).toEqual([Buffer.from(first.selfSigned)]);
  expect(await publish()).toEqual([]);
  await owner`insert into ca.generation (authority, number, purpose, key_label, public_key)
    values (${definition.id}, 2, 'residents', 'soft-2', ${second.generation.subjectPublicKeyInfo})`;
  await certify(2, second.selfSigned);
  expect(await publish()).toEqual(["published"]);
  const both = [first, second].map(({ selfSigned }) => Buffer.from(selfSigned));
  expect(await repository.read({ kind: "caCertificates" })).toEqual(both);
});
