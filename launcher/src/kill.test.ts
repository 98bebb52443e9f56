import type { ClerkAction, ClerkView } from "@mitome/ra";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clerkMove, type Visitor } from "./counter-hands.ts";
import { type Applicant, InterruptedCounter, type PlayedCase } from "./interrupted-counter.fixture.ts";
import { atScreens, databaseKilled, type Interruptions, killed, pulled, strikes } from "./interruptions.fixture.ts";
import {
  agentPoints,
  agentPointsOfGivingUp,
  authorityPoints,
  cardPulls,
  clerkScreens,
  kioskPoints,
  kioskPointsOfGivingUp,
  oneMomentEach,
  signerPoints,
} from "./kill-points.fixture.ts";
import { runProgram } from "./programs.ts";

// Programs are killed, and the card is pulled, at one named point after the other while a case is under way; the people at
// the counter go on. A whole run (MITOME_FULL=1) takes every moment of every point; otherwise every point is taken once, before
// its effect or after it in turn.

const whole = process.env.MITOME_FULL === "1";
const chosen = (points: readonly string[]): readonly string[] => (whole ? points : oneMomentEach(points));

const kiosk = chosen(kioskPoints);
const authority = chosen(authorityPoints);
const agent = chosen(agentPoints);
const card = whole ? cardPulls : cardPulls.filter((_, index) => index % 4 === 0 || index % 4 === 3);
// A password is lost with the server, not with the database: no attempt is ended there.
const ofDatabase = (points: readonly string[]) => points.filter((point) => !point.includes("endAttempt"));
const databaseOfKiosk = chosen(ofDatabase(kioskPoints));
const databaseOfAuthority = ofDatabase(authority).filter((point) => whole || point.startsWith("ledger."));

let counter: InterruptedCounter;

beforeAll(async () => {
  counter = await InterruptedCounter.open(24);
}, 180_000);

afterAll(async () => {
  process.stdout.write(`kill test: ${counter?.points ?? 0} points\n`);
  await counter?.close();
});

/** The case came to its end with exactly one certificate, which is the one on the card, and nothing else is left of it. */
async function endsWithOneCertificate({ cardNumber }: Applicant, { view, stepsBack }: PlayedCase): Promise<void> {
  expect(view.outcome).toBe("delivered");
  const end = await counter.accounts.ofCase(view.caseId, cardNumber);
  const delivered = end.certificates.filter(({ state }) => state === "valid delivered");
  expect(delivered.map(({ certificate }) => certificate)).toEqual([end.cardCertificate]);
  expect(end.certificates.filter(({ state }) => state === "pending" || state === "valid")).toEqual([]);
  expect(end.attempts.filter((state) => state !== "ended")).toEqual(["delivered"]);
  expect(end.unresolved).toBe(0);
  // A password that is lost is entered again; nothing else is ever asked for twice.
  expect(stepsBack.filter((step) => step !== "key → password")).toEqual([]);
}

async function issue(interrupt: (applicant: Applicant) => Interruptions): Promise<void> {
  const applicant = counter.applicant();
  await endsWithOneCertificate(applicant, await counter.play(applicant, { interruptions: interrupt(applicant) }));
}

const longest = 600_000;

describe("SIGKILL at named points of an issuance: the case goes on at the same step and ends with one certificate on the card", () => {
  it(
    `the kiosk server, at ${kiosk.length} points before, after and when recording its effects`,
    async () => {
      await issue(() => killed(counter.stack, "kiosk", kiosk));
    },
    longest,
  );

  it(
    `the certification authority, at ${authority.length} points before and after the calls of its ports`,
    async () => {
      await issue(() => killed(counter.stack, "authority", authority));
    },
    longest,
  );

  it(
    `the signer, at ${signerPoints.length} points around a signature`,
    async () => {
      await issue(() => killed(counter.stack, "signer", signerPoints));
    },
    longest,
  );

  it(
    `the device agent, at ${agent.length} points before and after its steps on the card`,
    async () => {
      await issue(() => killed(counter.stack, "agent", agent));
    },
    longest,
  );

  it(
    `PostgreSQL, at ${databaseOfKiosk.length} points of the kiosk server`,
    async () => {
      await issue(() => databaseKilled(counter.stack, "kiosk", databaseOfKiosk));
    },
    longest,
  );

  it(
    `PostgreSQL, at ${databaseOfAuthority.length} points of the certification authority`,
    async () => {
      await issue(() => databaseKilled(counter.stack, "authority", databaseOfAuthority));
    },
    longest,
  );
});

describe("the card is pulled and put in again", () => {
  it(
    `at ${card.length} points before and after its commands: the case ends with one certificate on it`,
    async () => {
      await issue((applicant) => pulled(counter.hand, counter.cardFile(applicant), card, () => counter.cardSeenAway()));
    },
    longest,
  );
});

describe("while people act at a screen", () => {
  const turns = whole ? strikes : ["each in turn" as const];
  it.each(turns)(
    `%s is killed or pulled at ${clerkScreens.length} screens, and the case stands at that screen`,
    async (turn) => {
      const applicant = counter.applicant();
      const { strike, struck } = atScreens(counter, applicant, clerkScreens, turn);
      const played = await counter.play(applicant, { meanwhile: strike });
      expect(struck()).toEqual(clerkScreens);
      await endsWithOneCertificate(applicant, played);
    },
    longest,
  );
});

describe("a case given up after the key was made", () => {
  const givingUp = (view: ClerkView, visitor: Visitor): ClerkAction | null => {
    if (view.screen === "confirmIssuance") return { type: "withdraw" };
    return view.screen === "working" ? null : clerkMove(view, visitor);
  };

  it.each([
    { name: "kiosk", points: chosen(kioskPointsOfGivingUp) },
    { name: "agent", points: chosen(agentPointsOfGivingUp) },
  ])(
    "ends cleanly when $name is killed at $points, and the same resident is then served with the same card",
    async ({ name, points }) => {
      const applicant = counter.applicant();
      const { view } = await counter.play(applicant, {
        interruptions: killed(counter.stack, name, points),
        move: givingUp,
      });
      expect(view.outcome).toBe("withdrawn");
      const end = await counter.accounts.ofCase(view.caseId, applicant.cardNumber);
      expect(end).toMatchObject({ cardCertificate: "", cardHasKey: false, certificates: [] });
      expect(end.attempts.every((state) => state === "ended")).toBe(true);
      await endsWithOneCertificate(applicant, await counter.play(applicant, {}));
    },
    longest,
  );
});

describe("after all interruptions", () => {
  it("nothing half done remains, and no resident has two valid certificates", async () => {
    expect(await counter.accounts.remains()).toEqual({
      "residents with two certificates": 0,
      "unresolved intents": 0,
      "living attempts": 0,
      "pending certificates": 0,
      "valid certificates that were not delivered": 0,
      "unfinished cases": 0,
    });
  });

  it("no signature is unaccounted for: calls at the PKCS#11 border, the signer's journal and the ledger agree", async () => {
    const { accounts, unread, recorded, recordedLists } = await counter.accounts.signatures(
      counter.spyRecord,
      counter.journal,
    );
    // A kill before the call leaves an attempt without one, a kill after it a call whose outcome was not written. A call
    // that could not be read may be any of them.
    const sum = (of: "calls" | "attempts" | "signed") => accounts.reduce((all, account) => all + account[of], 0);
    const [withoutCalls, withoutOutcome] = [sum("attempts") - sum("calls"), sum("calls") - sum("signed")];
    expect(withoutCalls + withoutOutcome).toBe(2);
    expect(withoutCalls).toBeGreaterThanOrEqual(1);
    expect(withoutCalls).toBeLessThanOrEqual(1 + unread);
    for (const { calls, attempts } of accounts) expect(calls).toBeLessThanOrEqual(attempts);
    // A signature without its call is one of those that could not be read.
    const withoutCall = accounts.reduce((all, { calls, signed }) => all + Math.max(0, signed - calls), 0);
    expect(withoutCall).toBeLessThanOrEqual(unread);
    const known = new Map(accounts.map((account) => [account.tbs, account]));
    for (const { tbs, intent, isList } of accounts) {
      if (intent !== null) expect(recorded.get(tbs)).toEqual({ id: intent, state: "signed" });
      if (isList) expect(recordedLists.get(tbs)).toBe("signed");
    }
    expect(recordedLists.size).toBeGreaterThan(0);
    for (const tbs of recordedLists.keys()) expect(known.get(tbs)).toMatchObject({ isList: true });
    for (const [tbs, { id, state }] of recorded) {
      const account = known.get(tbs);
      if (state === "signed") expect(account).toMatchObject({ intent: id });
      expect((account?.signed ?? 0) > 0, `${id} is ${state}`).toBe(state === "signed");
    }
  });

  it("the authority's audit trail is whole", async () => {
    const { operatorConfig } = counter.stack.authority;
    expect(await runProgram("apps/ca/src/audit-verify.ts", operatorConfig)).toMatchObject({ kind: "whole" });
  });
});
