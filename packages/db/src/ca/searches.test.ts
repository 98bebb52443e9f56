import { randomBytes, randomUUID } from "node:crypto";
import { byItself } from "@mitome/ca";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { randomIntent } from "@mitome/testkit/random-intent";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { brandDer } from "@mitome/x509";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool } from "../connection.ts";
import { enterAuthority } from "./enter-authority.ts";
import { PostgresLedger } from "./postgres-ledger.ts";

const at = new Date("2026-04-01T00:00:00Z");
const event = { kind: "process.stopped", result: "done", detail: { program: "ca" } } as const;
let server: TestPostgres;
let statistics: RoleSql;

beforeAll(async () => {
  server = await startTestPostgres();
  statistics = sqlAs(server.cluster.url("postgres", "mitome"));
});

afterAll(async () => {
  await statistics?.end();
  await server?.stop();
});

/** Rows that statements looked at so far, table by table. */
async function rowsRead(): Promise<ReadonlyMap<string, number>> {
  const found = await statistics<{ table: string; read: number }>`
    select relname as table, seq_tup_read + coalesce((
      select sum(idx_tup_read)::bigint from pg_stat_user_indexes i where i.relid = t.relid), 0) as read
    from pg_stat_user_tables t where schemaname = 'ca'`;
  return new Map(found.map(({ table, read }) => [table, read]));
}

it("an issuance reads as many rows as it concerns, although its statements were planned on an empty ledger", async () => {
  const { definition } = makeQuickAuthority(at);
  const owner = openPool(server.url("ca_owner"), 1);
  await enterAuthority(owner, definition, []);
  const run = { program: "ca", id: randomUUID(), clock: { now: () => at, monotonic: () => 0 } };
  const ledger = new PostgresLedger({ url: server.url("ca_app"), lanes: 1, readers: 1 }, run);
  await ledger.open();
  const issuances = 400;
  for (let index = 0; index < issuances; index += 1) {
    const cardNumber = `C${String(index).padStart(15, "0")}`;
    await owner.query("insert into ca.card (card_number, authority, municipality) values ($1, $2, '121002')", [
      ...[cardNumber, definition.id],
    ]);
    const attempt = { authority: definition.id, municipality: "121002", caseId: randomUUID(), attempt: 1 };
    await ledger.card(definition.id, cardNumber, at);
    await ledger.openCase(byItself, { key: attempt, cardNumber, challenge: randomBytes(32) }, event);
    const intent = randomIntent(attempt);
    const { subscriberId, keyHash, itemsDigest } = intent;
    await ledger.readForIssuance({ attempt, subscriberId, keyHash, itemsDigest, at });
    const recorded = await ledger.recordIntent(byItself, intent, event);
    if (recorded.kind !== "recorded") expect.fail(recorded.kind);
    await ledger.takeExpiredIntents(definition.id, 10);
    await ledger.recordCertificate(byItself, recorded.intent, brandDer<"Certificate">(randomBytes(100)), event);
    await ledger.readCertificate(definition.id, intent.serial);
    await ledger.confirmDelivery(byItself, attempt, intent.serial, event);
  }
  // A connection's statistics are there at the latest when it has ended.
  await ledger.close();
  await owner.end();
  await expect.poll(async () => (await rowsRead()).get("card") ?? 0).toBeGreaterThanOrEqual(issuances);
  const perIssuance = [...(await rowsRead())].map(([table, read]) => [table, Math.round(read / issuances)]);
  expect(perIssuance.filter(([, read]) => Number(read) > 20)).toEqual([]);
});
