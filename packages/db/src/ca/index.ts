export { connect, type ProcessRun } from "./audit-lane.ts";
export { LedgerConflict, LedgerFault } from "./ledger-conflict.ts";
export { type LedgerAddress, leaseSeconds, PostgresLedger } from "./postgres-ledger.ts";
