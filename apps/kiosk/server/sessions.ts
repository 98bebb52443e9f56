import { randomUUID } from "node:crypto";
import type { AccessStore, CaseStore, ClerkAccount, ClerkSession, ScreenRecord } from "@mitome/db/ra";
import { type AccessProblem, explainAccess } from "@mitome/ra";
import { hashClerkPassword, newPasswordProblem, verifyClerkPassword } from "./clerk-passwords.ts";
import { createTurns } from "./in-turn.ts";
import type { Log } from "./log.ts";
import type { SecondFactor } from "./second-factor.ts";
import type {
  LoginAnswer,
  Me,
  PasswordAnswer,
  ScreenAnswer,
  SecondFactorAnswer,
  SecondFactorOffer,
} from "./session-answers.ts";
import { hashToken, makeToken } from "./tokens.ts";

/** Wrong passwords and codes in a row after which an account is locked, and for how long (千葉県運用規程 5-1-2-2: ID and password). */
export const lockOut = { failures: 5, minutes: 15 } as const;
/** Minutes without an act after which a clerk's session locks. */
export const idleMinutes = 5;
/** Hours after which a session ends, however busy. */
export const longestSessionHours = 12;

export interface SessionDependencies {
  readonly access: AccessStore;
  readonly secondFactor: SecondFactor;
  readonly cases: Pick<CaseStore, "record">;
  readonly municipalityName: string;
  readonly clock: () => Date;
  readonly log: Log;
  /** Something about a counter's sessions changed: its screens are drawn anew. */
  readonly changed: (counter: string) => void;
}

/** Who a request comes from, read from its two cookies. */
export interface Visitor {
  readonly screen: ScreenRecord | null;
  readonly session: ClerkSession | null;
  /** `open` alone lets a clerk act. */
  readonly state: Me["state"];
}

/** What a clerk proves himself with; `code` is null where none was given. */
export interface Proof {
  readonly password: string;
  readonly code: string | null;
}

/** Cookies to set with an answer; null removes. */
export interface CookieChange {
  screen?: string;
  clerk?: string | null;
}

const refusedFor = (problem: AccessProblem) => ({ kind: "refused", explanation: explainAccess(problem) }) as const;

/** Screens, clerks and their sessions: who may see what at a counter. */
export function createSessions(dependencies: SessionDependencies) {
  const { access, secondFactor, cases, clock, log, changed, municipalityName } = dependencies;

  async function identify(screenToken: string | null, clerkToken: string | null): Promise<Visitor> {
    const screen = screenToken === null ? null : await access.screenByToken(hashToken(screenToken));
    if (screen === null) return { screen, session: null, state: "notEnrolled" };
    const session = clerkToken === null ? null : await access.sessionByToken(hashToken(clerkToken));
    // A session holds on the screen where it was opened and nowhere else.
    if (session === null || session.screen !== screen.id || screen.kind !== "clerk") {
      return { screen, session: null, state: "signedOut" };
    }
    const lack = await secondFactor.lackOf(session);
    if (lack === "code") return { screen, session: null, state: "signedOut" };
    if (session.clerk.mustChange) return { screen, session, state: "mustChangePassword" };
    if (session.locked) return { screen, session, state: "locked" };
    if (clock().getTime() - session.openedAt.getTime() > longestSessionHours * 3_600_000) {
      await access.endSession(session.id, clock());
      return { screen, session: null, state: "signedOut" };
    }
    if (clock().getTime() - session.lastSeenAt.getTime() < idleMinutes * 60_000)
      return { screen, session, state: lack === "enrolment" ? "mustEnrolSecondFactor" : "open" };
    await access.lockSession(session.id);
    return { screen, session, state: "locked" };
  }

  // Guesses at one account wait for each other: a hundred at once count as a hundred.
  const inTurn = createTurns();

  const verified = (account: string, { password, code }: Proof) =>
    inTurn(account.toLowerCase(), async () => {
      const clerk = await clerkWith(account, password);
      if (typeof clerk === "string") return clerk;
      const checked = await secondFactor.check(clerk.id, code);
      // The right password alone takes no wrong code off the count.
      if (checked === "codeNeeded") return "codeNeeded";
      if (checked === "wrong") return wrong(clerk, "secondFactorWrong");
      await access.clearFailures(clerk.id);
      return { clerkId: clerk.id, withCode: checked === "right" };
    });

  const passwordVerified = (account: string, password: string) =>
    inTurn(account.toLowerCase(), async () => {
      const clerk = await clerkWith(account, password);
      if (typeof clerk !== "string") await access.clearFailures(clerk.id);
      return clerk;
    });

  async function clerkWith(account: string, password: string): Promise<AccessProblem | ClerkAccount> {
    const clerk = await access.clerkByAccount(account.toLowerCase());
    const locked = clerk?.lockedUntil != null && clerk.lockedUntil > clock();
    const right = await verifyClerkPassword(clerk?.passwordHash ?? null, password);
    if (clerk === null) return "wrongAccountOrPassword";
    if (locked) return "accountLocked";
    return right ? clerk : wrong(clerk, "wrongAccountOrPassword");
  }

  async function wrong(clerk: ClerkAccount, problem: AccessProblem): Promise<AccessProblem> {
    const until = new Date(clock().getTime() + lockOut.minutes * 60_000);
    await access.countFailure(clerk.id, lockOut.failures, until);
    return clerk.failures + 1 >= lockOut.failures ? "accountLocked" : problem;
  }

  async function enrolScreen(code: string, cookies: CookieChange): Promise<ScreenAnswer> {
    const { token, hash } = makeToken();
    const screen = await access.redeemScreenCode(hashToken(code), { id: randomUUID(), tokenHash: hash }, clock());
    if (screen === null) {
      log("K033");
      return refusedFor("codeNotGood");
    }
    cookies.screen = token;
    cookies.clerk = null;
    log("K032", { kind: screen.kind, counter: screen.counter });
    return { kind: "enrolled", screen: screen.kind };
  }

  async function login(visitor: Visitor, account: string, proof: Proof, cookies: CookieChange): Promise<LoginAnswer> {
    const { screen } = visitor;
    if (screen === null) return refusedFor("codeNotGood");
    const outcome = await verified(account, proof);
    if (outcome === "codeNeeded") return { kind: outcome };
    if (typeof outcome === "string") {
      log("K031", { counter: screen.counter, reason: outcome });
      await cases.record({ kind: "loginRefused", clerk: null, at: clock(), counter: screen.counter, caseId: null });
      return refusedFor(outcome);
    }
    // A new token at every log-in: one that was planted before is worth nothing.
    const { token, hash } = makeToken();
    await access.openSession({
      id: randomUUID(),
      tokenHash: hash,
      clerk: outcome.clerkId,
      screen: screen.id,
      withCode: outcome.withCode,
      at: clock(),
    });
    await cases.record({
      kind: "loggedIn",
      clerk: outcome.clerkId,
      at: clock(),
      counter: screen.counter,
      caseId: null,
    });
    cookies.clerk = token;
    log("K030", { counter: screen.counter });
    changed(screen.counter);
    const clerk = await access.clerkByAccount(account.toLowerCase());
    if (clerk?.mustChange === true) return { kind: "mustChangePassword" };
    return { kind: secondFactor.isAsked && !outcome.withCode ? "mustEnrolSecondFactor" : "open" };
  }

  async function unlock(visitor: Visitor, proof: Proof): Promise<LoginAnswer> {
    const { session, screen } = visitor;
    if (session === null || screen === null) return refusedFor("wrongAccountOrPassword");
    const outcome = await verified(session.clerk.account, proof);
    if (outcome === "codeNeeded") return { kind: outcome };
    if (typeof outcome === "string") {
      if (outcome === "accountLocked") await access.endSession(session.id, clock());
      changed(screen.counter);
      return refusedFor(outcome);
    }
    await access.unlockSession(session.id, clock());
    changed(screen.counter);
    return { kind: "open" };
  }

  async function changePassword(visitor: Visitor, current: string, next: string): Promise<PasswordAnswer> {
    const { session, screen } = visitor;
    if (session === null || screen === null || visitor.state === "locked") return refusedFor("wrongAccountOrPassword");
    const outcome = await passwordVerified(session.clerk.account, current);
    if (typeof outcome === "string") return refusedFor(outcome);
    const problem = newPasswordProblem(session.clerk.account, current, next);
    if (problem !== null) return refusedFor(problem);
    await access.setPassword(session.clerk.id, await hashClerkPassword(next), session.id, clock());
    await access.touchSession(session.id, clock());
    await cases.record({
      kind: "passwordChanged",
      clerk: session.clerk.id,
      at: clock(),
      counter: screen.counter,
      caseId: null,
    });
    changed(screen.counter);
    return { kind: "changed" };
  }

  async function offerSecondFactor({ session, state }: Visitor): Promise<SecondFactorOffer> {
    if (session === null || state !== "mustEnrolSecondFactor") return refusedFor("secondFactorWrong");
    const offer = await secondFactor.offer(session.clerk);
    await access.touchSession(session.id, clock());
    return offer === null ? refusedFor("secondFactorWrong") : { kind: "offered", ...offer };
  }

  async function confirmSecondFactor(visitor: Visitor, code: string): Promise<SecondFactorAnswer> {
    const { session, screen, state } = visitor;
    const mayConfirm = session !== null && screen !== null && state === "mustEnrolSecondFactor";
    if (!mayConfirm || !(await secondFactor.confirm(session, code))) return refusedFor("secondFactorWrong");
    await cases.record({
      kind: "secondFactorEnrolled",
      clerk: session.clerk.id,
      at: clock(),
      counter: screen.counter,
      caseId: null,
    });
    log("K034", { counter: screen.counter });
    changed(screen.counter);
    return { kind: "open" };
  }

  async function end(visitor: Visitor, cookies: CookieChange): Promise<void> {
    if (visitor.session !== null) await access.endSession(visitor.session.id, clock());
    cookies.clerk = null;
    if (visitor.screen !== null) changed(visitor.screen.counter);
  }

  async function lock(visitor: Visitor): Promise<void> {
    if (visitor.session !== null) await access.lockSession(visitor.session.id);
    if (visitor.screen !== null) changed(visitor.screen.counter);
  }

  async function touch(visitor: Visitor): Promise<void> {
    if (visitor.session !== null && visitor.state === "open") await access.touchSession(visitor.session.id, clock());
  }

  function me({ screen, session, state }: Visitor): Me {
    return {
      screen: screen === null ? null : { kind: screen.kind, counter: screen.counter, municipality: municipalityName },
      clerk: session === null ? null : { account: session.clerk.account, name: session.clerk.name },
      state,
    };
  }

  return {
    identify,
    enrolScreen,
    login,
    unlock,
    changePassword,
    offerSecondFactor,
    confirmSecondFactor,
    end,
    lock,
    touch,
    me,
  };
}

export type Sessions = ReturnType<typeof createSessions>;
