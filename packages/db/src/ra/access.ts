import { and, eq, gt, isNull, ne, not, sql } from "drizzle-orm";
import type { Database, Statements } from "../database.ts";
import { clerk, clerkSession, screen, screenCode } from "./tables.ts";

export interface ClerkAccount {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly mustChange: boolean;
  readonly failures: number;
  readonly lockedUntil: Date | null;
}

export interface ScreenRecord {
  readonly id: string;
  readonly kind: "clerk" | "resident";
  readonly counter: string;
}

export interface ClerkSession {
  readonly id: string;
  readonly clerk: ClerkAccount;
  readonly screen: string;
  readonly openedAt: Date;
  readonly lastSeenAt: Date;
  readonly locked: boolean;
  /** Whether a second factor was shown for it. */
  readonly withCode: boolean;
}

/** Clerks, enrolled screens and sessions of a municipality's kiosk server. Tokens and codes are kept as hashes only. */
export interface AccessStore {
  clerkByAccount(account: string): Promise<ClerkAccount | null>;
  /** Counts a wrong password; from `limit` on the account is locked until `until`, and the count starts anew. */
  countFailure(clerk: string, limit: number, until: Date): Promise<void>;
  clearFailures(clerk: string): Promise<void>;
  /** Sets a new password and ends every other session of the clerk. */
  setPassword(clerk: string, hash: string, keepSession: string, at: Date): Promise<void>;
  /** Uses up an enrolment code and enrols a screen; null when the code is unknown, used or expired. */
  redeemScreenCode(
    codeHash: Uint8Array,
    screen: { id: string; tokenHash: Uint8Array },
    at: Date,
  ): Promise<ScreenRecord | null>;
  screenByToken(tokenHash: Uint8Array): Promise<ScreenRecord | null>;
  /** Opens a session at a screen; an older session at that screen ends. */
  openSession(session: {
    id: string;
    tokenHash: Uint8Array;
    clerk: string;
    screen: string;
    withCode: boolean;
    at: Date;
  }): Promise<void>;
  sessionByToken(tokenHash: Uint8Array): Promise<ClerkSession | null>;
  touchSession(session: string, at: Date): Promise<void>;
  lockSession(session: string): Promise<void>;
  unlockSession(session: string, at: Date): Promise<void>;
  endSession(session: string, at: Date): Promise<void>;
}

const clerkColumns = {
  id: clerk.id,
  account: clerk.account,
  name: clerk.name,
  passwordHash: clerk.passwordHash,
  mustChange: clerk.mustChange,
  failures: clerk.failures,
  lockedUntil: clerk.lockedUntil,
};

const screenColumns = { id: screen.id, kind: screen.kind, counter: screen.counter };

const sessionColumns = {
  id: clerkSession.id,
  clerk: clerkColumns,
  screen: clerkSession.screen,
  openedAt: clerkSession.openedAt,
  lastSeenAt: clerkSession.lastSeenAt,
  locked: clerkSession.locked,
  withCode: clerkSession.withCode,
};

/** {@link AccessStore} in PostgreSQL. */
export function accessStore(database: Database): AccessStore {
  const change = (session: string, set: Partial<typeof clerkSession.$inferInsert>) =>
    database.run(async (on) => void (await on.update(clerkSession).set(set).where(eq(clerkSession.id, session))));

  return {
    clerkByAccount: (account) =>
      database.run(async (on) => {
        const [found] = await on
          .select(clerkColumns)
          .from(clerk)
          .where(and(eq(clerk.account, account), not(clerk.disabled)));
        return found ?? null;
      }),

    countFailure: (id, limit, until) =>
      database.run(async (on) => {
        const reached = sql`${clerk.failures} + 1 >= ${limit}`;
        await on
          .update(clerk)
          .set({
            failures: sql`case when ${reached} then 0 else ${clerk.failures} + 1 end`,
            lockedUntil: sql`case when ${reached} then ${sql.param(until, clerk.lockedUntil)} else ${clerk.lockedUntil} end`,
          })
          .where(eq(clerk.id, id));
      }),

    clearFailures: (id) =>
      database.run(
        async (on) => void (await on.update(clerk).set({ failures: 0, lockedUntil: null }).where(eq(clerk.id, id))),
      ),

    setPassword: (id, passwordHash, keepSession, at) =>
      database.transaction(async (on) => {
        await on.update(clerk).set({ passwordHash, mustChange: false }).where(eq(clerk.id, id));
        await endOtherSessions(on, id, keepSession, at);
      }),

    redeemScreenCode: (codeHash, { id, tokenHash }, at) =>
      database.transaction(async (on) => {
        const [code] = await on
          .delete(screenCode)
          .where(and(eq(screenCode.codeHash, codeHash), gt(screenCode.expiresAt, at)))
          .returning({ kind: screenCode.kind, counter: screenCode.counter });
        if (code === undefined) return null;
        await on.insert(screen).values({ id, ...code, tokenHash, enrolledAt: at });
        return { id, ...code };
      }),

    screenByToken: (tokenHash) =>
      database.run(async (on) => {
        const [found] = await on
          .select(screenColumns)
          .from(screen)
          .where(and(eq(screen.tokenHash, tokenHash), isNull(screen.revokedAt)));
        return found ?? null;
      }),

    openSession: ({ at, ...session }) =>
      database.transaction(async (on) => {
        await on
          .update(clerkSession)
          .set({ endedAt: at })
          .where(and(eq(clerkSession.screen, session.screen), isNull(clerkSession.endedAt)));
        await on.insert(clerkSession).values({ ...session, openedAt: at, lastSeenAt: at });
      }),

    sessionByToken: (tokenHash) =>
      database.run(async (on) => {
        const [found] = await on
          .select(sessionColumns)
          .from(clerkSession)
          .innerJoin(clerk, eq(clerk.id, clerkSession.clerk))
          .where(and(eq(clerkSession.tokenHash, tokenHash), isNull(clerkSession.endedAt), not(clerk.disabled)));
        return found ?? null;
      }),

    touchSession: (session, at) => change(session, { lastSeenAt: at }),
    lockSession: (session) => change(session, { locked: true }),
    unlockSession: (session, at) => change(session, { locked: false, lastSeenAt: at }),
    endSession: (session, at) =>
      database.run(async (on) => {
        await on
          .update(clerkSession)
          .set({ endedAt: at })
          .where(and(eq(clerkSession.id, session), isNull(clerkSession.endedAt)));
      }),
  };
}

/** Ends every session of a clerk but one. */
export async function endOtherSessions(on: Statements, clerkId: string, kept: string, at: Date): Promise<void> {
  await on
    .update(clerkSession)
    .set({ endedAt: at })
    .where(and(eq(clerkSession.clerk, clerkId), ne(clerkSession.id, kept), isNull(clerkSession.endedAt)));
}
