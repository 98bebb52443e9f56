import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AccessSpool } from "./access-spool.ts";
import { MemoryAccessRecords } from "./memory-world.fixture.ts";
import type { IssuerAccessRecord } from "./ports.ts";
import { Unavailable } from "./signed-answer.ts";
import { startResponderProcess } from "./started-responder.fixture.ts";

let directory: string;
let records: MemoryAccessRecords;
let failures: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "spool-"));
  [records, failures] = [new MemoryAccessRecords(), 0];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function open(most = 1_000, at = directory): Promise<AccessSpool> {
  const spool = new AccessSpool(records, { directory: at, most, onFailure: () => void failures++ });
  await spool.start();
  return spool;
}
const record = (serial: string): IssuerAccessRecord => ({
  ...{
    authority: "chiba",
    generation: 2,
    verifierId: "city",
    confirmer: null,
    at: new Date("2026-11-22T09:00:00.123Z"),
  },
  ...{ method: "ocsp", answers: [{ serial, answer: "good" }] },
});
const storedSerials = () => records.stored.flatMap(({ answers }) => answers.map(({ serial }) => serial));

describe("access records on their way", () => {
  it("are stored whole, in order, once, and then no longer kept here", async () => {
    const spool = await open();
    await Promise.all([spool.append(record("01")), spool.append(record("02"))]);
    await spool.append(record("03"));
    await spool.close();
    expect(storedSerials()).toStrictEqual(["01", "02", "03"]);
    expect(records.stored[0]).toStrictEqual({
      ...record("01"),
      at: "2026-11-22T09:00:00.123Z",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(readdirSync(directory)).toStrictEqual([]);
  });

  it("have a directory that one process alone writes to", async () => {
    const taken = await startResponderProcess();
    await expect(open(1, taken.spool)).rejects.toThrow(`${taken.spool} belongs to process ${taken.child.pid}`);
    taken.child.kill("SIGKILL");
    await once(taken.child, "exit");
    await (await open(1, taken.spool)).close();
    // A process of another time with a number that somebody has now.
    writeFileSync(join(taken.spool, "lock"), "1 0");
    await (await open(1, taken.spool)).close();
    rmSync(taken.directory, { recursive: true });
  });

  it("wait while the database is away, and count once when its answer was lost", async () => {
    records.reachable = false;
    const before = await open();
    await before.append(record("01"));
    await before.close();
    expect([storedSerials().length, failures, readdirSync(directory).length]).toEqual([0, 1, 1]);
    records.reachable = true;
    const store = records.store.bind(records);
    records.store = async (batch) => {
      await store(batch);
      throw new Error("the answer was lost");
    };
    const meanwhile = await open();
    await meanwhile.append(record("02"));
    await meanwhile.close();
    records.store = store;
    const after = await open();
    await after.close();
    expect(storedSerials()).toStrictEqual(["01", "02"]);
    expect(readdirSync(directory)).toStrictEqual([]);
  });

  it("are handed over a few megabytes at a time, each line whole, however many gathered", async () => {
    records.reachable = false;
    const before = await open(30_000);
    await Promise.all(Array.from({ length: 30_000 }, (_, index) => before.append(record(String(index)))));
    await before.close();
    records.reachable = true;
    const store = records.store.bind(records);
    const sizes: number[] = [];
    records.store = async (lines) => {
      sizes.push(lines.length);
      await store(lines);
    };
    await (await open(30_000)).close();
    expect(storedSerials()).toHaveLength(30_000);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1_024 * 1_024 + 1);
  });

  it("are stored although somebody took a file of others away", async () => {
    records.reachable = false;
    const before = await open();
    await before.append(record("01"));
    await before.close();
    const spool = await open();
    const [taken = ""] = readdirSync(directory).filter((name) => name.endsWith(".records"));
    rmSync(join(directory, taken));
    records.reachable = true;
    await spool.append(record("02"));
    await spool.close();
    expect([storedSerials(), failures]).toStrictEqual([["02"], 1]);
  });

  it("are refused when too many wait, or none can be written", async () => {
    records.reachable = false;
    const spool = await open(2);
    await Promise.all([spool.append(record("01")), spool.append(record("02"))]);
    await expect(spool.append(record("03"))).rejects.toThrow(Unavailable);
    await spool.close();
    await expect(spool.append(record("04"))).rejects.toThrow(Unavailable);
    records.reachable = true;
    const gone = await open();
    rmSync(directory, { recursive: true });
    await expect(gone.append(record("05"))).rejects.toThrow(Unavailable);
  });

  it("leave out what was being written when the process ended: nothing was answered yet", async () => {
    records.reachable = false;
    const spool = await open();
    await spool.append(record("01"));
    await spool.close();
    records.reachable = true;
    const [file = ""] = readdirSync(directory);
    appendFileSync(join(directory, file), '{"id":"0000');
    await (await open()).close();
    expect(storedSerials()).toStrictEqual(["01"]);
  });
});

describe("a responder that is killed", () => {
  it("has lost no record of what it answered", async () => {
    const responder = await startResponderProcess("databaseAway");
    const { child, ask, requests } = responder;
    let answered = 0;
    const askOn = async () => {
      for (;;) {
        const said = await ask("POST", requests[0] ?? new Uint8Array()).catch(() => undefined);
        if (said === undefined) return;
        answered += 1;
        if (answered === 500) child.kill("SIGKILL");
      }
    };
    await Promise.all(Array.from({ length: 8 }, askOn));
    if (child.signalCode === null) await once(child, "exit");
    await (await open(100_000, responder.spool)).close();
    rmSync(responder.directory, { recursive: true });
    expect(answered).toBeGreaterThanOrEqual(500);
    // Those whose answer was on its way are there too.
    expect(records.stored.length).toBeGreaterThanOrEqual(answered);
    expect(records.stored.length).toBeLessThanOrEqual(answered + 8);
  });
});
