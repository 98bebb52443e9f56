import { randomUUID } from "node:crypto";
import { describeLedger } from "@mitome/testkit/ledger-contract";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../connection.ts";
import { enterAuthority } from "./enter-authority.ts";
import { watchEquipment } from "./equipment-state.ts";
import { PostgresLedger } from "./postgres-ledger.ts";

const at = new Date("2026-04-01T00:00:00Z");
const clock = { now: () => at, monotonic: () => 0 };
let server: TestPostgres;
let owner: RoleSql;
let ledger: PostgresLedger;
let cards = 0;
const soft = makeQuickAuthority(at);
const authority = soft.definition.id;

beforeAll(async () => {
  server = await startTestPostgres();
  owner = sqlAs(server.url("ca_owner"));
  const entering = openPool(server.url("ca_owner"), 1);
  await enterAuthority(entering, soft.definition, []);
  await entering.end();
  const run = { program: "ca", id: randomUUID(), clock };
  ledger = new PostgresLedger({ url: server.url("ca_app"), lanes: 2, readers: 2 }, run);
  await ledger.open();
});

afterAll(async () => {
  await ledger?.close();
  await owner?.end();
  await server?.stop();
});

describe("the ledger in PostgreSQL", () => {
  describeLedger(() => ({
    ledger,
    authority,
    newCard: async (municipality) => {
      cards += 1;
      const cardNumber = `C${String(cards).padStart(15, "0")}`;
      await owner`insert into ca.card (card_number, authority, municipality)
        values (${cardNumber}, ${authority}, ${municipality})`;
      return cardNumber;
    },
    expireLeases: async () => {
      await owner`update ca.signing_intent set lease_until = now() - interval '1 s' where state = 'recorded'`;
    },
  }));
});

describe("the ledger after PostgreSQL was away", () => {
  it("answers the next question, and tells of changes again, without a restart of the authority", async () => {
    const told: string[] = [];
    const stopWatching = await watchEquipment(server.url("ca_app"), () => told.push("changed"));
    for (let crash = 0; crash < 3; crash += 1) {
      told.length = 0;
      const underWay = Promise.allSettled(Array.from({ length: 20 }, () => ledger.newestRecord()));
      await server.crash();
      await underWay;
      await expect
        .poll(() => ledger.newestRecord().then(() => "answered", String), { timeout: 20_000 })
        .toBe("answered");
      await expect.poll(() => told, { timeout: 20_000 }).toContain("changed");
    }
    await stopWatching();
  });
});
