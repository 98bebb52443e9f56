import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccessRecordsRefused } from "@mitome/ca";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AccessSpool } from "./access-spool.ts";
import { MemoryAccessRecords } from "./memory-world.fixture.ts";
import { RefusalTolerantRecords } from "./refusal-tolerant-records.ts";

let spool: string;
let database: MemoryAccessRecords;
let records: RefusalTolerantRecords;
let alarms: readonly (readonly [code: string, setAside: number])[];

beforeEach(() => {
  spool = mkdtempSync(join(tmpdir(), "refused-"));
  database = new MemoryAccessRecords();
  const store = database.store.bind(database);
  database.store = async (lines) => {
    if (database.reachable && Buffer.from(lines).includes("poison")) throw new AccessRecordsRefused("23514");
    await store(lines);
  };
  alarms = [];
  const onRefusal = (code: string, setAside: number) => {
    alarms = [...alarms, [code, setAside]];
  };
  records = new RefusalTolerantRecords(database, { directory: join(spool, "refused"), onRefusal });
});
afterEach(() => rmSync(spool, { recursive: true, force: true }));

const line = (id: string) => `${JSON.stringify({ id, answers: [] })}\n`;
const linesOf = (...lines: readonly string[]) => Buffer.from(lines.join(""));
const storedIds = () => database.stored.map(({ id }) => id).toSorted();
const setAside = () => readdirSync(join(spool, "refused")).toSorted();

describe("access records that the database refuses for good", () => {
  it("are set aside one by one and word for word, and hold up none of the others", async () => {
    const lines = Array.from({ length: 100 }, (_, at) => line(at === 17 || at === 63 ? `poison-${at}` : `id-${at}`));
    await records.store(linesOf(...lines));
    expect(storedIds()).toHaveLength(98);
    const texts = setAside().map((name) => readFileSync(join(spool, "refused", name), "utf8"));
    expect(texts.toSorted()).toStrictEqual([line("poison-17"), line("poison-63")]);
    expect(statSync(join(spool, "refused", setAside()[0] ?? "")).mode & 0o777).toBe(0o600);
    expect(alarms).toStrictEqual([
      ["23514", 1],
      ["23514", 2],
    ]);
    expect(records.setAside).toBe(2);
  });

  it("lie there once however often they are refused, and are told of once", async () => {
    await records.store(linesOf(line("poison")));
    await records.store(linesOf(line("poison"), line("01")));
    expect([records.setAside, alarms.length, storedIds()]).toStrictEqual([1, 1, ["01"]]);
  });

  it("are not taken for those of a database that is away, nor when they cannot be set aside", async () => {
    database.reachable = false;
    await expect(records.store(linesOf(line("poison")))).rejects.toThrow("away");
    database.reachable = true;
    writeFileSync(join(spool, "refused"), "");
    await expect(records.store(linesOf(line("poison"), line("01")))).rejects.toThrow("EEXIST");
    expect([records.setAside, alarms]).toStrictEqual([0, []]);
  });

  it("come back from where they lie: a file that is put into the spool is entered at the next start", async () => {
    await records.store(linesOf(line("poison")));
    const [name = ""] = setAside();
    writeFileSync(join(spool, "refused", name), line("mended"));
    renameSync(join(spool, "refused", name), join(spool, name));
    const entering = new AccessSpool(records, { directory: spool, most: 10, onFailure: () => undefined });
    expect(await entering.start()).toBe(1);
    await entering.close();
    expect([storedIds(), records.setAside]).toStrictEqual([["mended"], 0]);
  });
});
