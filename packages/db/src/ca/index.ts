export { connect, type ProcessRun } from "./audit-lane.ts";
export { type EnteredKey, enterAuthority, type KeyPurpose, readKeys } from "./enter-authority.ts";
export { PostgresEquipmentLedger } from "./equipment-ledger.ts";
export { LedgerConflict, LedgerFault } from "./ledger-conflict.ts";
export { type LedgerAddress, leaseSeconds, PostgresLedger } from "./postgres-ledger.ts";
