import type { Database } from "../database.ts";
import { clerk, screenCode } from "./tables.ts";

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

/** {@link CounterEnrolment} in PostgreSQL, which `database` reaches as `ra_owner`. */
export function counterEnrolment(database: Database): CounterEnrolment {
  return {
    addClerk: ({ id, account, name, passwordHash }) =>
      database.run(async (on) => {
        const added = await on.insert(clerk).values({ id, account, name, passwordHash }).onConflictDoNothing();
        return added.rowCount === 1;
      }),
    addScreenCode: ({ codeHash, kind, counter, expiresAt }) =>
      database.run(async (on) => void (await on.insert(screenCode).values({ codeHash, kind, counter, expiresAt }))),
  };
}
