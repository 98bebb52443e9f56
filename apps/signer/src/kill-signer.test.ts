import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { signatureAccounts } from "@mitome/testkit/signature-accounts";
import { readRecordedSigns } from "@mitome/testkit/softhsm";
import { verifySignature } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { macAndRecord } from "./intents.fixture.ts";
import { type JournalEntry, readJournal } from "./journal-lines.ts";
import { type FoundedAuthority, foundAuthority } from "./signer.fixture.ts";
import { crashPoints } from "./signer-configuration.ts";

let authority: FoundedAuthority;

beforeAll(async () => {
  authority = await foundAuthority({ spy: true });
});

afterAll(() => authority.stop());

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

type Attempt = Extract<JournalEntry, { kind: "attempt" }>;

async function attempts(): Promise<Attempt[]> {
  const entries = (await readJournal(authority.journal)).map(({ entry }) => entry);
  return entries.filter((entry) => entry.kind === "attempt");
}

describe("SIGKILL around a signature", () => {
  it.each(crashPoints)(
    "at %s: the attempt is accounted for, and the intent is signed after the restart",
    async (point) => {
      await authority.process().stop();
      const doomed = await authority.restart({ crashAt: point });
      const intent = await authority.subscriberIntent();
      await macAndRecord(authority, intent);
      await expect(authority.client.sign(intent.id, 1n)).rejects.toMatchObject({ name: "HsmUnavailable" });
      expect(await doomed.ended).toBe("SIGKILL");

      await authority.restart();
      const signed = await authority.client.sign(intent.id, 1n);
      if (signed.kind !== "signed") throw new Error(JSON.stringify(signed));
      const key = await authority.client.publicKey(`ca:${authority.definition.id}:1`);
      if (key.kind !== "publicKey") throw new Error(key.kind);
      expect(verifySignature(key.spki, "sha256WithRSAEncryption", intent.tbs, signed.signature)).toBe(true);

      const tbs = sha256(intent.tbs);
      const calls = readRecordedSigns(authority.spyRecord).filter(({ input }) => sha256(input) === tbs);
      // Killed before the call there was one call and two attempts; killed after it, two of each.
      expect(calls.map(({ outcome }) => outcome)).toEqual(
        point === "signer.beforeSign" ? ["CKR_OK"] : ["CKR_OK", "CKR_OK"],
      );
      expect((await attempts()).filter((entry) => entry.tbs === tbs).map(({ attempt }) => attempt)).toEqual([1, 2]);
    },
  );

  it("leaves no call at the PKCS#11 border that the journal does not know", async () => {
    const { accounts, unread } = signatureAccounts(authority.spyRecord, authority.journal);
    expect(unread).toBe(0);
    expect(accounts.length).toBeGreaterThan(crashPoints.length); // the certificates, and the server's own
    for (const { calls, attempts: announced, signed } of accounts) {
      expect(calls).toBeLessThanOrEqual(announced);
      expect(signed).toBeLessThanOrEqual(calls);
    }
    // Only the kill before the call leaves an attempt without one.
    expect(accounts.filter(({ calls, attempts: announced }) => announced !== calls)).toHaveLength(1);
  });

  it("tolerates a journal whose last line was torn, reports it, and goes on after the last whole line", async () => {
    await authority.process().stop();
    const whole = (await readJournal(authority.journal)).length;
    appendFileSync(authority.journal, '{"sequence":9999,"prev');
    const restarted = await authority.restart();
    expect(restarted.log()).toContain("journalTorn");
    expect((await authority.client.status()).journal.tornLine).toBe(true);
    const lines = await readJournal(authority.journal);
    expect(lines[whole]?.entry).toEqual({ kind: "started", instance: "authority", tornOctets: 22 });
  });
});
