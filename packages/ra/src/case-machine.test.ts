import { describe, expect, it } from "vitest";
import { getShortestPaths } from "xstate/graph";
import { type CaseContext, type CaseState, caseStates, type ResidentRecord, refusalReasons } from "./case-context.ts";
import type { CaseEvent } from "./case-event.ts";
import { waysOutOf } from "./case-guards.ts";
import { caseMachine } from "./case-machine.ts";
import { effectKey, effectOf } from "./effects.ts";
import { notices, termsVersion } from "./notices.ts";
import { openCase, type StoredCase, stepCase, UnknownMachineVersion } from "./step-case.ts";
import { comparedItems } from "./views.ts";

const at = "2026-11-22T01:00:00.000Z";
const hanako: ResidentRecord = {
  residentCode: "90000000017",
  registerVersion: 1,
  municipality: "121002",
  name: "山田　花子",
  furigana: "やまだ　はなこ",
  alias: null,
  address: "千葉県千葉市中央区市場町１番１号",
  dateOfBirth: "319640107",
  gender: "2",
};
const opening = {
  caseId: "7d1c7f64-31a5-4d5e-9a3a-1f0a3a4f5b6c",
  municipality: "121002",
  counter: "counter-1",
  clerk: "clerk-7",
  at,
};
const cardNumber = "MITOME0000000001";
const held = { serial: "1f".repeat(16), notBefore: at, notAfter: at, municipality: "122041" };
const proof = {
  type: "recordIdentity",
  document: "passport",
  expiresOn: "2030-01-01",
  photoMatches: true,
  copyTaken: true,
  clerk: "clerk-7",
  at,
} as const;
const key = {
  publicKey: "AAAA",
  proofOfPossession: "AAAA",
  cardOrigin: { cardNumber, cardChallenge: "", hostChallenge: "", counter: 1, mac: "" },
  generatedAt: at,
};
const certificate = {
  serial: "2a".repeat(16),
  notBefore: at,
  notAfter: at,
  issuer: "CN=知事",
  certificate: "AAAA",
  issuerCertificate: "AAAA",
};

const right: readonly CaseEvent[] = [
  { type: "cardPlaced", cardNumber },
  { type: "cardSuitable" },
  { type: "chooseResident", resident: hanako, at },
  { type: "holdsNone" },
  ...comparedItems.filter((item) => item !== "alias").map((item) => ({ type: "confirmItem", item }) as const),
  { type: "finishComparison" },
  proof,
  { type: "applicationReceived", at },
  { type: "giveCard" },
  { type: "confirmData" },
  { type: "acceptTerms", version: termsVersion, at },
  { type: "attemptOpened", caseChallenge: "AAAA" },
  { type: "passwordSealed" },
  { type: "keyMade", key },
  { type: "cardGiven" },
  { type: "cardReceived" },
  { type: "issue" },
  { type: "issued", certificate },
  { type: "stored", readBackHash: "AAAA" },
  { type: "delivered" },
  ...notices.map(({ id }) => ({ type: "acknowledge", notice: id, at }) as const),
  { type: "feeReceived", at },
  { type: "copyGiven", at },
  { type: "cardReturned", at },
  { type: "nextPerson" },
];

const wrong: readonly CaseEvent[] = [
  { type: "cardRemoved" },
  { type: "cardUnsuitable", problem: "cardHoldsCertificate" },
  { type: "chooseResident", resident: { ...hanako, name: "髙橋　花子" }, at },
  { type: "chooseResident", resident: { ...hanako, municipality: "122041" }, at },
  { type: "holds", held },
  { type: "enterItem", item: "name", value: "山田　花江" },
  { type: "enterItem", item: "name", value: hanako.name },
  { ...proof, expiresOn: "2026-11-21" },
  { ...proof, photoMatches: false },
  { ...proof, copyTaken: false },
  { ...proof, document: "membershipCard" },
  { type: "disputeData" },
  { type: "acceptTerms", version: "of another time", at },
  { type: "keyFailed", failure: "cardRemoved" },
  { type: "attemptEnded" },
  { type: "refused", refusal: { reason: "keyTooOld", detail: {} }, held: null },
  { type: "refused", refusal: { reason: "registerChangedSince", detail: {} }, held: null },
  { type: "refused", refusal: { reason: "doubtRecorded", detail: {} }, held: null },
  { type: "refused", refusal: { reason: "subscriberAlreadyHasCertificate", detail: {} }, held },
  { type: "newKey" },
  { type: "compareAgain" },
  { type: "deliveryRefused" },
  { type: "doubt", ground: "photoDoesNotMatch", at },
  { type: "withdraw", at },
  { type: "end", at },
  { type: "abandoned", at },
  { type: "back" },
  { type: "suspend" },
  { type: "resume", counter: "counter-2" },
];

const differs = ({ application, resident }: CaseContext) =>
  application !== null && resident !== null && application.name !== resident.name;

const flagsOf = (context: CaseContext) => [
  context.confirmed.length,
  Object.keys(context.acknowledged).length,
  context.holder,
  context.attempt,
  context.attemptOpen,
  context.proof !== null,
  context.applicationReceivedAt !== null,
  context.terms !== null,
  context.key !== null,
  context.certificate !== null,
  context.feeReceivedAt !== null,
  context.copyGivenAt !== null,
  context.refusal?.reason,
  context.outcome,
  context.suspendedFrom,
  context.cardNumber,
  context.disputed,
  differs(context),
];

const paths = getShortestPaths(caseMachine, {
  events: [...right, ...wrong],
  input: openCase(opening).context,
  serializeState: ({ value, context }) => JSON.stringify([value, flagsOf(context)]),
  stopWhen: ({ context }) => context.attempt > 2 || context.deliveriesRefused > 1,
  limit: 2_000_000,
});
const reached = paths.map(({ state }) => state);
const inStates = (...states: CaseState[]) => reached.filter(({ value }) => states.some((state) => state === value));
const issuing = ["issuing", "storing", "confirmingDelivery", "notifying", "handingPapers", "returningCard"] as const;

const walk = (events: readonly CaseEvent[]): StoredCase =>
  events.reduce((stored, event) => stepCase(stored, event) ?? fail(stored, event), openCase(opening));
function fail(stored: StoredCase, event: CaseEvent): never {
  throw new Error(`${event.type} does not fit ${stored.value}`);
}

/** The right way up to, and without, the first event of a type. */
const upTo = (type: CaseEvent["type"]): readonly CaseEvent[] =>
  right.slice(
    0,
    right.findIndex((event) => event.type === type),
  );

describe("the case of 新規発行", () => {
  it("reaches every state of its vocabulary", () => {
    const states = new Set(reached.map(({ value }) => value));
    expect([...caseStates].filter((state) => !states.has(state))).toEqual([]);
    expect(paths.length).toBeGreaterThan(500);
  });

  it("goes the right way to its end", () => {
    expect(walk(right)).toMatchObject({
      value: "closed",
      context: { outcome: "delivered", attempt: 1, attemptOpen: false },
    });
  });

  it("can be left from every state but its end", () => {
    for (const state of reached.filter(({ value }) => value !== "closed")) {
      expect(
        [...right, ...wrong].some((event) => state.can(event)),
        String(state.value),
      ).toBe(true);
    }
  });

  it("survives being stored as JSON at every state and goes on the same", () => {
    for (const [index, event] of right.entries()) {
      const before = walk(right.slice(0, index));
      const restored: StoredCase = JSON.parse(JSON.stringify(before));
      expect(stepCase(restored, event)).toEqual(stepCase(before, event));
    }
  });

  it("takes no case of another machine version", () => {
    expect(() => stepCase({ ...openCase(opening), machineVersion: 99 }, { type: "suspend" })).toThrow(
      UnknownMachineVersion,
    );
  });

  it("is taken up at the very state where it was put aside, at another counter too", () => {
    for (const [index] of right.entries()) {
      const before = walk(right.slice(0, index));
      const aside = stepCase(before, { type: "suspend" });
      if (aside === null) continue;
      expect(stepCase(aside, { type: "resume", counter: "counter-2" })).toEqual({
        ...before,
        context: { ...before.context, counter: "counter-2" },
      });
    }
    for (const state of ["searching", "settingPassword", "makingKey", "issuing", "storing", "handingPapers"] as const) {
      expect(reached.some(({ context }) => context.suspendedFrom === state)).toBe(true);
    }
  });

  it("owes the same effect under the same key until its state is left", () => {
    for (const { value, context } of reached) {
      const stored: StoredCase = {
        value: caseStates.find((state) => state === value) ?? fail(openCase(opening), { type: "suspend" }),
        context,
        machineVersion: 1,
      };
      const effect = effectOf(stored);
      const again = effectOf(JSON.parse(JSON.stringify(stored)));
      expect(again).toEqual(effect);
      if (effect !== null && again !== null) expect(effectKey(again)).toBe(effectKey(effect));
    }
  });

  it("never leaves an attempt open behind an ended case", () => {
    for (const { context } of inStates("ended", "closed")) expect(context.attemptOpen).toBe(false);
  });

  it("ends the attempt at the authority even when it was being opened", () => {
    const opening = walk(upTo("attemptOpened"));
    for (const event of [
      { type: "withdraw", at },
      { type: "doubt", ground: "other", at },
    ] as const) {
      const stopped = stepCase(opening, event);
      expect(stopped?.value).toBe("abandoning");
      expect(stopped === null ? null : effectOf(stopped)).toMatchObject({ kind: "abandon", attempt: 1 });
    }
  });

  it("makes a new attempt for every new key", () => {
    const failed = walk([...upTo("keyMade"), { type: "keyFailed", failure: "cardRemoved" }, { type: "attemptEnded" }]);
    expect(failed).toMatchObject({
      value: "openingAttempt",
      context: { attempt: 2, attemptOpen: false, key: null, caseChallenge: null },
    });
  });
});

describe("千葉県運用規程 3-1-9, 4-1-1: on no path is a certificate asked for without", () => {
  it("[C-3-1-9.1][C-4-1-1.2] the four items of the application standing against the register, each confirmed", () => {
    for (const { context } of inStates(...issuing)) {
      expect(differs(context)).toBe(false);
      expect([...context.confirmed].sort()).toEqual(["address", "dateOfBirth", "gender", "name"]);
    }
    const differing = walk([...upTo("confirmItem"), { type: "enterItem", item: "name", value: "山田　花江" }]);
    expect(stepCase(differing, { type: "confirmItem", item: "name" })).toBeNull();
    expect(stepCase(differing, { type: "finishComparison" })).toBeNull();
  });

  it("[C-3-1-9.2][C-4-1-1.2] an official document with a photograph that matches, in force on the day, a copy taken", () => {
    const before = walk(upTo("recordIdentity"));
    expect(stepCase(before, proof)?.value).toBe("applying");
    expect(stepCase(before, { ...proof, expiresOn: "2026-11-22" })?.value).toBe("applying");
    for (const shown of [
      { photoMatches: false },
      { expiresOn: "2026-11-21" },
      { expiresOn: null },
      { copyTaken: false },
      { document: "library" },
    ]) {
      expect(stepCase(before, { ...proof, ...shown })).toBeNull();
    }
    for (const { context } of inStates(...issuing)) expect(context.proof?.document).toBe("passport");
  });

  it("[C-3-1-9.3][C-4-1-1.2] an end to doubt: once there is doubt, no path leads to a certificate", () => {
    const doubting = reached.filter(({ context }) => context.outcome === "doubt");
    expect(new Set(doubting.map(({ value }) => value))).toEqual(new Set(["abandoning", "ended", "closed"]));
    for (const { context } of doubting) expect(context.certificate).toBeNull();
    for (const state of [
      "comparing",
      "identifying",
      "applying",
      "confirmingData",
      "settingPassword",
      "receivingCard",
      "confirmingIssuance",
    ] as const) {
      for (const snapshot of inStates(state)) expect(snapshot.can({ type: "doubt", ground: "other", at })).toBe(true);
    }
  });

  it("[C-2-1-3.4] the signed application form, the resident's own confirmation and the accepted terms", () => {
    for (const { context } of inStates(...issuing)) {
      expect(context.applicationReceivedAt).toBe(at);
      expect(context.terms?.version).toBe(termsVersion);
      expect(context.disputed).toBe(false);
    }
  });

  it("[C-1-3-1.9] a person of the municipality's own register", () => {
    for (const { context } of inStates(...issuing)) expect(context.resident).toEqual(hanako);
    const searching = walk(upTo("chooseResident"));
    const elsewhere = stepCase(searching, {
      type: "chooseResident",
      resident: { ...hanako, municipality: "122041" },
      at,
    });
    expect(elsewhere).toMatchObject({
      value: "refused",
      context: { refusal: { reason: "municipalityNotTheCallers" } },
    });
  });

  it("[C-5-2-1-2.1] a member of the staff who verified the person and whose name stands with the proof", () => {
    for (const { context } of inStates(...issuing)) expect(context.proof?.clerk).toBe("clerk-7");
  });
});

describe("千葉県運用規程 2-1-5, 6-2-2-2", () => {
  it("[C-2-1-5.1][C-2-1-5.3][C-2-1-5.4][C-6-2-2-2.1] no key is made before the resident accepted the duties, as they now read", () => {
    for (const { context } of inStates("makingKey", "settingPassword", ...issuing))
      expect(context.terms?.version).toBe(termsVersion);
    const before = walk(upTo("acceptTerms"));
    expect(before.value).toBe("acceptingTerms");
    expect(stepCase(before, { type: "acceptTerms", version: "of another time", at })).toBeNull();
  });
});

describe("千葉県運用規程 4-3", () => {
  it("[C-4-3-1.2][C-4-3-2.1][C-4-3-2.2][C-2-1-3.9][C-2-1-3.17] hands nothing over before every notice was acknowledged, one by one", () => {
    const told = notices.map(({ id }) => id).sort();
    for (const { context } of inStates("handingPapers", "returningCard"))
      expect(Object.keys(context.acknowledged).sort()).toEqual(told);
    for (const { context } of reached.filter(({ context }) => context.outcome === "delivered")) {
      expect(Object.keys(context.acknowledged).sort()).toEqual(told);
      expect(context.copyGivenAt).not.toBeNull();
    }
  });

  it("[C-2-1-3.13] gives the card back only when the fee is received and the copy given", () => {
    for (const { context } of inStates("returningCard")) {
      expect(context.feeReceivedAt).not.toBeNull();
      expect(context.copyGivenAt).not.toBeNull();
    }
  });

  it("[C-2-1-3.8] hands over only what was written to the card and read back", () => {
    for (const { context } of inStates("notifying", "handingPapers", "returningCard")) {
      expect(context.certificate).not.toBeNull();
      expect(context.readBackHash).not.toBeNull();
    }
  });

  it("does not end a case between the certificate's issue and its hand-over", () => {
    for (const snapshot of inStates(
      "issuing",
      "storing",
      "confirmingDelivery",
      "notifying",
      "handingPapers",
      "returningCard",
    )) {
      for (const event of [
        { type: "withdraw", at },
        { type: "doubt", ground: "other", at },
        { type: "end", at },
      ] as const) {
        expect(snapshot.can(event)).toBe(false);
      }
    }
  });
});

describe("a refusal of the authority", () => {
  it("opens the ways that mend it and no other", () => {
    const asked = walk(upTo("issued"));
    expect(asked.value).toBe("issuing");
    for (const reason of refusalReasons) {
      const refused = stepCase(asked, { type: "refused", refusal: { reason, detail: {} }, held: null });
      if (refused === null) throw new Error("not taken");
      expect(stepCase(refused, { type: "newKey" }) !== null).toBe(waysOutOf(reason).includes("newKey"));
      expect(stepCase(refused, { type: "compareAgain" }) !== null).toBe(waysOutOf(reason).includes("compareAgain"));
      expect(stepCase(refused, { type: "end", at })?.value).toBe("abandoning");
    }
  });

  it("for a certificate already held leads to the page of 4-2-3, early or late", () => {
    const early = walk([...upTo("holdsNone"), { type: "holds", held }]);
    const late = walk([
      ...upTo("issued"),
      { type: "refused", refusal: { reason: "subscriberAlreadyHasCertificate", detail: {} }, held },
    ]);
    for (const { value, context } of [early, late]) {
      expect(value).toBe("doubleIssue");
      expect(context.held).toEqual(held);
    }
  });
});
