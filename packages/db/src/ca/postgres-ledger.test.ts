import { randomUUID } from "node:crypto";
import { describeLedger } from "@mitome/testkit/ledger-contract";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import type postgres from "postgres";
import { afterAll, beforeAll, describe } from "vitest";
import { connect } from "./audit-lane.ts";
import { enterAuthority } from "./enter-authority.ts";
import { PostgresLedger } from "./postgres-ledger.ts";

const at = new Date("2026-04-01T00:00:00Z");
const clock = { now: () => at, monotonic: () => 0 };
let server: TestPostgres;
let owner: postgres.Sql<{ bigint: number }>;
let ledger: PostgresLedger;
let cards = 0;
const soft = makeQuickAuthority(at);
const authority = soft.definition.id;

beforeAll(async () => {
  server = await startTestPostgres();
  owner = connect(server.url("ca_owner"), 1);
  await enterAuthority(owner, soft.definition, []);
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
