import type postgres from "postgres";
import { guarded } from "./store-unavailable.ts";

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

interface ClerkRow {
  id: string;
  account: string;
  name: string;
  password_hash: string;
  must_change: boolean;
  failures: number;
  locked_until: Date | null;
}

const readClerk = (row: ClerkRow): ClerkAccount => ({
  id: row.id,
  account: row.account,
  name: row.name,
  passwordHash: row.password_hash,
  mustChange: row.must_change,
  failures: row.failures,
  lockedUntil: row.locked_until,
});

/** {@link AccessStore} in PostgreSQL. */
export function accessStore(sql: postgres.Sql): AccessStore {
  return {
    clerkByAccount: (account) =>
      guarded(async () => {
        const [row] = await sql<ClerkRow[]>`select id, account, name, password_hash, must_change, failures, locked_until
          from ra.clerk where account = ${account} and not disabled`;
        return row === undefined ? null : readClerk(row);
      }),

    countFailure: (clerk, limit, until) =>
      guarded(async () => {
        await sql`update ra.clerk set
          failures = case when failures + 1 >= ${limit} then 0 else failures + 1 end,
          locked_until = case when failures + 1 >= ${limit} then ${until}::timestamptz else locked_until end
          where id = ${clerk}`;
      }),

    clearFailures: (clerk) =>
      guarded(async () => {
        await sql`update ra.clerk set failures = 0, locked_until = null where id = ${clerk}`;
      }),

    setPassword: (clerk, hash, keepSession, at) =>
      guarded(async () => {
        await sql.begin(async (on) => {
          await on`update ra.clerk set password_hash = ${hash}, must_change = false where id = ${clerk}`;
          await on`update ra.clerk_session set ended_at = ${at}
            where clerk = ${clerk} and id <> ${keepSession} and ended_at is null`;
        });
      }),

    redeemScreenCode: (codeHash, screen, at) =>
      guarded(() =>
        sql.begin(async (on) => {
          const [code] = await on<{ kind: "clerk" | "resident"; counter: string }[]>`delete from ra.screen_code
            where code_hash = ${codeHash} and expires_at > ${at} returning kind, counter`;
          if (code === undefined) return null;
          await on`insert into ra.screen (id, kind, counter, token_hash, enrolled_at)
            values (${screen.id}, ${code.kind}, ${code.counter}, ${screen.tokenHash}, ${at})`;
          return { id: screen.id, kind: code.kind, counter: code.counter };
        }),
      ),

    screenByToken: (tokenHash) =>
      guarded(async () => {
        const [row] = await sql<ScreenRecord[]>`select id, kind, counter from ra.screen
          where token_hash = ${tokenHash} and revoked_at is null`;
        return row === undefined ? null : { id: row.id, kind: row.kind, counter: row.counter };
      }),

    openSession: ({ id, tokenHash, clerk, screen, withCode, at }) =>
      guarded(async () => {
        await sql.begin(async (on) => {
          await on`update ra.clerk_session set ended_at = ${at} where screen = ${screen} and ended_at is null`;
          await on`insert into ra.clerk_session (id, token_hash, clerk, screen, with_code, opened_at, last_seen_at)
            values (${id}, ${tokenHash}, ${clerk}, ${screen}, ${withCode}, ${at}, ${at})`;
        });
      }),

    sessionByToken: (tokenHash) =>
      guarded(async () => {
        const [row] = await sql<
          (ClerkRow & {
            session: string;
            screen: string;
            opened_at: Date;
            last_seen_at: Date;
            locked: boolean;
            with_code: boolean;
          })[]
        >`
          select c.id, c.account, c.name, c.password_hash, c.must_change, c.failures, c.locked_until,
            s.id as session, s.screen, s.opened_at, s.last_seen_at, s.locked, s.with_code
          from ra.clerk_session s join ra.clerk c on c.id = s.clerk
          where s.token_hash = ${tokenHash} and s.ended_at is null and not c.disabled`;
        if (row === undefined) return null;
        return {
          id: row.session,
          clerk: readClerk(row),
          screen: row.screen,
          openedAt: row.opened_at,
          lastSeenAt: row.last_seen_at,
          locked: row.locked,
          withCode: row.with_code,
        };
      }),

    touchSession: (session, at) =>
      guarded(async () => void (await sql`update ra.clerk_session set last_seen_at = ${at} where id = ${session}`)),
    lockSession: (session) =>
      guarded(async () => void (await sql`update ra.clerk_session set locked = true where id = ${session}`)),
    unlockSession: (session, at) =>
      guarded(
        async () =>
          void (await sql`update ra.clerk_session set locked = false, last_seen_at = ${at} where id = ${session}`),
      ),
    endSession: (session, at) =>
      guarded(
        async () =>
          void (await sql`update ra.clerk_session set ended_at = ${at} where id = ${session} and ended_at is null`),
      ),
  };
}
