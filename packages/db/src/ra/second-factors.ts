import type postgres from "postgres";
import { guarded } from "./store-unavailable.ts";

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

/** {@link SecondFactorStore} in PostgreSQL. */
export function secondFactorStore(sql: postgres.Sql): SecondFactorStore {
  return {
    of: (clerk) =>
      guarded(async () => {
        const [row] = await sql<{ secret: Uint8Array; confirmed: boolean; last_step: string }[]>`
          select secret, confirmed, last_step from ra.second_factor where clerk = ${clerk}`;
        if (row === undefined) return null;
        return { secret: row.secret, confirmed: row.confirmed, lastStep: Number(row.last_step) };
      }),

    offer: (clerk, secret) =>
      guarded(async () => {
        const kept = await sql`insert into ra.second_factor (clerk, secret) values (${clerk}, ${secret})
          on conflict (clerk) do update set secret = excluded.secret where not second_factor.confirmed`;
        return kept.count === 1;
      }),

    confirm: (clerk, secret, step, session, at) =>
      guarded(() =>
        sql.begin(async (on) => {
          const confirmed = await on`update ra.second_factor set confirmed = true, last_step = ${step}
            where clerk = ${clerk} and secret = ${secret} and not confirmed`;
          if (confirmed.count === 0) return false;
          await on`update ra.clerk_session set with_code = true where id = ${session}`;
          await on`update ra.clerk_session set ended_at = ${at}
            where clerk = ${clerk} and id <> ${session} and ended_at is null`;
          return true;
        }),
      ),

    useStep: (clerk, step) =>
      guarded(async () => {
        const used = await sql`update ra.second_factor set last_step = ${step}
          where clerk = ${clerk} and confirmed and last_step < ${step}`;
        return used.count === 1;
      }),
  };
}
