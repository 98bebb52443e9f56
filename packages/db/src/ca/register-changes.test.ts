import { randomUUID } from "node:crypto";
import {
  ClockGuard,
  decideDoubleIssue,
  decideDueChanges,
  japaneseDay,
  LedgerUnavailable,
  needsLetter,
  recoverIssuances,
  revocationCauses,
  revokeByAuthority,
  settleRegisterWork,
  takeRegisterFile,
} from "@mitome/ca";
import { PostgresRegisterNotices } from "@mitome/db/ca";
import { failingPort } from "@mitome/testkit/failing-port";
import { began, municipality, RegisterDesk } from "@mitome/testkit/register-desk";
import { certified, moved, reportsTo } from "@mitome/testkit/register-reports";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

let desk: RegisterDesk;
const hour = 3_600_000;

beforeAll(async () => {
  desk = await RegisterDesk.open();
});

afterAll(async () => {
  await desk?.close();
});

// What one test revokes is no business of the next one's brake.
afterEach(() => desk.clock.pass(25 * hour));

const { apply, line, work, events } = reportsTo(() => desk);

const take = (signed: { file: Uint8Array; signature: Uint8Array }, most?: number) =>
  takeRegisterFile(desk.authority, desk.acting, signed, desk.call.caller, most);

describe("千葉県運用規程 2-1-2(8)(9), 4-4-1: what a change of the register does to a certificate", () => {
  it.each([
    ["nameChanged", { items: { ...certified, name: "鈴木　花子" } }, "registerChanged"],
    ["addressChanged", {}, "registerChanged"],
    ["dateOfBirthCorrected", { items: { ...certified, dateOfBirth: "319801230" } }, "registerChanged"],
    ["genderCorrected", { items: { ...certified, gender: "1" } }, "registerChanged"],
    ["died", {}, "died"],
    ["movedOut", {}, "movedOut"],
    ["erased", {}, "movedOut"],
    ["recordFoundWrong", {}, "recordWrong"],
  ])(
    "[C-2-1-2.8] [C-2-1-2.9] [C-4-4-1-1.1] %s revokes it at the instant of acceptance",
    async (kind, changes, cause) => {
      const resident = desk.newResident();
      const serial = await desk.certify(resident);
      expect(await apply(line(resident, { kind, ...changes }))).toEqual({ outcome: "revoked" });
      const at = desk.clock.now();
      expect(await desk.certificate(serial)).toEqual({ state: "revoked", cause, reason: "affiliationChanged", at });
      expect(await desk.version(resident)).toBe(2);
      const requester = cause === "recordWrong" ? "governor" : "register";
      expect(await events("certificate.revoked", "serial", serial)).toEqual([
        { serial, cause, reason: "affiliationChanged", requester, case: null },
      ]);
    },
  );

  it("leaves a certificate alone whose items are the register's, and one that was issued knowing the change", async () => {
    const [same, newer] = [desk.newResident(), desk.newResident()];
    const [one, other] = [await desk.certify(same), await desk.certify(newer, { registerVersion: 5 })];
    expect(await apply(line(same, { items: certified }))).toEqual({ outcome: "nothingToRevoke" });
    expect(await apply(line(newer))).toEqual({ outcome: "older" });
    expect((await desk.certificate(one))?.state).toBe("valid");
    expect((await desk.certificate(other))?.state).toBe("valid");
    expect([await desk.version(same), await desk.version(newer)]).toEqual([2, 5]);
  });

  it("puts on the work list what a person has to look at, and keeps the version", async () => {
    const [nobody, elsewhere, unclear] = [desk.newResident(), desk.newResident(), desk.newResident()];
    const other = await desk.certify(elsewhere, {}, "122025");
    const marks = { nameSubstitutions: "00000", addressSubstitutions: "0".repeat([...certified.address].length) };
    const same = await desk.certify(unclear, { items: { ...certified, ...marks, name: "高田　花子" } });
    const lines = [
      line(nobody),
      line(elsewhere),
      line(unclear, { items: { ...certified, name: "髙田　花子" } }),
    ] as const;
    expect(await apply(lines[0])).toEqual({ outcome: "workList", why: "noSubscriber" });
    expect(await apply(lines[1])).toEqual({ outcome: "workList", why: "municipalityDiffers" });
    expect(await apply(lines[2])).toEqual({ outcome: "workList", why: "unclearDifference" });
    expect((await desk.certificate(same))?.state).toBe("valid");
    expect((await desk.certificate(other))?.state).toBe("valid");
    expect([await desk.version(nobody), await desk.version(elsewhere)]).toEqual([2, 1]);
    expect(await work(lines[0])).toMatchObject([{ why: "noSubscriber", settled: null, change: null }]);
  });

  it("says nothing of the person in the change, nor anywhere the resident code", async () => {
    const resident = desk.newResident();
    await desk.certify(resident);
    await apply(line(resident));
    await apply(line(resident, { kind: "movedOut", occurredOn: "2027-01-01", registerVersion: 3 }));
    for (const table of ["register_change", "register_work", "register_notification", "audit_event", "subscriber"]) {
      const rows = await desk.owner.run(`select row_to_json(t)::text as text from ca.${table} t`);
      const text = JSON.stringify(rows);
      expect(text, table).not.toContain(resident);
      if (table !== "register_work") expect(text, table).not.toContain("真砂");
    }
  });

  it("does nothing and says so while the clock is not believed", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    const early = { now: () => new Date(began.getTime() - 86_400_000), monotonic: () => 0 };
    const doubting = { ...desk.authority, clockGuard: new ClockGuard(early, began, { unattended: true }) };
    const said = line(resident);
    expect(await apply(said, doubting)).toEqual({ outcome: "notTaken", why: "clockUntrusted" });
    expect((await desk.certificate(serial))?.state).toBe("valid");
    expect(await apply(said)).toEqual({ outcome: "revoked" });
  });
});

describe("the same line again, another under its name, and many at once", () => {
  it("gives the same answer and revokes once", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    const said = line(resident);
    expect(await apply(said)).toEqual({ outcome: "revoked" });
    const first = await desk.certificate(serial);
    desk.clock.pass(60_000);
    expect(await apply(said)).toEqual({ outcome: "revoked" });
    expect(await desk.certificate(serial)).toEqual(first);
    expect(await events("registerChange.recorded", "sequence", String(said.sequence))).toHaveLength(1);
  });

  it("sets other content under the same name aside, once, and the first stands", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    const said = line(resident, { items: certified });
    expect(await apply(said)).toEqual({ outcome: "nothingToRevoke" });
    const other = { ...said, items: moved };
    const aside = { outcome: "workList", why: "differentContentUnderSameName" };
    expect([await apply(other), await apply(other)]).toEqual([aside, aside]);
    expect((await desk.certificate(serial))?.state).toBe("valid");
    expect(await work(said)).toHaveLength(1);
    expect(await apply(said)).toEqual({ outcome: "nothingToRevoke" });
  });

  it("is not in the way of another municipality's change under the same name", async () => {
    const [resident, other] = [desk.newResident(), desk.newResident()];
    const serial = await desk.certify(resident);
    const said = line(resident);
    await apply({ ...said, municipality: "122025", residentCode: other });
    expect(await apply(said)).toEqual({ outcome: "revoked" });
    expect((await desk.certificate(serial))?.state).toBe("revoked");
    // The audit trail tells the two apart by the municipality.
    const recorded = await events("registerChange.recorded", "sequence", String(said.sequence));
    expect(recorded.map((detail) => detail.municipality).sort()).toEqual(["121002", "122025"]);
  });

  it("one line sent eight times at once is recorded once, with one revocation", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    const said = line(resident);
    const answers = await Promise.all(Array.from({ length: 8 }, () => apply(said)));
    expect(answers).toEqual(answers.map(() => ({ outcome: "revoked" })));
    expect(await events("certificate.revoked", "serial", serial)).toHaveLength(1);
  });

  it("eight changes of one resident at once are all recorded, and the newest version stays", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    const lines = Array.from({ length: 8 }, (_, n) => line(resident, { registerVersion: n + 2 }));
    const answers = await Promise.all(lines.map((said) => apply(said)));
    expect(answers.filter(({ outcome }) => outcome === "revoked")).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === "nothingToRevoke")).toHaveLength(7);
    expect(await desk.version(resident)).toBe(9);
    expect(await events("certificate.revoked", "serial", serial)).toHaveLength(1);
  });
});

describe("an issuance beside a change", () => {
  it("is refused in its own transaction once a later record is known, also for somebody who never had a certificate", async () => {
    const resident = desk.newResident();
    const before = await desk.openCase(resident, { registerVersion: 1 });
    expect(await apply(line(resident))).toEqual({ outcome: "workList", why: "noSubscriber" });
    expect(await desk.issue(before)).toMatchObject({ kind: "refused", reason: "registerChangedSince" });
    const after = await desk.openCase(resident, { registerVersion: 2 });
    expect(await desk.issue(after)).toMatchObject({ kind: "issued" });
  });

  it("is refused by the database itself when the change comes between its reading and its intent", async () => {
    const resident = desk.newResident();
    const signed = await desk.openCase(resident, { registerVersion: 1 });
    const said = line(resident);
    const macIntent = async (intent: Parameters<typeof desk.signer.macIntent>[0]) => {
      await apply(said);
      return await desk.signer.macIntent(intent);
    };
    const signingKey = Object.assign(Object.create(desk.signer), {
      ...{ macIntent, subscriberId: (code: string) => desk.signer.subscriberId(code) },
    });
    expect(await desk.issue(signed, { ...desk.authority, signingKey })).toMatchObject({
      reason: "registerChangedSince",
    });
    const [none] =
      await desk.owner`select 1 from ca.certificate where subscriber_id = ${await desk.signer.subscriberId(resident)}`;
    expect(none).toBeUndefined();
  });

  it("whichever is faster, nobody is left with a certificate from before the change", async () => {
    const residents = Array.from({ length: 12 }, () => desk.newResident());
    const cases = await Promise.all(residents.map((resident) => desk.openCase(resident, { registerVersion: 1 })));
    await Promise.all([
      ...cases.map((signed) => desk.issue(signed)),
      ...residents.map((resident) => apply(line(resident))),
    ]);
    await decideDueChanges(desk.authority);
    for (const resident of residents) {
      const [living] = await desk.owner`select serial from ca.certificate
        where ended_at is null and subscriber_id = ${await desk.signer.subscriberId(resident)}`;
      expect(living).toBeUndefined();
      expect(await desk.version(resident)).toBe(2);
    }
  });

  it("that is not signed yet is waited for, and revoked once it is", async () => {
    const resident = desk.newResident();
    const signed = await desk.openCase(resident, { registerVersion: 1 });
    const { port: signingKey } = failingPort(
      desk.signer,
      { call: 3, when: "before" },
      () => new LedgerUnavailable("away"),
    );
    await expect(desk.issue(signed, { ...desk.authority, signingKey })).rejects.toThrow("away");
    const said = line(resident);
    expect(await apply(said)).toEqual({ outcome: "workList", why: "issuanceUnderWay" });
    expect(await decideDueChanges(desk.authority)).toBe(0);
    await desk.owner`update ca.signing_intent set lease_until = now() - interval '1 s' where state = 'recorded'`;
    expect(await recoverIssuances(desk.authority)).toMatchObject({ finished: 1 });
    expect(await decideDueChanges(desk.authority)).toBe(1);
    const issued = await desk.issue(signed);
    if (issued.kind !== "issued") throw new Error(issued.kind);
    expect(await desk.certificate(issued.serial)).toMatchObject({ state: "revoked", cause: "registerChanged" });
    expect(await work(said)).toMatchObject([{ why: "issuanceUnderWay", settled: "revoked" }]);
    expect(await apply(said)).toEqual({ outcome: "workList", why: "issuanceUnderWay" });
  });
});

describe("a change that is announced", () => {
  it("revokes on its day, and not before", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    const tomorrow = japaneseDay(new Date(desk.clock.now().getTime() + 24 * hour));
    const midnight = new Date(`${tomorrow}T00:00:00+09:00`);
    const said = line(resident, { kind: "movedOut", occurredOn: tomorrow });
    expect(await apply(said)).toEqual({ outcome: "workList", why: "occursLater" });
    desk.clock.pass(midnight.getTime() - desk.clock.now().getTime() - 1);
    expect(await decideDueChanges(desk.authority)).toBe(0);
    expect((await desk.certificate(serial))?.state).toBe("valid");
    desk.clock.pass(1);
    expect(await decideDueChanges(desk.authority)).toBe(1);
    expect(await desk.certificate(serial)).toMatchObject({ state: "revoked", cause: "movedOut" });
    expect(await decideDueChanges(desk.authority)).toBe(0);
  });
});

describe("what follows a revocation", () => {
  it("[C-4-2-3.2] of two certificates of one person the newer is revoked at once, and a letter to him waits", async () => {
    const [older, newer] = [await desk.certify(desk.newResident()), await desk.certify(desk.newResident())];
    const dates = { [older]: "2026-03-01", [newer]: "2026-03-02" };
    const held = [newer, older].map((serial) => ({ serial, notBefore: new Date(dates[serial] ?? "") }));
    for (const { serial, cause } of decideDoubleIssue(held))
      await revokeByAuthority(desk.authority, desk.acting, { serial, cause }, "governor");
    expect((await desk.certificate(older))?.state).toBe("valid");
    expect(await desk.certificate(newer)).toMatchObject({ cause: "doubleIssue", at: desk.clock.now() });
    const waiting = await desk.owner<{
      serial: string;
    }>`select serial from ca.waiting_letter where cause = 'doubleIssue'`;
    expect(waiting).toEqual([{ serial: newer }]);
  });

  it("a letter waits after exactly the causes that need one, until it is sent", async () => {
    const waiting = async (serial: string) =>
      (await desk.owner`select 1 from ca.waiting_letter where serial = ${serial}`).length > 0;
    for (const cause of revocationCauses) {
      const serial = await desk.certify(desk.newResident());
      await desk.owner`update ca.certificate set state = 'revoked', ended_at = ${began}, revocation_cause = ${cause},
        revocation_reason = 'superseded' where serial = ${serial}`;
      expect(await waiting(serial), cause).toBe(needsLetter(cause));
      await desk.owner`insert into ca.letter values (${desk.soft.definition.id}, ${serial}, ${began})`;
      expect(await waiting(serial), cause).toBe(false);
    }
  });

  it("the 指定認証機関 in force is to be told of it, in the same act, and of nothing else", async () => {
    const body = { name: "認証事務センター", address: "東京都", representative: "理事長", from: began, until: null };
    const authority = { ...desk.authority, designatedBodies: [body] };
    const [resident, other] = [desk.newResident(), desk.newResident()];
    const serial = await desk.certify(resident);
    await desk.certify(other);
    const said = line(resident, { kind: "died" });
    await apply(said, authority);
    await apply(line(other, { items: certified }), authority);
    expect(
      await desk.owner`select sequence, body, fact, serials, recorded_at, sent_at from ca.register_notification`,
    ).toEqual([
      {
        sequence: said.sequence,
        body: body.name,
        fact: "死亡",
        serials: [serial],
        recorded_at: desk.clock.now(),
        sent_at: null,
      },
    ]);
  });
});

describe("a change under the name of another that was followed by a revocation", () => {
  it("is followed by one as well when a person finds so, and the 指定認証機関 is told of both", async () => {
    const body = { name: "認証事務センター", address: "東京都", representative: "理事長", from: began, until: null };
    const authority = { ...desk.authority, designatedBodies: [body] };
    const [resident, other] = [desk.newResident(), desk.newResident()];
    const serials = [await desk.certify(resident), await desk.certify(other)];
    const said = line(resident, { kind: "died" });
    expect(await apply(said, authority)).toEqual({ outcome: "revoked" });
    await apply({ ...said, residentCode: other }, authority);
    desk.clock.pass(1_000);
    const id = (await work(said)).at(-1)?.id ?? -1;
    expect(await settleRegisterWork(authority, desk.acting, id, "revoke")).toEqual({ outcome: "revoked" });
    const notices = new PostgresRegisterNotices(desk.ledger);
    const waiting = async () =>
      (await notices.waitingNotifications(authority.definition.id, body.name)).filter((one) =>
        one.serials.some((serial) => serials.some((own) => own === serial)),
      );
    expect((await waiting()).map((one) => one.serials)).toEqual(serials.map((serial) => [serial]));
    const [sent] = await waiting();
    if (sent === undefined) throw new Error("nobody is to be told");
    const detail = { body: body.name, notifications: 1 };
    await notices.recordNotified(
      desk.acting,
      { authority: authority.definition.id, body: body.name, sent: [sent] },
      { kind: "designatedBody.notified", result: "done", detail },
    );
    expect((await waiting()).map((one) => one.serials)).toEqual([[serials[1]]]);
  });
});

describe("every call of a port failed, before its effect and after it", () => {
  const calls = ["readForChange", "recordChange"].map((_, index) => index + 1);
  it.each(calls.flatMap((call) => [{ call, when: "before" } as const, { call, when: "after" } as const]))(
    "call $call, $when: the line sent again is answered as if nothing had happened",
    async (failure) => {
      const resident = desk.newResident();
      const serial = await desk.certify(resident);
      const said = line(resident);
      const { port, calls: made } = failingPort(
        desk.authority.registerChanges,
        failure,
        () => new LedgerUnavailable("away"),
      );
      await expect(apply(said, { ...desk.authority, registerChanges: port })).rejects.toThrow("away");
      expect(made.length).toBe(failure.call);
      expect(await apply(said)).toEqual({ outcome: "revoked" });
      expect(await events("certificate.revoked", "serial", serial)).toHaveLength(1);
      expect(await events("registerChange.recorded", "sequence", String(said.sequence))).toHaveLength(1);
    },
  );
});

describe("a municipality's file", () => {
  it("is answered line by line, without a word of anybody; the same file gets the same answer", async () => {
    const [one, other] = [desk.newResident(), desk.newResident()];
    await desk.certify(one);
    await desk.certify(other);
    const file = randomUUID();
    const signed = desk.file([line(one), "no change at all", line(other, { items: certified })], { file });
    const answer = await take(signed);
    expect(answer).toEqual({
      ...{ kind: "taken", file },
      lines: [
        { line: 2, outcome: "revoked" },
        { line: 3, outcome: "workList", why: "malformedLine" },
        { line: 4, outcome: "nothingToRevoke" },
      ],
    });
    expect(await take(signed)).toEqual(answer);
    expect(await desk.owner`select line, field, change from ca.register_work where file = ${file}`).toEqual([
      { line: 3, field: "payload", change: null },
    ]);
  });

  it("is refused whole, and that is recorded, when it is not the municipality's own or longer than a call may be", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    const signed = desk.file([line(resident)]);
    const changed = { ...signed, signature: Buffer.from(signed.signature).fill(1) };
    expect(await take(changed)).toEqual({ kind: "refused", reason: "signatureWrong" });
    expect(await take(desk.file([line(resident)], { sender: "122025" }))).toMatchObject({
      reason: "senderNotTheSigner",
    });
    expect(await take(desk.file([line(resident), line(resident)]), 1)).toMatchObject({ reason: "tooManyChanges" });
    expect((await desk.certificate(serial))?.state).toBe("valid");
    expect(await events("registerFile.refused", "municipality", municipality)).toHaveLength(3);
  });

  it("cannot speak of another municipality's residents", async () => {
    const serial = await desk.certify("24727059608", {}, "122025");
    const answer = await take(desk.file([line("24727059608", { municipality: "122025" })]));
    expect(answer).toMatchObject({ lines: [{ outcome: "workList", why: "malformedLine" }] });
    expect((await desk.certificate(serial))?.state).toBe("valid");
  });
});
