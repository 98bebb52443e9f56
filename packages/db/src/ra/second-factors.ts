import { and, eq, lt, not } from "drizzle-orm";
import type { Database } from "../database.ts";
import { endOtherSessions } from "./access.ts";
import { clerkSession, secondFactor } from "./tables.ts";

/** What a clerk's authenticator app knows too. */
export interface SecondFactorRecord {
  /** 20 octets. */
  readonly secret: Uint8Array;
  /** False until the clerk has shown that the app has it. */
  readonly confirmed: boolean;
  /** RFC 6238 time step of the newest code that was taken; 0 before the first. */
  readonly lastStep: number;
}

/** Second factors of clerks' log-ins. */
export interface SecondFactorStore {
  of(clerk: string): Promise<SecondFactorRecord | null>;
  /** Keeps a secret for a clerk who has none confirmed, in place of an unconfirmed one; false when one is confirmed. */
  offer(clerk: string, secret: Uint8Array): Promise<boolean>;
  /**
   * Confirms the offered secret with the step of its first code: `session` goes on with a code, every other session of
   * the clerk ends. False when another secret was offered or confirmed meanwhile.
   */
  confirm(clerk: string, secret: Uint8Array, step: number, session: string, at: Date): Promise<boolean>;
  /** Uses up a step of a confirmed secret; false when it or a later one was used: of two at once, one wins. */
  useStep(clerk: string, step: number): Promise<boolean>;
}

const columns = {
  secret: secondFactor.secret,
  confirmed: secondFactor.confirmed,
  lastStep: secondFactor.lastStep,
};

/** {@link SecondFactorStore} in PostgreSQL. */
export function secondFactorStore(database: Database): SecondFactorStore {
  return {
    of: (clerk) =>
      database.run(async (on) => {
        const [found] = await on.select(columns).from(secondFactor).where(eq(secondFactor.clerk, clerk));
        return found ?? null;
      }),

    offer: (clerk, secret) =>
      database.run(async (on) => {
        const kept = await on
          .insert(secondFactor)
          .values({ clerk, secret })
          .onConflictDoUpdate({ target: secondFactor.clerk, set: { secret }, setWhere: not(secondFactor.confirmed) });
        return kept.rowCount === 1;
      }),

    confirm: (clerk, secret, step, session, at) =>
      database.transaction(async (on) => {
        const offered = and(
          eq(secondFactor.clerk, clerk),
          eq(secondFactor.secret, secret),
          not(secondFactor.confirmed),
        );
        const confirmed = await on.update(secondFactor).set({ confirmed: true, lastStep: step }).where(offered);
        if (confirmed.rowCount === 0) return false;
        await on.update(clerkSession).set({ withCode: true }).where(eq(clerkSession.id, session));
        await endOtherSessions(on, clerk, session, at);
        return true;
      }),

    useStep: (clerk, step) =>
      database.run(async (on) => {
        const unused = and(
          eq(secondFactor.clerk, clerk),
          eq(secondFactor.confirmed, true),
          lt(secondFactor.lastStep, step),
        );
        const used = await on.update(secondFactor).set({ lastStep: step }).where(unused);
        return used.rowCount === 1;
      }),
  };
}
