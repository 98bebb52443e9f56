import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Journal } from "./journal.ts";
import { JournalBroken, type JournalEntry, readJournal } from "./journal-lines.ts";

const now = () => new Date("2026-04-01T00:00:00Z");
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "jrn-"));
  path = join(directory, "journal");
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const tbs = (number: number) => number.toString(16).padStart(8, "0").padEnd(64, "0");
const attempt = (number: number, count = 1): JournalEntry => ({
  kind: "attempt",
  intent: "3f0c1d9e-5a52-4a7e-9a55-0d6c0a6b7f10",
  key: "ca:chiba:1",
  request: tbs(number),
  ticket: null,
  tbs: tbs(number),
  attempt: count,
});

it("keeps the order and chain of entries that are appended together and one after another", async () => {
  const journal = await Journal.open(path, now);
  await Promise.all(Array.from({ length: 50 }, (_, number) => journal.append(attempt(number))));
  for (let number = 50; number < 60; number++) await journal.append(attempt(number));
  await journal.close();
  const lines = await readJournal(path);
  expect(lines.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
  expect(lines.at(-1)?.at).toBe("2026-04-01T00:00:00.000Z");
});

it("counts the attempts per TBS hash across restarts and names those without an outcome", async () => {
  const first = await Journal.open(path, now);
  await first.append(attempt(1));
  await first.append({ kind: "outcome", tbs: tbs(1), attempt: 1, outcome: "failed", signature: null });
  await first.append(attempt(1, 2));
  await first.close();
  const second = await Journal.open(path, now);
  expect(second.attemptsOf(tbs(1))).toBe(2);
  expect(second.attemptsOf(tbs(2))).toBe(0);
  expect(second.status).toMatchObject({ entries: 3, unresolved: 1, tornLine: false });
  expect(second.wasRequestOfAnother(tbs(1), "3f0c1d9e-5a52-4a7e-9a55-0d6c0a6b7f10")).toBe(false);
  expect(second.wasRequestOfAnother(tbs(1), "00000000-5a52-4a7e-9a55-0d6c0a6b7f10")).toBe(true);
  await second.close();
});

it("drops a torn last line wherever it was torn, and appends after the last whole one", async () => {
  const journal = await Journal.open(path, now);
  await journal.append(attempt(1));
  await journal.append(attempt(2));
  await journal.close();
  const whole = readFileSync(path);
  const second = whole.indexOf(0x0a) + 1;
  for (let length = second + 1; length < whole.length; length += 7) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    const reopened = await Journal.open(path, now);
    expect(reopened.past.tornOctets).toBe(length - second);
    await reopened.append(attempt(3));
    await reopened.close();
    expect((await readJournal(path)).map(({ sequence }) => sequence)).toEqual([1, 2]);
  }
});

it.each([
  ["changed", (text: string) => text.replace(tbs(1), tbs(9))],
  ["taken out", (text: string) => text.split("\n").slice(1).join("\n")],
  ["exchanged", (text: string) => [...text.split("\n").slice(0, 2).reverse(), ""].join("\n")],
])("does not start on a journal with a line %s", async (_, alter) => {
  const journal = await Journal.open(path, now);
  await journal.append(attempt(1));
  await journal.append(attempt(2));
  await journal.close();
  writeFileSync(path, alter(readFileSync(path, "utf8")));
  await expect(Journal.open(path, now)).rejects.toThrow(JournalBroken);
});

it("remembers the latest instant it recorded, also when the clock was set back, until people confirm the clock", async () => {
  let instant = "2030-01-01T00:00:00Z";
  const moving = () => new Date(instant);
  const journal = await Journal.open(path, moving);
  await journal.append(attempt(1));
  instant = "2026-04-01T00:00:00Z";
  await journal.append({ kind: "started", instance: "authority", tornOctets: 0 });
  expect(journal.newestEntry).toEqual(new Date("2030-01-01T00:00:00Z"));
  await journal.close();
  const reopened = await Journal.open(path, moving);
  expect(reopened.newestEntry).toEqual(new Date("2030-01-01T00:00:00Z"));
  await reopened.append({ kind: "clockConfirmed", first: "one", second: "two" });
  expect(reopened.newestEntry).toEqual(new Date("2026-04-01T00:00:00Z"));
  await reopened.close();
});

it("knows by which request a ticket was used, across restarts", async () => {
  const ticket = "0b8f8d5e-5f55-4f43-9d35-0d3a6a4f4f10";
  const first = await Journal.open(path, now);
  expect(first.wasTicketOfAnother(ticket, tbs(1))).toBe(false);
  await first.append({ ...attempt(1), ticket } as JournalEntry);
  await first.close();
  const second = await Journal.open(path, now);
  expect(second.wasTicketOfAnother(ticket, tbs(1))).toBe(false);
  expect(second.wasTicketOfAnother(ticket, tbs(2))).toBe(true);
  expect(second.wasRequestOfAnother(tbs(1), "00000000-5a52-4a7e-9a55-0d6c0a6b7f10")).toBe(false);
  await second.close();
});

it("remembers a request as long as an intent for it can be signed, and forgets it then, here and after a restart", async () => {
  let instant = Date.parse("2026-04-01T12:00:00Z");
  const moving = () => new Date(instant);
  const another = "00000000-5a52-4a7e-9a55-0d6c0a6b7f10";
  const journal = await Journal.open(path, moving);
  await journal.append(attempt(1));
  const afterDays = async (days: number) => {
    instant += days * 86_400_000;
    await journal.append(attempt(1_000 + days));
  };
  await afterDays(15);
  expect(journal.wasRequestOfAnother(tbs(1), another)).toBe(true);
  expect(journal.attemptsOf(tbs(1))).toBe(1);
  await afterDays(2);
  expect(journal.wasRequestOfAnother(tbs(1), another)).toBe(false);
  expect(journal.attemptsOf(tbs(1))).toBe(0);
  expect(journal.attemptsOf(tbs(1_015))).toBe(1);
  await journal.close();
  const reopened = await Journal.open(path, moving);
  expect([reopened.attemptsOf(tbs(1)), reopened.attemptsOf(tbs(1_015))]).toEqual([0, 1]);
  await reopened.close();
});

it("forgets nothing for a clock that ran ahead while only audit heads were signed", async () => {
  let instant = Date.parse("2026-04-01T12:00:00Z");
  const journal = await Journal.open(path, () => new Date(instant));
  await journal.append(attempt(1));
  instant += 365 * 86_400_000;
  await journal.append({ ...attempt(2), intent: null, request: null } as JournalEntry);
  instant -= 364 * 86_400_000;
  await journal.append(attempt(3));
  expect([1, 2, 3].map((number) => journal.attemptsOf(tbs(number)))).toEqual([1, 1, 1]);
  await journal.close();
});

it("is readable by its owner alone", async () => {
  const journal = await Journal.open(path, now);
  await journal.append(attempt(1));
  await journal.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
