import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { macAndRecord } from "./intents.fixture.ts";
import { readJournal } from "./journal-lines.ts";
import { type FoundedAuthority, foundAuthority } from "./signer.fixture.ts";

let authority: FoundedAuthority;

beforeAll(async () => {
  authority = await foundAuthority({ unattended: false });
});

afterAll(() => authority.stop());

const wrongPin = "0".repeat(43);
const id = () => authority.definition.id;

async function journalKinds(): Promise<string[]> {
  return (await readJournal(authority.journal)).map(({ entry }) => entry.kind);
}

async function untilLocked(): Promise<void> {
  while ((await authority.client.status()).token !== "locked") await new Promise((resolve) => setTimeout(resolve, 50));
}

describe("an attended authority", () => {
  it("is not activated after a start and signs, MACs and names nothing", async () => {
    expect((await authority.client.status()).token).toBe("locked");
    expect(await authority.client.subscriberId("24727059608")).toEqual({ kind: "notActivated" });
    expect(await authority.client.publicKey(`ca:${id()}:1`)).toEqual({ kind: "notActivated" });
    expect(await authority.client.signHeads([{ stream: "s", sequence: 1, hash: "00".repeat(32) }])).toEqual({
      kind: "notActivated",
    });
  });

  it("is activated by the custodians' PIN over the operator's socket, and a restart undoes it", async () => {
    expect(await authority.operator.activate(authority.userPin)).toEqual({ kind: "activated" });
    const intent = await authority.selfSignedIntent();
    await macAndRecord(authority, intent);
    expect((await authority.operator.sign(intent.id, 1n)).kind).toBe("signed");
    expect(await authority.process().stop()).toBe(0);
    await authority.restart();
    expect(await authority.operator.sign(intent.id, 1n)).toEqual({ kind: "notActivated" });
  });

  it("lets signatures under way end when it is deactivated, and begins no other", async () => {
    await authority.operator.activate(authority.userPin);
    const intents = await Promise.all(Array.from({ length: 12 }, () => authority.selfSignedIntent()));
    for (const intent of intents) await macAndRecord(authority, intent);
    const signing = intents.map((intent) => authority.operator.sign(intent.id, 1n));
    const deactivated = authority.operator.deactivate();
    const kinds = (await Promise.all(signing)).map(({ kind }) => kind);
    expect(await deactivated).toEqual({ kind: "deactivated" });
    expect(kinds.every((kind) => kind === "signed" || kind === "notActivated")).toBe(true);
    const [first] = intents;
    expect(await authority.operator.sign(first?.id ?? "", 1n)).toEqual({ kind: "notActivated" });
    // Every attempt has its outcome: nothing ran on after the log-out.
    expect((await authority.client.status()).journal.unresolved).toBe(0);
  });

  it("logs out by itself within 5 s when the activation in the ledger is ended", async () => {
    await authority.operator.activate(authority.userPin);
    const intent = await authority.selfSignedIntent();
    await macAndRecord(authority, intent);
    await authority.owner`update ca.activation set ended_at = now() where authority = ${id()}`;
    expect(await authority.operator.sign(intent.id, 1n)).toEqual({ kind: "notActivated" }); // at once, before the log-out
    const ended = performance.now();
    await untilLocked();
    expect(performance.now() - ended).toBeLessThan(5_000);
    await authority.owner`update ca.activation set ended_at = null where authority = ${id()}`;
    expect((await journalKinds()).at(-1)).toBe("deactivated");
  });

  it("signs nothing when the activation's end has passed", async () => {
    await authority.operator.activate(authority.userPin);
    const intent = await authority.selfSignedIntent();
    await macAndRecord(authority, intent);
    await authority.owner`update ca.activation set starts_at = now() - interval '2 hours', ends_at = now() - interval '1 second'`;
    expect(await authority.operator.sign(intent.id, 1n)).toEqual({ kind: "notActivated" });
    await untilLocked();
    await authority.owner`update ca.activation set ends_at = now() + interval '1 day'`;
  });

  it("signs nothing while the clock is earlier than its journal, until two people confirm the clock", async () => {
    await authority.process().stop();
    const lines = await readJournal(authority.journal);
    const last = readFileSync(authority.journal, "utf8").trimEnd().split("\n").at(-1) ?? "";
    const future = new Date(Date.now() + 86_400_000).toISOString();
    const previous = createHash("sha256").update(last).digest("hex");
    const entry = { kind: "started", instance: "authority", tornOctets: 0 };
    appendFileSync(
      authority.journal,
      `${JSON.stringify({ sequence: lines.length + 1, previous, at: future, entry })}\n`,
    );
    await authority.restart();
    await authority.operator.activate(authority.userPin);
    const intent = await authority.selfSignedIntent();
    await macAndRecord(authority, intent);
    expect(await authority.operator.sign(intent.id, 1n)).toEqual({ kind: "refused", reason: "clockUntrusted" });
    expect(await authority.operator.confirmClock("one", "one")).toMatchObject({ kind: "refused" });
    expect(await authority.operator.confirmClock("one", "two")).toEqual({ kind: "confirmed" });
    expect((await authority.operator.sign(intent.id, 1n)).kind).toBe("signed");
  });

  it("counts wrong PINs itself, across restarts, and refuses the right one after five", async () => {
    for (let tries = 0; tries < 3; tries++) {
      expect(await authority.operator.activate(wrongPin)).toEqual({ kind: "refused", reason: "pinWrong" });
    }
    await authority.process().stop();
    await authority.restart();
    for (let tries = 0; tries < 2; tries++) {
      expect(await authority.operator.activate(wrongPin)).toEqual({ kind: "refused", reason: "pinWrong" });
    }
    expect(await authority.operator.activate(authority.userPin)).toEqual({ kind: "refused", reason: "pinLocked" });
    expect((await journalKinds()).filter((kind) => kind === "pinWrong")).toHaveLength(5);
  });
});
