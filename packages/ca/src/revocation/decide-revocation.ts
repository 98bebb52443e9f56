import type { SerialNumber } from "@mitome/x509";
import { hasEnded } from "../validity.ts";
import {
  type RevocationCause,
  type RevocationReason,
  type RevocationRequester,
  reasonFor,
} from "./revocation-reason.ts";

/** What the ledger knows of a certificate, without a name in it. */
export interface CertificateStanding {
  readonly serial: SerialNumber;
  /** `undefined`: no subscriber's. */
  readonly municipality: string | undefined;
  /** `pending`: its signing is not resolved. */
  readonly state: "pending" | "valid" | "revoked" | "discarded";
  readonly notAfter: Date;
  /** Of a revoked one. */
  readonly revocation: Revocation | undefined;
}

/** That a certificate is revoked. */
export interface Revocation {
  readonly reason: RevocationReason;
  /** The instant of acceptance. */
  readonly revokedAt: Date;
}

/** Why a certificate is not revoked; closed. */
export type RevocationRefusal =
  | { readonly reason: "certificateUnknown" }
  | { readonly reason: "notYetIssued" }
  | { readonly reason: "certificateExpired"; readonly notAfter: Date }
  | { readonly reason: "alreadyRevoked"; readonly revocation: Revocation }
  | { readonly reason: "causeNotOfThisRequester" };

/** A revocation to be recorded, or the first reason against it. */
export type RevocationDecision =
  | { readonly kind: "plan"; readonly cause: RevocationCause; readonly revocation: Revocation }
  | ({ readonly kind: "refused" } & RevocationRefusal);

/**
 * Decides whether a certificate is revoked now, and for which of the five reasons. 千葉県運用規程 4-4-2-4: once revoked it
 * stays so, with its first date and reason.
 */
export function decideRevocation(
  standing: CertificateStanding | undefined,
  cause: RevocationCause,
  requester: RevocationRequester,
  now: Date,
): RevocationDecision {
  const reason = reasonFor(cause, requester);
  if (reason === undefined) return { kind: "refused", reason: "causeNotOfThisRequester" };
  if (standing === undefined || standing.state === "discarded")
    return { kind: "refused", reason: "certificateUnknown" };
  if (standing.state === "pending") return { kind: "refused", reason: "notYetIssued" };
  const { revocation, notAfter } = standing;
  if (revocation !== undefined) return { kind: "refused", reason: "alreadyRevoked", revocation };
  if (hasEnded(notAfter, now)) return { kind: "refused", reason: "certificateExpired", notAfter };
  return { kind: "plan", cause, revocation: { reason, revokedAt: now } };
}
