import type { CrlReason, OcspCertStatus } from "@mitome/x509";

/**
 * What happened to one certificate. Instants of the ledger are taken before it commits, so nobody can see what they stand
 * for any earlier; the caller's are taken after its call was answered, so everybody has to see it from then on. Milliseconds.
 */
export interface CertificateHistory {
  /** The ledger's record that it was signed; `undefined` for a number that no certificate got. */
  readonly recordedAt: number | undefined;
  /** When the call that asked for it had been answered. */
  readonly issuedBy: number | undefined;
  readonly revocation:
    | {
        /** The ledger's: the instant of acceptance, which is the revocation time. */
        readonly acceptedAt: number;
        readonly reason: CrlReason;
        /** When the call that asked for it had been answered. */
        readonly answeredBy: number | undefined;
      }
    | undefined;
}

/** What one answer said of one certificate. Instants in milliseconds, before the question was sent and after it was answered. */
export interface Observation {
  readonly status: OcspCertStatus;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly sent: number;
  readonly received: number;
  /** The answer was made for this question: it repeats its nonce. */
  readonly ownNonce: boolean;
}

/** Why an answer is wrong. */
export type Wrong =
  | "ahead of its time"
  | "no longer current"
  | "made before the question"
  | "good before it was issued"
  | "good after it was revoked"
  | "unknown after it was issued"
  | "revoked before it was"
  | "revoked with another time or reason";

const wholeSeconds = (instant: number): number => Math.floor(instant / 1_000) * 1_000;

/** Holds an answer against what happened; `undefined` when it may have been right at every instant it speaks of. */
export function judgeAnswer(said: Observation, history: CertificateHistory): Wrong | undefined {
  if (said.thisUpdate > said.received) return "ahead of its time";
  if (said.nextUpdate === undefined || said.nextUpdate <= said.sent) return "no longer current";
  // thisUpdate has whole seconds.
  if (said.ownNonce && said.thisUpdate < wholeSeconds(said.sent)) return "made before the question";
  const { recordedAt = Number.POSITIVE_INFINITY, issuedBy = Number.POSITIVE_INFINITY, revocation } = history;
  const { status, received } = said;
  // It speaks of an instant when the question was there already, and not before the one that it names.
  const asOf = Math.max(said.sent, said.thisUpdate);
  switch (status.kind) {
    case "good":
      if (received < recordedAt) return "good before it was issued";
      return asOf > (revocation?.answeredBy ?? Number.POSITIVE_INFINITY) ? "good after it was revoked" : undefined;
    case "unknown":
      return asOf > issuedBy ? "unknown after it was issued" : undefined;
    case "revoked": {
      if (revocation === undefined || received < revocation.acceptedAt) return "revoked before it was";
      const sameTime = status.revocationTime.getTime() === wholeSeconds(revocation.acceptedAt);
      const same = sameTime && status.revocationReason === revocation.reason;
      return same ? undefined : "revoked with another time or reason";
    }
  }
}
