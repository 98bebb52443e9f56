import { randomUUID } from "node:crypto";
import type { AccessStore, CaseStore, ClerkSession, ScreenRecord } from "@mitome/db/ra";
import { type AccessProblem, explainAccess } from "@mitome/ra";
import { hashClerkPassword, newPasswordProblem, verifyClerkPassword } from "./clerk-passwords.ts";
import { createTurns } from "./in-turn.ts";
import type { Log } from "./log.ts";
import type { LoginAnswer, Me, PasswordAnswer, ScreenAnswer } from "./session-answers.ts";
import { hashToken, makeToken } from "./tokens.ts";

/** Wrong passwords in a row after which an account is locked, and for how long (千葉県運用規程 5-1-2-2: ID and password). */
export const lockOut = { failures: 5, minutes: 15 } as const;
/** Minutes without an act after which a clerk's session locks. */
export const idleMinutes = 5;
/** Hours after which a session ends, however busy. */
export const longestSessionHours = 12;

export interface SessionDependencies {
  readonly access: AccessStore;
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

/** Cookies to set with an answer; null removes. */
export interface CookieChange {
  screen?: string;
  clerk?: string | null;
}

const refusedFor = (problem: AccessProblem) => ({ kind: "refused", explanation: explainAccess(problem) }) as const;

/** Screens, clerks and their sessions: who may see what at a counter. */
export function createSessions(dependencies: SessionDependencies) {
  const { access, cases, clock, log, changed, municipalityName } = dependencies;

  async function identify(screenToken: string | null, clerkToken: string | null): Promise<Visitor> {
    const screen = screenToken === null ? null : await access.screenByToken(hashToken(screenToken));
    if (screen === null) return { screen, session: null, state: "notEnrolled" };
    const session = clerkToken === null ? null : await access.sessionByToken(hashToken(clerkToken));
    // A session holds on the screen where it was opened and nowhere else.
    if (session === null || session.screen !== screen.id || screen.kind !== "clerk") {
      return { screen, session: null, state: "signedOut" };
    }
    if (session.clerk.mustChange) return { screen, session, state: "mustChangePassword" };
    if (session.locked) return { screen, session, state: "locked" };
    if (clock().getTime() - session.openedAt.getTime() > longestSessionHours * 3_600_000) {
      await access.endSession(session.id, clock());
      return { screen, session: null, state: "signedOut" };
    }
    if (clock().getTime() - session.lastSeenAt.getTime() < idleMinutes * 60_000)
      return { screen, session, state: "open" };
    await access.lockSession(session.id);
    return { screen, session, state: "locked" };
  }

  // Guesses at one account wait for each other: a hundred at once count as a hundred.
  const inTurn = createTurns();
  const verified = (account: string, password: string) =>
    inTurn(account.toLowerCase(), () => verify(account, password));

  async function verify(account: string, password: string): Promise<AccessProblem | { clerkId: string }> {
    const clerk = await access.clerkByAccount(account.toLowerCase());
    const locked = clerk?.lockedUntil != null && clerk.lockedUntil > clock();
    const right = await verifyClerkPassword(clerk?.passwordHash ?? null, password);
    if (clerk === null) return "wrongAccountOrPassword";
    if (locked) return "accountLocked";
    if (right) {
      await access.clearFailures(clerk.id);
      return { clerkId: clerk.id };
    }
    const until = new Date(clock().getTime() + lockOut.minutes * 60_000);
    await access.countFailure(clerk.id, lockOut.failures, until);
    const nowLocked = clerk.failures + 1 >= lockOut.failures;
    return nowLocked ? "accountLocked" : "wrongAccountOrPassword";
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

  async function login(
    visitor: Visitor,
    account: string,
    password: string,
    cookies: CookieChange,
  ): Promise<LoginAnswer> {
    const { screen } = visitor;
    if (screen === null) return refusedFor("codeNotGood");
    const outcome = await verified(account, password);
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
    return clerk?.mustChange === true ? { kind: "mustChangePassword" } : { kind: "open" };
  }

  async function unlock(visitor: Visitor, password: string): Promise<LoginAnswer> {
    const { session, screen } = visitor;
    if (session === null || screen === null) return refusedFor("wrongAccountOrPassword");
    const outcome = await verified(session.clerk.account, password);
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
    const outcome = await verified(session.clerk.account, current);
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

  return { identify, enrolScreen, login, unlock, changePassword, end, lock, touch, me };
}

export type Sessions = ReturnType<typeof createSessions>;
