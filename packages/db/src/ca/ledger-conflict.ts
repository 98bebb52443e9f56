/**
 * What the database said no to, without its words: a driver's error carries the statement's parameters, which are
 * names and addresses, and never leaves this package.
 */
import { LedgerUnavailable } from "@mitome/ca";
import postgres from "postgres";

/** A constraint, or a named condition of a statement, that stopped an act. Nothing of the act was kept. */
export class LedgerConflict extends Error {
  override readonly name = "LedgerConflict";
  readonly constraint: string;
  constructor(constraint: string) {
    super(`the ledger's ${constraint} stopped this act`);
    this.constraint = constraint;
  }
}

/** A statement that is wrong in itself: our own fault. Says the SQLSTATE and nothing of the values. */
export class LedgerFault extends Error {
  override readonly name = "LedgerFault";
}

/** `definite` tells whether the transaction is known not to have been committed. */
export function translate(error: unknown): { readonly definite: boolean; readonly error: Error } {
  if (error instanceof LedgerUnavailable) return { definite: false, error };
  if (!(error instanceof postgres.PostgresError)) {
    return { definite: false, error: new LedgerUnavailable("the ledger's connection was lost") };
  }
  // MT001: `ca.require`; 23505, 23P01: unique and exclusion constraints.
  if (error.code === "MT001") return { definite: true, error: new LedgerConflict(error.message) };
  if (error.code === "23505" || error.code === "23P01") {
    return { definite: true, error: new LedgerConflict(error.constraint_name ?? error.code) };
  }
  // 40: serialisation, deadlock; 53: resources; 55P03: lock. Rolled back, and safe to try again.
  if (/^(?:40|53|55)/.test(error.code)) {
    return { definite: true, error: new LedgerUnavailable(`the ledger was busy (${error.code})`) };
  }
  // 57: the server ends; 08: connection. The commit may have happened.
  if (/^(?:57|08)/.test(error.code)) {
    return { definite: false, error: new LedgerUnavailable(`the ledger is stopping (${error.code})`) };
  }
  return { definite: true, error: new LedgerFault(`SQLSTATE ${error.code}`) };
}
