import { hasEnded } from "@mitome/ca";
import type { OcspCertStatus } from "@mitome/x509";
import type { CertificateStatus } from "./ports.ts";

const unknown = { kind: "unknown" } as const;

/**
 * 千葉県運用規程 4-4-4-2: 有効, 失効 or 不明 at the instant asked, with the reason of a revocation. Good is said of nothing but
 * a certificate that was signed, is recorded so and has not ended: not while its signing is unresolved, and not after
 * its last second, when what is known of its revocation is no longer kept (4-12-2-2).
 */
export function decideCertStatus(known: CertificateStatus | undefined, asOf: Date): OcspCertStatus {
  if (known === undefined || hasEnded(known.notAfter, asOf)) return unknown;
  switch (known.state) {
    case "pending":
    case "discarded":
      return unknown;
    case "valid":
      return known.revocation === undefined ? { kind: "good" } : revokedBy(known.revocation);
    case "revoked":
      return known.revocation === undefined ? unknown : revokedBy(known.revocation);
  }
}

function revokedBy({ reason, revokedAt }: NonNullable<CertificateStatus["revocation"]>): OcspCertStatus {
  return { kind: "revoked", revocationTime: wholeSeconds(revokedAt), revocationReason: reason };
}

/** The second that an instant lies in. */
export function wholeSeconds(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1_000) * 1_000);
}
