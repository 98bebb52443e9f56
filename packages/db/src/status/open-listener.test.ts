import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openListener } from "./open-listener.ts";

let postgres: TestPostgres;
let owner: RoleSql;
beforeAll(async () => {
  postgres = await startTestPostgres();
  owner = sqlAs(postgres.url("ca_owner"));
});
afterAll(async () => {
  await owner?.end();
  await postgres?.stop();
});

const connections = () => owner`select pid from pg_stat_activity where usename = 'ca_responder'`;

describe("a connection that listens", () => {
  it("hears what is told on its channel and on no other", async () => {
    const heard: string[] = [];
    const listener = await openListener(postgres.url("ca_responder"), "verifier", (payload) => heard.push(payload));
    await owner`select pg_notify('revocation', 'not this'), pg_notify('verifier', 'court-1'), pg_notify('verifier', '')`;
    await expect.poll(() => heard).toStrictEqual(["court-1", ""]);
    await listener.end();
  });

  it("is not left open when it cannot listen", async () => {
    await expect(openListener(postgres.url("ca_responder"), "no channel", () => undefined)).rejects.toThrow("syntax");
    await expect.poll(connections).toHaveLength(0);
  });
});
