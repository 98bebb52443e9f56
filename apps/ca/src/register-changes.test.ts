import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { registerChangeFileMessage } from "@mitome/ca";
import { tableRowsOfPdf, textOfPdf } from "@mitome/testkit/papers";
import { type RunningAuthority, startAuthority } from "@mitome/testkit/running-authority";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { WireCounter, wireResident } from "@mitome/testkit/wire-counter";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

let authority: RunningAuthority;
let counter: WireCounter;
let other: WireCounter;
let cards: string[];
let sql: RoleSql;
let residents = 0;
let sequence = 0;

beforeAll(async () => {
  authority = await startAuthority(quickAuthority);
  counter = await WireCounter.enrol(authority, "121002", "chiba-1");
  other = await WireCounter.enrol(authority, "122025", "choshi-1");
  cards = [...(await counter.receiveCards(20))];
  sql = sqlAs(authority.postgres.url("ca_owner"));
});

afterAll(async () => {
  await counter?.close();
  await other?.close();
  await sql?.end();
  await authority?.stop();
});

async function issued(bornAs?: number): Promise<{ readonly residentCode: string; readonly serial: string }> {
  residents += 1;
  const resident = wireResident(residents, bornAs);
  const one = await counter.openCase(cards.pop() ?? "", resident);
  const answer = await counter.calls.issuance.request.mutate(one.request);
  if (answer.kind === "refused") throw new Error(answer.reason);
  return { residentCode: String(resident.residentCode), serial: answer.serial };
}

const died = (residentCode: string) => ({
  ...{
    version: 1,
    feed: "juki-121002",
    sequence: ++sequence,
    municipality: "121002",
    residentCode,
    registerVersion: 2,
  },
  ...{ kind: "died", occurredOn: "2026-01-01" },
});

function signedBy({ machine, municipality }: WireCounter, lines: readonly unknown[]) {
  const header = {
    version: 1,
    file: randomUUID(),
    sender: municipality,
    changes: lines.length,
    madeAt: "2026-01-02T00:00:00Z",
  };
  const file = Buffer.from([header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(""));
  const key = { key: createPrivateKey(machine.key), dsaEncoding: "ieee-p1363" } as const;
  return { file, signature: sign("sha256", registerChangeFileMessage(file), key) };
}

const onWire = ({ file, signature }: ReturnType<typeof signedBy>) => ({
  file: file.toString("base64"),
  signature: signature.toString("base64"),
});

const stateOf = async (serial: string) => {
  const [row] = await sql<{ state: string; cause: string | null }>`
    select state, revocation_cause as cause from ca.certificate where serial = ${serial}`;
  return row;
};

describe("a register's changes over the wire", () => {
  it("[C-2-1-2.8] revoke, and are answered line by line; the same call again gets the same answer", async () => {
    const { residentCode, serial } = await issued();
    const signed = onWire(signedBy(counter, [died(residentCode), { no: "change" }]));
    const answer = await counter.calls.register.changes.mutate(signed);
    expect(answer).toMatchObject({
      kind: "taken",
      lines: [
        { line: 2, outcome: "revoked" },
        { line: 3, outcome: "workList", why: "malformedLine" },
      ],
    });
    expect(await stateOf(serial)).toEqual({ state: "revoked", cause: "died" });
    expect(await counter.calls.register.changes.mutate(signed)).toEqual(answer);
  });

  it("are taken from the municipality that signed them, and from its own connection alone", async () => {
    const { residentCode, serial } = await issued();
    const signed = onWire(signedBy(counter, [died(residentCode)]));
    expect(await other.calls.register.changes.mutate(signed)).toEqual({ kind: "refused", reason: "signatureWrong" });
    const another = onWire(signedBy(other, [died(residentCode)]));
    expect(await other.calls.register.changes.mutate(another)).toMatchObject({ lines: [{ why: "malformedLine" }] });
    expect(await stateOf(serial)).toMatchObject({ state: "valid" });
  });

  it("come 500 at a time with the longest names and addresses, and not 501", async () => {
    const items = { name: "山".repeat(200), dateOfBirth: "319801231", gender: "2", address: "田".repeat(200) };
    const lines = Array.from({ length: 500 }, (_, n) => ({
      ...died(String(20_000_000_000 + n)),
      ...{ kind: "addressChanged", items },
    }));
    const answer = await counter.calls.register.changes.mutate(onWire(signedBy(counter, lines)));
    if (answer.kind === "refused") throw new Error(answer.reason);
    expect(new Set(answer.lines.map((line) => ("why" in line ? line.why : line.outcome)))).toEqual(
      new Set(["noSubscriber"]),
    );
    expect(answer.lines).toHaveLength(500);
    const more = Array.from({ length: 501 }, (_, n) => died(String(30_000_000_000 + n)));
    expect(await counter.calls.register.changes.mutate(onWire(signedBy(counter, more)))).toEqual({
      kind: "refused",
      reason: "tooManyChanges",
    });
  });
});

const calls = ["readForChange", "recordChange"];
const points = calls.flatMap((call) => [`registerChanges.${call}:before`, `registerChanges.${call}:after`]);

describe(`SIGKILL of the authority at ${points.length} points of a change`, () => {
  it.each(points)("%s", async (point) => {
    const { residentCode, serial } = await issued();
    const signed = onWire(signedBy(counter, [died(residentCode)]));
    const killed = await authority.restartCa({ crashAt: point });
    await counter.callAt(killed);
    await expect(counter.calls.register.changes.mutate(signed)).rejects.toThrow();
    expect(await killed.ended).toBe("SIGKILL");
    await counter.callAt(await authority.restartCa());
    const answer = await vi.waitFor(() => counter.calls.register.changes.mutate(signed), {
      timeout: 20_000,
      interval: 100,
    });
    expect(answer).toMatchObject({ lines: [{ outcome: "revoked" }] });
    expect(await stateOf(serial)).toEqual({ state: "revoked", cause: "died" });
    const events =
      await sql`select 1 from ca.audit_event where kind = 'certificate.revoked' and detail ->> 'serial' = ${serial}`;
    expect(events).toHaveLength(1);
    expect(await authority.script("audit-verify")).toMatchObject({ kind: "whole" });
  });
});

describe("operators", () => {
  it("take a dropped file once its municipality's server has signed it", async () => {
    const { residentCode, serial } = await issued();
    const { file, signature } = signedBy(counter, [died(residentCode), { no: "change" }]);
    const [dropped, detached] = [join(authority.home, "changes.ndjson"), join(authority.home, "changes.sig")];
    writeFileSync(dropped, file);
    writeFileSync(detached, signature);
    await expect(authority.script("take-register-file", "122025", dropped, detached)).rejects.toThrow("signatureWrong");
    expect(await stateOf(serial)).toMatchObject({ state: "valid" });
    const taken = { revoked: 1, malformedLine: 1 };
    expect(await authority.script("take-register-file", "121002", dropped, detached)).toMatchObject(taken);
    expect(await authority.script("take-register-file", "121002", dropped, detached)).toMatchObject(taken);
    expect(await stateOf(serial)).toEqual({ state: "revoked", cause: "died" });
  });

  it("read what is on the work list, without a word of anybody, and settle it", async () => {
    const listed = JSON.stringify(await authority.script("register-work", "121002"));
    expect(listed).toContain("noSubscriber");
    expect(listed).not.toContain("山");
    const { work } = JSON.parse(listed);
    const id = String(work[0].id);
    expect(await authority.script("settle-register-work", id, "leave")).toEqual({ outcome: "left" });
    await expect(authority.script("settle-register-work", id, "leave")).rejects.toThrow("no work");
    await expect(authority.script("settle-register-work", "one", "leave")).rejects.toThrow("no number");
  });

  it("approve by two what the brake stopped", async () => {
    await expect(authority.script("approve-register-changes", "121002", "sato", "sato")).rejects.toThrow("two people");
    expect(await authority.script("approve-register-changes", "121002", "sato", "suzuki")).toEqual({ settled: 0 });
  });

  it("decline by two, with a reason, what the brake stopped", async () => {
    const decline = (...said: string[]) => authority.script("decline-register-changes", "121002", ...said);
    await expect(decline("sato", "sato", "closed", "wrong")).rejects.toThrow("two people");
    await expect(decline("sato", "suzuki", "closed", " ")).rejects.toThrow("a reason");
    await expect(decline("sato", "suzuki", "forgotten", "wrong")).rejects.toThrow("closed or workList");
    expect(await decline("sato", "suzuki", "closed", "wrong")).toEqual({ settled: 0 });
  });

  it("let a municipality's revocations go on by two, with a reason", async () => {
    const release = (...said: string[]) => authority.script("release-revocations", ...said);
    await expect(release("121002", "sato", "Sato", "a move")).rejects.toThrow("two people");
    await expect(release("121002", "sato", "suzuki", "")).rejects.toThrow("a reason");
    await expect(release("999999", "sato", "suzuki", "a move")).rejects.toThrow("no municipality");
    expect(await release("121002", "sato", "suzuki", "a street was renumbered")).toMatchObject({
      municipality: "121002",
    });
    const [told] = await sql<{ first: string; second: string; because: string }>`
      select first, second, because from ca.revocation_release where municipality = '121002'`;
    expect(told).toEqual({ first: "sato", second: "suzuki", because: "a street was renumbered" });
  });

  it("[C-4-2-3.2] settle a double issue: the newer certificate is revoked at once, and no other", async () => {
    const [older, another] = [await issued(), await issued()];
    const newer = await issued(residents - 1);
    await sql`update ca.certificate set not_before = not_before - interval '1 day' where serial = ${older.serial}`;
    const refused: readonly [string, string][] = [
      [newer.serial, "fewerThanTwo"],
      [`${newer.serial},${newer.serial}`, "fewerThanTwo"],
      [`${older.serial},${another.serial}`, "differentPeople"],
      [`${older.serial},7f`, "noSubscribersCertificate"],
      [`${older.serial},x`, "no serial number"],
    ];
    for (const [serials, why] of refused)
      await expect(authority.script("settle-double-issue", serials)).rejects.toThrow(why);
    const both = `${newer.serial},${older.serial}`;
    expect(await authority.script("settle-double-issue", both)).toEqual({ revoked: [newer.serial] });
    expect(await stateOf(older.serial)).toMatchObject({ state: "valid" });
    expect(await stateOf(newer.serial)).toEqual({ state: "revoked", cause: "doubleIssue" });
    expect(await stateOf(another.serial)).toMatchObject({ state: "valid" });
    expect(await authority.script("settle-double-issue", both)).toEqual({ revoked: [newer.serial] });
    const events =
      await sql`select 1 from ca.audit_event where kind = 'certificate.revoked' and detail ->> 'serial' = ${newer.serial}`;
    expect(events).toHaveLength(1);

    expect(await authority.script("write-letters", authority.home, "認証局,電話 043-000-0000")).toEqual({
      written: [newer.serial],
    });
    const letter = readFileSync(join(authority.home, `${newer.serial}.pdf`));
    expect(textOfPdf(letter)).toMatch(/山田\s+花子\s+様/);
    expect(textOfPdf(letter)).toContain("電話 043-000-0000");
    expect(tableRowsOfPdf(letter)[0]?.join("").replaceAll(" ", "")).toBe(`シリアル番号${newer.serial.toUpperCase()}`);
    expect(await authority.script("write-letters", authority.home, "認証局")).toEqual({ written: [] });
  });

  it("[C-2-1-2.25] tell the 指定認証機関 in force what was revoked after the register, once", async () => {
    const body = {
      name: "認証事務センター",
      address: "東京都",
      representative: "理事長",
      from: "2020-01-01T00:00:00Z",
      until: null,
    };
    await counter.callAt(await authority.restartCa({ designatedBodies: [body] }));
    const { residentCode, serial } = await issued();
    const said = died(residentCode);
    await counter.calls.register.changes.mutate(onWire(signedBy(counter, [said])));
    const [file, again] = [join(authority.home, "notifications.ndjson"), join(authority.home, "again.ndjson")];
    expect(await authority.script("notify-designated-body", body.name, file)).toEqual({
      body: body.name,
      notifications: 1,
    });
    const told = JSON.parse(readFileSync(file, "utf8"));
    const { feed, sequence: number } = said;
    expect(told).toMatchObject({ to: body.name, feed, sequence: number, fact: "死亡", serials: [serial] });
    expect(JSON.stringify(told)).not.toContain(residentCode);
    expect(await authority.script("notify-designated-body", body.name, again)).toEqual({ notifications: 0 });
  });
});
