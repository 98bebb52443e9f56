import type postgres from "postgres";
import { guarded } from "./store-unavailable.ts";

/** What is set up before a counter opens, by the owner of the schema. */
export interface CounterEnrolment {
  /** Adds a clerk who must change the password at the first log-in; false when the account is there already. */
  addClerk(clerk: { id: string; account: string; name: string; passwordHash: string }): Promise<boolean>;
  addScreenCode(code: {
    codeHash: Uint8Array;
    kind: "clerk" | "resident";
    counter: string;
    expiresAt: Date;
  }): Promise<void>;
}

/** {@link CounterEnrolment} in PostgreSQL; `sql` connects as `ra_owner`. */
export function counterEnrolment(sql: postgres.Sql): CounterEnrolment {
  return {
    addClerk: ({ id, account, name, passwordHash }) =>
      guarded(async () => {
        const made = await sql`insert into ra.clerk (id, account, name, password_hash)
          values (${id}, ${account}, ${name}, ${passwordHash}) on conflict do nothing`;
        return made.count === 1;
      }),
    addScreenCode: ({ codeHash, kind, counter, expiresAt }) =>
      guarded(async () => {
        await sql`insert into ra.screen_code (code_hash, kind, counter, expires_at)
          values (${codeHash}, ${kind}, ${counter}, ${expiresAt})`;
      }),
  };
}
