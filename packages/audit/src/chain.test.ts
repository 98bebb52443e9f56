import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AuditRecord, emptyHead, formatHead, headsBytes, nextRecord, verifyChain } from "./chain.ts";
import { type AuditEntry, auditKinds } from "./vocabulary.ts";

const origin = { system: "ca", operator: "121002/clerk-7" };
const start: AuditEntry = { origin, event: { kind: "process.started", result: "done", detail: { program: "ca" } } };
const read: AuditEntry = {
  origin,
  event: { kind: "holding.read", result: "done", detail: { subscriber: "ab", holds: false } },
};

function chainOf(entries: readonly AuditEntry[]): AuditRecord[] {
  const records: AuditRecord[] = [];
  let head = emptyHead("ca.run.1");
  for (const [index, entry] of entries.entries()) {
    const record = nextRecord(head, entry, new Date(Date.UTC(2026, 3, 1, 0, 0, index)));
    records.push(record);
    head = record;
  }
  return records;
}

const whole = chainOf([start, read, read, read, read]);

describe("千葉県運用規程 4-11-5: the chain of an audit stream", () => {
  it("is whole from its first record to its head", () => {
    expect(verifyChain("ca.run.1", whole)).toMatchObject({ kind: "whole", head: { sequence: 5 } });
  });

  const alterations: Record<string, (record: AuditRecord) => Partial<AuditRecord>> = {
    at: ({ at }) => ({ at: new Date(at.getTime() + 1) }),
    kind: () => ({ kind: "card.looked" }),
    result: () => ({ result: "failed" }),
    system: () => ({ system: "signer" }),
    operator: () => ({ operator: "121002/clerk-8" }),
    nobody: () => ({ operator: null }),
    detail: ({ detail }) => ({ detail: detail.replace("false", "true") }),
    hash: ({ hash }) => ({ hash: hash.map((octet) => octet ^ 1) }),
  };

  it.each(Object.keys(alterations))("names the first record whose %s was altered", (what) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), (index) => {
        const altered = whole.map((record, at) =>
          at === index ? { ...record, ...alterations[what]?.(record) } : record,
        );
        expect(verifyChain("ca.run.1", altered)).toEqual({
          kind: "broken",
          stream: "ca.run.1",
          sequence: index + 1,
          fault: "altered",
        });
      }),
      { seed: 20260401 },
    );
  });

  it("names the place where a record was taken out, put in or moved", () => {
    const [first, second, third, ...rest] = whole as [AuditRecord, AuditRecord, AuditRecord, ...AuditRecord[]];
    expect(verifyChain("ca.run.1", [first, third, ...rest])).toMatchObject({ sequence: 2, fault: "missing" });
    expect(verifyChain("ca.run.1", [first, second, second])).toMatchObject({ sequence: 3, fault: "missing" });
    expect(verifyChain("ca.run.1", [first, third, second])).toMatchObject({ sequence: 2, fault: "missing" });
    expect(verifyChain("ca.run.2", whole)).toMatchObject({ sequence: 1, fault: "missing" });
  });

  it("[C-4-11-9.1] begins with the start of its process, and has no other start", () => {
    expect(verifyChain("ca.run.1", chainOf([read]))).toMatchObject({ sequence: 1, fault: "startNotFirst" });
    expect(verifyChain("ca.run.1", chainOf([start, start]))).toMatchObject({ sequence: 2, fault: "startNotFirst" });
  });

  it("signs the heads of all streams in the order of their names", () => {
    const heads = [emptyHead("b"), emptyHead("a")];
    expect(headsBytes(heads)).toEqual(headsBytes([...heads].reverse()));
    expect(formatHead(emptyHead("a"))).toBe(`a:0:${"00".repeat(32)}`);
  });
});

describe("[C-4-11-2.2] the vocabulary of audited events", () => {
  it("is closed, and every kind belongs to a log of 4-11-2 and says what it is", () => {
    for (const { log, says } of Object.values(auditKinds)) {
      expect(["issuance", "revocation", "status", "keys", "access", "operation"]).toContain(log);
      expect(says).toMatch(/\.$/);
    }
  });

  it("has no room for the four items or a resident code", () => {
    const details = Object.values(auditKinds).flatMap(({ details }) => details);
    for (const detail of details) expect(detail).not.toMatch(/name|address|birth|gender|resident|password/i);
  });
});
