export type { ProcessRun } from "./audit-lane.ts";
export { AuditLanes } from "./audit-lanes.ts";
export { readSignedHeads, readStreams, type SignedHeads } from "./audit-trail.ts";
export { readCertificateLife } from "./certificate-life.ts";
export { recordDisclosure } from "./disclosure-ledger.ts";
export {
  type EnteredKey,
  enterAuthority,
  type KeyPurpose,
  readDefinition,
  readKeys,
} from "./enter-authority.ts";
export { PostgresEquipmentLedger } from "./equipment-ledger.ts";
export { type EquipmentState, readEquipment, watchEquipment } from "./equipment-state.ts";
export { LedgerConflict, LedgerFault } from "./ledger-conflict.ts";
export { PostgresListLedger } from "./list-ledger.ts";
export { PostgresListSource } from "./list-source.ts";
export { OperatorLedger } from "./operator-ledger.ts";
export { type LedgerAddress, leaseSeconds, PostgresLedger } from "./postgres-ledger.ts";
export { PostgresPublicationQueue } from "./publication-queue.ts";
export { PostgresPublishedLists, type PublishedList } from "./published-lists.ts";
export { PostgresRegisterChangeLedger } from "./register-change-ledger.ts";
export { PostgresRegisterNotices } from "./register-notices.ts";
export { PostgresReportDemands } from "./report-demands.ts";
export { publishReport, type ReportToPublish, readPublishedReport } from "./report-ledger.ts";
export { PostgresRevocationBrake } from "./revocation-brake.ts";
export { PostgresRevocationLedger } from "./revocation-ledger.ts";
export { readServerCertificates } from "./server-certificates.ts";
export { PostgresVerifierLedger } from "./verifier-ledger.ts";
