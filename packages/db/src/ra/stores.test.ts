import { randomUUID } from "node:crypto";
import { caseStates, openCase, type StoredCase } from "@mitome/ra";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { provision } from "../cluster.ts";
import { connect, type Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { StoreUnavailable } from "../store-unavailable.ts";
import { agentCommandStore, authorityRecords, type CaseStore, caseStore } from "./index.ts";

let database: TestPostgres;
let app: Database;
let owner: RoleSql;
let cases: CaseStore;
const at = new Date("2026-11-22T01:00:00Z");
const act = (kind: string) => ({ kind, clerk: null, at });
let counters = 0;
const newCase = (): StoredCase => {
  counters += 1;
  const opening = {
    caseId: randomUUID(),
    municipality: "121002",
    counter: `counter-${counters}`,
    clerk: randomUUID(),
    at: at.toISOString(),
  };
  return openCase(opening);
};

beforeAll(async () => {
  database = await startTestPostgres();
  await provision(database.cluster, "mitome_ra", { owners: ["ra_owner"], users: ["ra_app"] });
  await migrate(database.cluster.url("ra_owner", "mitome_ra"), "ra");
  app = connect(database.cluster.url("ra_app", "mitome_ra"), 8);
  owner = sqlAs(database.cluster.url("ra_owner", "mitome_ra"));
  cases = caseStore(app, "121002");
});

afterAll(async () => {
  await Promise.all([app?.close(), owner?.end()]);
  await database?.stop();
});

describe("a case in the database", () => {
  it("may be in exactly the states of the machine", async () => {
    const [check] = await owner`select pg_get_constraintdef(oid) as text from pg_constraint
      where conrelid = 'ra.counter_case'::regclass and conname like '%state%'`;
    const states = [...String(check?.text).matchAll(/'(\w+)'::text/g)].map(([, state]) => state);
    expect(new Set(states)).toEqual(new Set(caseStates));
  });

  it("comes back as it was stored", async () => {
    const stored = newCase();
    await cases.open(stored, act("startNew"));
    expect(await cases.find(stored.context.caseId)).toEqual(stored);
    expect(await cases.attached(stored.context.counter)).toEqual(stored);
  });

  it("is the only one at its counter, however many open one at once", async () => {
    const first = newCase();
    const others = Array.from({ length: 8 }, () => ({ ...first, context: { ...first.context, caseId: randomUUID() } }));
    const opened = await Promise.all(others.map((other) => cases.open(other, act("startNew"))));
    expect(opened.filter(Boolean)).toHaveLength(1);
  });

  it("takes simultaneous steps one after the other and loses none", async () => {
    const stored = newCase();
    const { caseId } = stored.context;
    await cases.open(stored, act("startNew"));
    const step = () =>
      cases.step(
        caseId,
        (now) => ({ ...now, context: { ...now.context, attempt: now.context.attempt + 1 } }),
        act("step"),
      );
    await Promise.all(Array.from({ length: 20 }, step));
    expect((await cases.find(caseId))?.context.attempt).toBe(21);
    expect(await owner`select from ra.act where case_id = ${caseId}`).toHaveLength(21);
  });

  it("is not stored when its act cannot be", async () => {
    const stored = newCase();
    await cases.open(stored, act("startNew"));
    const bad = { kind: "step", clerk: "no uuid", at };
    await expect(cases.step(stored.context.caseId, (now) => ({ ...now, value: "searching" }), bad)).rejects.toThrow(
      StoreUnavailable,
    );
    expect((await cases.find(stored.context.caseId))?.value).toBe("awaitingCard");
  });
});

describe("the record of acts", () => {
  it("is written and read by the counter's role, never changed or deleted", async () => {
    await cases.record({ ...act("searched.none"), counter: "counter-1", caseId: null });
    for (const forbidden of [
      "update ra.act set clerk = null",
      "delete from ra.act",
      "truncate ra.act",
      "delete from ra.delivery",
      "update ra.signed_request set payload = ''",
    ])
      await expect(
        app.run((on) => on.execute(forbidden)),
        forbidden,
      ).rejects.toThrow("42501");
  });
});

describe("commands and requests", () => {
  it("numbers a terminal's commands upwards, each number once, however many ask at once", async () => {
    const commands = agentCommandStore(app);
    const numbers = await Promise.all(Array.from({ length: 30 }, () => commands.nextNumber("counter-x")));
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });

  it("records a command's first result only, and only from its own terminal", async () => {
    const commands = agentCommandStore(app);
    const stored = newCase();
    const { caseId } = stored.context;
    await cases.open(stored, act("startNew"));
    const commandId = randomUUID();
    const commandNumber = await commands.nextNumber("counter-y");
    await commands.issue(
      { commandId, terminal: "counter-y", commandNumber, caseId, effectKey: "makeKey:1", operation: "makeKey" },
      at,
    );
    await commands.end(commandId, "counter-z", { kind: "erased" }, at);
    expect((await commands.newestOf(caseId, "makeKey:1"))?.result).toBeNull();
    await commands.end(commandId, "counter-y", { kind: "passwordRight" }, at);
    await commands.end(commandId, "counter-y", { kind: "erased" }, at);
    expect((await commands.newestOf(caseId, "makeKey:1"))?.result).toEqual({ kind: "passwordRight" });
  });

  it("keeps the first request of an attempt, byte for byte", async () => {
    const records = authorityRecords(app);
    const stored = newCase();
    const { caseId } = stored.context;
    await cases.open(stored, act("startNew"));
    const first = {
      payload: Buffer.from("first").toString("base64"),
      signature: Buffer.alloc(64, 1).toString("base64"),
    };
    const second = {
      payload: Buffer.from("second").toString("base64"),
      signature: Buffer.alloc(64, 2).toString("base64"),
    };
    expect(await records.keepRequest(caseId, 1, first)).toEqual(first);
    expect(await records.keepRequest(caseId, 1, second)).toEqual(first);
    expect(await records.request(caseId, 1)).toEqual(first);
    expect(await records.request(caseId, 2)).toBeNull();
  });

  it("keeps each audit head that the authority showed, and says when one contradicts another", async () => {
    const records = authorityRecords(app);
    const head = { stream: "ca-1", seq: 7, hash: "aa".repeat(32) };
    expect(await records.witness(head, at)).toBe("kept");
    expect(await records.witness(head, at)).toBe("kept");
    expect(await records.witness({ ...head, hash: "bb".repeat(32) }, at)).toBe("contradicting");
    expect(await records.witness(head, at)).toBe("contradicting");
    expect(await records.witness({ ...head, seq: 8 }, at)).toBe("kept");
    expect(await owner`select from ra.audit_witness where seq = 7`).toHaveLength(2);
  });
});
