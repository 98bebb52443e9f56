/** What a call knows of itself: who called, for whom, and the authority that answers. */
import type { AuditHead } from "@mitome/audit";
import type { Caller, CertificationAuthority } from "@mitome/ca";

/** Context of one call over mutual TLS. */
export interface CallContext {
  readonly caller: Caller;
  /** The clerk's id, for the audit trail alone; it gives no authority. */
  readonly clerk: string | undefined;
  readonly authority: CertificationAuthority;
  /** SHA-256 fingerprints, hexadecimal, of the calling municipality's machines whose certificates are in force. */
  readonly equipmentInForce: () => readonly string[];
  /** Takes the audit head that the call's act produced; the answer carries the last one. */
  readonly witness: (head: AuditHead) => void;
  /** The last of them. */
  readonly head: AuditHead | undefined;
}

/** Context of a call by a machine without a certificate. */
export interface EnrolmentContext {
  readonly authority: Pick<CertificationAuthority, "redeemTicket">;
}
