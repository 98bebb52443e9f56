/**
 * One attempt to put one certificate onto one card. The states are those of `docs/issuance-cycle.md` and of the CHECK
 * on `ca.issuance_case.state`.
 */
import type { SerialNumber } from "@mitome/x509";

/** Every state an attempt can be found in, and what finishes it. */
export const issuanceCaseStates = ["open", "requested", "issued", "delivered", "refused", "ended"] as const;

/**
 * - `open`: a challenge was given; card commands that make a key are authorised; nothing is to be signed yet.
 * - `requested`: an intent is recorded; whether it was signed is known only once its certificate is recorded.
 * - `issued`: the certificate stands in the ledger; the card may be written.
 * - `delivered`: the municipality read it back from the card. Final.
 * - `refused`: the request was refused for what it says; the same request gets the same refusal. Final.
 * - `ended`: the municipality gave the attempt up; a certificate it had issued is revoked. Final.
 */
export type IssuanceCaseState = (typeof issuanceCaseStates)[number];

/** Idempotency key of an issuance: whose certificate called (municipality's server), which case, which attempt. */
export interface AttemptKey {
  readonly authority: string;
  readonly municipality: string;
  readonly caseId: string;
  readonly attempt: number;
}

/** An attempt as the ledger holds it. */
export interface CaseRecord {
  readonly key: AttemptKey;
  readonly state: IssuanceCaseState;
  readonly cardNumber: string;
  /** 32 octets made by the authority when the case was opened. */
  readonly challenge: Uint8Array;
  /** SHA-256 of the request's payload once there was one. */
  readonly requestHash: Uint8Array | undefined;
  readonly serial: SerialNumber | undefined;
  /** The stored refusal as JSON text, in state `refused`. */
  readonly refusal: string | undefined;
}
