export {
  type AuditHead,
  type AuditRecord,
  type ChainFault,
  type ChainVerdict,
  ChainWalk,
  emptyHead,
  formatHead,
  headsBytes,
  linkHash,
  nextRecord,
  verifyChain,
} from "./chain.ts";
export {
  type AuditDetail,
  type AuditEntry,
  type AuditEvent,
  type AuditEventKind,
  type AuditKind,
  type AuditLog,
  type AuditOrigin,
  type AuditResult,
  auditKinds,
} from "./vocabulary.ts";
