import { readFileSync } from "node:fs";
import { chibaAuthority, publishNewest } from "@mitome/ca";
import { MemoryLocks, MemoryPublications } from "@mitome/testkit/memory-repository";
import { chibaPoint } from "@mitome/testkit/repository-contract";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { makeSoftKey, testSerial } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { formatDn } from "@mitome/x509";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ldapmodify, ldapsearch } from "./ldapsearch.fixture.ts";
import { encodeChange } from "./ldif.ts";
import { directoryTarget } from "./repository-target.ts";

const point = chibaPoint("121002", 1);
const object = { kind: "certificateRevocationList", point } as const;
const revocationDate = new Date("2026-01-01T00:00:00Z");
const right = softList({
  issuer: chibaAuthority.issuer,
  key: makeSoftKey({ kind: "rsa", bits: 2048 }),
  number: 1,
  point,
  onlyContains: "userCerts",
  entries: [1, 2, 3].map((number) => ({ serialNumber: testSerial(number), revocationDate, reason: "superseded" })),
});

/** The right list with octets changed, cut out or put in. */
const malformed = fc
  .array(fc.tuple(fc.nat(right.length - 1), fc.nat(2), fc.uint8Array({ minLength: 1, maxLength: 40 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((changes) => {
    let octets = Buffer.from(right);
    for (const [at, how, others] of changes) {
      const [before, after] = [octets.subarray(0, at), octets.subarray(at)];
      if (how === 0) octets = Buffer.concat([before, others, after.subarray(others.length)]);
      else if (how === 1) octets = Buffer.concat([before, after.subarray(others.length)]);
      else octets = Buffer.concat([before, others, after]);
    }
    return octets;
  });

const batch = 500;
const batches = process.env.MITOME_FULL === "1" ? 200 : 4;

let directory: TestSlapd;
beforeAll(async () => {
  directory = await startTestSlapd({ authorities: [chibaAuthority] });
});
afterAll(() => directory.stop());

describe("malformed publications", () => {
  it("neither stop slapd nor fill its memory, and the newest is published after them", async () => {
    const publisher = directory.slapd.access(chibaAuthority, "publisher");
    const target = directoryTarget("ldap", chibaAuthority, publisher);
    const ledger = new MemoryPublications();
    ledger.say(object, right);
    const to = { target, locks: new MemoryLocks(), ledger };
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "published" });
    const eye = { url: directory.url, name: formatDn(publisher.bindName), passwordFile: publisher.passwordFile };
    const memory: number[] = [];
    for (let number = 0; number < batches; number += 1) {
      const changes = fc
        .sample(malformed, { seed: number, numRuns: batch })
        .map((octets) => encodeChange(formatDn(point), "replace", "certificateRevocationList;binary", [octets]));
      const invalidSyntax = 21;
      expect(ldapmodify(eye, changes.join(""), ["-c"])).toBe(invalidSyntax);
      expect(ldapsearch({ url: directory.url }, "").code).toBe(0);
      memory.push(ownMemory(directory.slapd.pid));
    }
    const [begun = 0, ended = 0] = [memory[1], memory.at(-1)];
    expect(ended).toBeLessThan(begun * 1.1);
    expect((await publishNewest(to, object)).kind).toMatch(/published/i);
    await expect(target.read(object)).resolves.toEqual([right]);
  }, 600_000);
});

/** Resident memory of a process that is no file's, kB. */
function ownMemory(pid: number): number {
  return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
