import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentCommand } from "@mitome/card";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal } from "./journal.ts";

let directory: string;
let now: Date;
const open = (): Journal => new Journal(join(directory, "agent", "journal"), () => now);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "journal-"));
  now = new Date("2026-11-22T03:00:00Z");
});
afterEach(() => rmSync(directory, { recursive: true }));

const erase = (n: number): AgentCommand => ({
  commandId: `0b8f8d5e-5f55-4f43-9d35-${String(n).padStart(12, "0")}`,
  terminal: "counter-1",
  caseId: "case-1",
  attempt: 1,
  commandNumber: n,
  expiresAt: "2026-11-22T03:02:00Z",
  cardNumber: "MT00000000000001",
  operation: "erase",
  params: {},
});

describe("the agent's journal", () => {
  it("accepts a command once, by id and by number, also after a restart", () => {
    const journal = open();
    expect(journal.accept(erase(1))).toBe("accepted");
    expect(journal.accept(erase(1))).toBe("running");
    expect(journal.accept({ ...erase(2), commandNumber: 1 })).toBe("replayed");
    journal.result(erase(1).commandId, { kind: "erased" });
    expect(journal.accept(erase(1))).toEqual({ result: { kind: "erased" } });
    journal.acknowledge(erase(1).commandId);
    journal.close();
    const again = open();
    expect(again.accept(erase(1))).toBe("replayed");
    expect(again.unfinished()).toEqual([]);
    again.close();
  });

  it("counts what had no result as interrupted at its last step", () => {
    const journal = open();
    journal.accept(erase(1));
    journal.step(erase(1).commandId, "erase", "before");
    journal.close();
    const again = open();
    const result = { kind: "interrupted", reason: "agentRestarted", step: "erase" };
    expect(again.unfinished()).toEqual([expect.objectContaining({ step: "erase", phase: "before", result })]);
    again.close();
  });

  it("ignores a last line that a crash tore", () => {
    const journal = open();
    journal.accept(erase(1));
    journal.close();
    appendFileSync(join(directory, "agent", "journal"), '{"kind":"result","at":"2026-11-');
    const again = open();
    expect(again.unfinished().map(({ result }) => result.kind)).toEqual(["interrupted"]);
    again.close();
  });

  it("forgets acknowledged commands a day after they expired, and stays small", () => {
    const journal = open();
    for (let n = 1; n <= 50; n++) {
      journal.accept(erase(n));
      journal.result(erase(n).commandId, { kind: "erased" });
      if (n > 1) journal.acknowledge(erase(n).commandId);
    }
    journal.close();
    now = new Date("2026-11-23T03:02:01Z");
    open().close();
    const kept = readFileSync(join(directory, "agent", "journal"), "utf8");
    expect(kept).toContain(erase(1).commandId);
    expect(kept).not.toContain(erase(2).commandId);
  });

  it("is readable by its own user only", () => {
    open().close();
    expect(statSync(join(directory, "agent", "journal")).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, "agent")).mode & 0o777).toBe(0o700);
  });
});
