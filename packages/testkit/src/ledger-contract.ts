/** What every ledger keeps to: run on the one in memory and on PostgreSQL. */
import type { AuditEvent } from "@mitome/audit";
import {
  type Acting,
  type AttemptKey,
  type IssuanceIntent,
  type IssuanceQuestion,
  type Ledger,
  RecordedIntent,
} from "@mitome/ca";
import { brandDer, type SerialNumber } from "@mitome/x509";
import { expect, it } from "vitest";
import { testSerial } from "./soft-authority.ts";

/** A ledger under test, with a way to let its leases run out. */
export interface LedgerUnderTest {
  readonly ledger: Ledger;
  readonly authority: string;
  /** A card in the stock of this municipality. */
  readonly newCard: (municipality: string) => Promise<string>;
  readonly expireLeases: () => Promise<void>;
}

const acting: Acting = { origin: { system: "ca", operator: "121002/clerk-7" } };
const at = new Date("2026-04-01T00:00:00Z");
const laterBy = (years: number) => new Date(Date.UTC(2026 + years, 2, 31, 14, 59, 59));
const event = { kind: "issuance.refused", result: "done", detail: { case: "-", attempt: 1, reason: "-" } } as const;

let number = 1000;
const fresh = () => {
  number += 1;
  const hex = number.toString(16).padStart(12, "0");
  return { number, uuid: `00000000-0000-4000-8000-${hex}`, bytes: Buffer.alloc(32, number) };
};
const digest = (text: string) => Buffer.from(text.padEnd(32, "."));

/** Registers the contract's tests; `given` gives the ledger when they run. */
export function describeLedger(given: () => LedgerUnderTest): void {
  const open = async (changes: Partial<AttemptKey> & { readonly cardNumber?: string } = {}) => {
    const { ledger, authority, newCard } = given();
    const { cardNumber = await newCard("121002"), ...keys } = changes;
    const key: AttemptKey = { authority, municipality: "121002", caseId: fresh().uuid, attempt: 1, ...keys };
    const outcome = await ledger.openCase(acting, { key, cardNumber, challenge: digest("challenge") }, event);
    return { key, cardNumber, outcome };
  };
  const intentFor = (attempt: AttemptKey, changes: Partial<IssuanceIntent> = {}): IssuanceIntent => {
    const { uuid, number: n } = fresh();
    const serial = testSerial(n);
    return {
      fields: {
        id: uuid,
        authority: attempt.authority,
        generation: 1,
        kind: "subscriber",
        serial,
        tbs: digest(`tbs ${n}`),
        request: digest("request"),
        requestSignature: digest("signature"),
        requesterCertificate: digest("requester"),
      },
      serial,
      mac: digest("mac"),
      attempt,
      requestHash: digest("request hash"),
      subscriberId: `subscriber ${n}`,
      itemsDigest: digest(`items ${n}`),
      registerVersion: 3,
      keyHash: digest(`key ${n}`),
      uniqueName: `NAME${n}`,
      notBefore: at,
      notAfter: laterBy(3),
      ...changes,
    };
  };
  const recordedIntent = async (changes: Partial<IssuanceIntent> = {}) => {
    const { ledger } = given();
    const { key } = await open();
    const intent = intentFor(key, changes);
    const outcome = await ledger.recordIntent(acting, intent, event);
    if (outcome.kind !== "recorded") throw new Error(outcome.kind);
    return { key, intent, recorded: outcome.intent };
  };
  const question = ({ attempt, subscriberId, keyHash, itemsDigest }: IssuanceIntent): IssuanceQuestion => ({
    ...{ attempt, subscriberId, keyHash, itemsDigest },
    at,
  });
  const certificate = brandDer<"Certificate">(digest("certificate"));

  it("opens an attempt once, and a card for one living attempt at a time", async () => {
    const { key, cardNumber, outcome } = await open();
    expect(outcome).toBe("opened");
    expect((await open({ ...key, cardNumber })).outcome).toBe("caseExists");
    expect((await open({ cardNumber })).outcome).toBe("cardBusy");
    expect((await open({ ...key, attempt: 2 })).outcome).toBe("caseBusy");
    expect(await given().ledger.readAttempt(key)).toMatchObject({ state: "open", cardNumber, serial: undefined });
  });

  it("tells a case of another municipality apart", async () => {
    const { key } = await open();
    expect(await given().ledger.readAttempt({ ...key, municipality: "122025" })).toBeUndefined();
  });

  it("moves a card session's counter once for each step", async () => {
    const { ledger } = given();
    const { key, cardNumber } = await open();
    const hostChallenge = fresh().bytes.subarray(0, 16);
    const session = { cardNumber, cardChallenge: Buffer.alloc(16, 7), hostChallenge };
    await ledger.openCardSession(acting, key, session, event);
    const step = { hostChallenge, fromCounter: 0, toCounter: 2, command: digest("command") };
    expect(await ledger.advanceCardSession(acting, key, step, event)).toBe(true);
    expect(await ledger.advanceCardSession(acting, key, step, event)).toBe(false);
    expect(await ledger.readCardSession(key, hostChallenge)).toMatchObject({ counter: 2 });
    expect(await ledger.readCardSession({ ...key, attempt: 9 }, hostChallenge)).toBeUndefined();
  });

  it("[C-4-2-3.1] records no second intent for a resident whose certificate is pending or valid", async () => {
    const { ledger, authority } = given();
    const first = await recordedIntent();
    const again = await open();
    const second = intentFor(again.key, { subscriberId: first.intent.subscriberId });
    expect(await ledger.recordIntent(acting, second, event)).toEqual({ kind: "subscriberAlreadyHasCertificate" });
    await ledger.recordCertificate(acting, first.recorded, certificate, event);
    expect(await ledger.recordIntent(acting, second, event)).toEqual({ kind: "subscriberAlreadyHasCertificate" });
    expect(await ledger.holding(authority, first.intent.subscriberId, at)).toMatchObject({
      serial: first.intent.serial,
      municipality: "121002",
    });
    expect((await ledger.readAttempt(again.key))?.state).toBe("open");
  });

  it("records what comes at once, each with its own answer: one that cannot be hinders no other", async () => {
    const { ledger, authority } = given();
    const opened = await Promise.all(Array.from({ length: 12 }, () => open()));
    const intents = opened.map(({ key }, index) => intentFor(key, index < 3 ? { subscriberId: "one of three" } : {}));
    const outcomes = await Promise.all(intents.map((intent) => ledger.recordIntent(acting, intent, event)));
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds.slice(0, 3).sort()).toEqual([
      "recorded",
      "subscriberAlreadyHasCertificate",
      "subscriberAlreadyHasCertificate",
    ]);
    expect(kinds.slice(3)).toEqual(kinds.slice(3).map(() => "recorded"));
    const recorded = outcomes.flatMap((outcome) => (outcome.kind === "recorded" ? [outcome.intent] : []));
    const late = RecordedIntent.readFromLedger(fresh().uuid, 1, testSerial(7));
    const signed = [late, ...recorded].map((one) => ledger.recordCertificate(acting, one, certificate, event));
    expect(await Promise.all(signed)).toEqual(["late", ...recorded.map(() => "recorded")]);
    for (const { serial } of recorded) expect(await ledger.readCertificate(authority, serial)).toBeDefined();
  });

  it("counts the last second of validity (RFC 5280 §4.1.2.5), and no more", async () => {
    const { ledger, authority } = given();
    const { intent, recorded } = await recordedIntent();
    await ledger.recordCertificate(acting, recorded, certificate, event);
    expect(await ledger.holding(authority, intent.subscriberId, intent.notAfter)).toBeDefined();
    const after = new Date(intent.notAfter.getTime() + 1000);
    expect(await ledger.holding(authority, intent.subscriberId, after)).toBeUndefined();
  });

  it("reserves a key for its case, which may try again once its intent is discarded", async () => {
    const { ledger } = given();
    const { key, intent, recorded } = await recordedIntent();
    const other = await open();
    const stolen = intentFor(other.key, { keyHash: intent.keyHash });
    expect(await ledger.recordIntent(acting, stolen, event)).toEqual({ kind: "publicKeySeenBefore" });
    expect((await ledger.readForIssuance(question(stolen))).keySeen).toBe(true);
    expect(await ledger.discardIntent(acting, recorded, '{"kind":"refused"}', event)).toBe(true);
    const next = await open({ caseId: key.caseId, attempt: 2 });
    const retry = intentFor(next.key, { keyHash: intent.keyHash, subscriberId: intent.subscriberId });
    expect((await ledger.readForIssuance(question(retry))).keySeen).toBe(false);
    expect((await ledger.recordIntent(acting, retry, event)).kind).toBe("recorded");
  });

  it("refuses an intent checked against an older register version", async () => {
    const { ledger } = given();
    const { intent, recorded } = await recordedIntent({ registerVersion: 9 });
    await ledger.discardIntent(acting, recorded, '{"kind":"refused"}', event);
    const { key } = await open();
    const older = intentFor(key, { subscriberId: intent.subscriberId, registerVersion: 8 });
    expect(await ledger.recordIntent(acting, older, event)).toEqual({ kind: "registerChangedSince" });
    expect((await ledger.readForIssuance(question(older))).registerVersion).toBe(9);
  });

  it("sees the same four items under another subscriber id", async () => {
    const { ledger } = given();
    const { intent } = await recordedIntent();
    const { key } = await open();
    const twin = intentFor(key, { itemsDigest: intent.itemsDigest });
    expect((await ledger.readForIssuance(question(twin))).itemsElsewhere).toBe(true);
    expect((await ledger.readForIssuance(question({ ...twin, itemsDigest: digest("others") }))).itemsElsewhere).toBe(
      false,
    );
  });

  it("gives a recorded intent to one holder, and to the next only when the lease ran out or was given back", async () => {
    const { ledger, authority, expireLeases } = given();
    const { intent, recorded } = await recordedIntent();
    expect(await ledger.takeIntent(authority, intent.serial)).toBeUndefined();
    await ledger.releaseIntent(recorded);
    const taken = await ledger.takeIntent(authority, intent.serial);
    expect(taken?.intent.fence).toBe(2);
    expect(await ledger.takeIntent(authority, intent.serial)).toBeUndefined();
    await expireLeases();
    const expired = await ledger.takeExpiredIntents(authority, 100);
    expect(expired.find((one) => one.intent.id === recorded.id)?.intent.fence).toBe(3);
  });

  it("records a certificate under the newest fence alone, and puts a late signature aside", async () => {
    const { ledger, authority } = given();
    const { key, intent, recorded } = await recordedIntent();
    await ledger.releaseIntent(recorded);
    const taken = await ledger.takeIntent(authority, intent.serial);
    if (taken === undefined) throw new Error("not taken");
    expect(await ledger.recordCertificate(acting, recorded, certificate, event)).toBe("late");
    await ledger.recordLateSignature(acting, recorded, digest("late"), event);
    expect(await ledger.readCertificate(authority, intent.serial)).toBeUndefined();
    expect(await ledger.recordCertificate(acting, taken.intent, certificate, event)).toBe("recorded");
    expect(await ledger.recordCertificate(acting, taken.intent, certificate, event)).toBe("late");
    expect((await ledger.readAttempt(key))?.state).toBe("issued");
    expect((await ledger.readCertificate(authority, intent.serial))?.certificate).toEqual(certificate);
  });

  it("delivers an issued certificate once, and ends no delivered attempt", async () => {
    const { ledger, authority } = given();
    const { key, intent, recorded } = await recordedIntent();
    const card = async (when: Date) =>
      (await ledger.card(authority, (await ledger.readAttempt(key))?.cardNumber ?? "", when))?.state;
    expect(await ledger.confirmDelivery(acting, key, intent.serial, event)).toBe(false);
    expect(await card(at)).toBe("inCase");
    await ledger.recordCertificate(acting, recorded, certificate, event);
    expect(await ledger.confirmDelivery(acting, key, testSerial(1), event)).toBe(false);
    expect(await ledger.confirmDelivery(acting, key, intent.serial, event)).toBe(true);
    expect(await ledger.endAttempt(acting, key, "issued", "cardFailed", event)).toBe(false);
    expect((await ledger.readAttempt(key))?.state).toBe("delivered");
    expect(await card(at)).toBe("issued");
    expect(await card(laterBy(4))).toBe("inStock");
  });

  it("ends an attempt: a pending intent's signature comes too late, an undelivered certificate is in nobody's way", async () => {
    const { ledger, authority } = given();
    const pending = await recordedIntent();
    expect(await ledger.endAttempt(acting, pending.key, "requested", "cardFailed", event)).toBe(true);
    expect(await ledger.recordCertificate(acting, pending.recorded, certificate, event)).toBe("late");
    const issued = await recordedIntent();
    await ledger.recordCertificate(acting, issued.recorded, certificate, event);
    expect(await ledger.endAttempt(acting, issued.key, "issued", "doubt", event)).toBe(true);
    expect(await ledger.holding(authority, issued.intent.subscriberId, at)).toBeUndefined();
    expect(await ledger.endedFor(issued.key, "doubt")).toBe(true);
    expect(await ledger.endedFor(pending.key, "doubt")).toBe(false);
  });

  it("keeps a refusal as the attempt's answer, once", async () => {
    const { ledger } = given();
    const { key } = await open();
    const stored = { requestHash: digest("hash"), refusal: '{"kind":"refused","reason":"keyTooOld"}' };
    expect(await ledger.refuseRequest(acting, key, stored, event)).toBe(true);
    expect(await ledger.refuseRequest(acting, key, stored, event)).toBe(false);
    expect(await ledger.readAttempt(key)).toMatchObject({ state: "refused", refusal: stored.refusal });
  });

  it("records an intent only for an open attempt", async () => {
    const { ledger } = given();
    const { key } = await recordedIntent();
    expect(await ledger.recordIntent(acting, intentFor(key), event)).toEqual({ kind: "caseMoved" });
  });

  it("tells the audit head of each act to whom it was done for", async () => {
    const { ledger } = given();
    const heads: { sequence: number }[] = [];
    const heard = { ...acting, witness: (head: { readonly sequence: number }) => heads.push(head) };
    const told: AuditEvent = event;
    await ledger.recordEvent(heard, told);
    expect(heads).toHaveLength(1);
  });

  it("finds no intent that was never recorded", async () => {
    const { ledger, authority } = given();
    const ghost = RecordedIntent.readFromLedger(fresh().uuid, 1, testSerial(2));
    expect(await ledger.recordCertificate(acting, ghost, certificate, event)).toBe("late");
    expect(await ledger.takeIntent(authority, testSerial(2) satisfies SerialNumber)).toBeUndefined();
  });
}
