/**
 * What the database said no to, without its words: a driver's error carries the statement's parameters, which are
 * names and addresses, and never leaves this package.
 */
import { LedgerUnavailable } from "@mitome/ca";
import pg from "pg";

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
  if (!(error instanceof pg.DatabaseError)) {
    return { definite: false, error: new LedgerUnavailable("the ledger's connection was lost") };
  }
  const { code = "" } = error;
  // MT001: `ca.require`; 23505, 23P01: unique and exclusion constraints.
  if (code === "MT001") return { definite: true, error: new LedgerConflict(error.message) };
  if (code === "23505" || code === "23P01") {
    return { definite: true, error: new LedgerConflict(error.constraint ?? code) };
  }
  // 40: serialisation, deadlock; 53: resources; 55P03: lock. Rolled back, and safe to try again.
  if (/^(?:40|53|55)/.test(code)) {
    return { definite: true, error: new LedgerUnavailable(`the ledger was busy (${code})`) };
  }
  // 57: the server ends; 08: connection. The commit may have happened.
  if (/^(?:57|08)/.test(code)) {
    return { definite: false, error: new LedgerUnavailable(`the ledger is stopping (${code})`) };
  }
  return { definite: true, error: new LedgerFault(`SQLSTATE ${code}`) };
}
