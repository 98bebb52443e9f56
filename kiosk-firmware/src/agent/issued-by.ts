import type { X509Certificate } from "node:crypto";

/** Whether `certificate` was issued by `root` itself and is in force at `now`. Validity includes its last second. */
export function issuedBy(root: X509Certificate, certificate: X509Certificate, now: Date): boolean {
  return (
    !certificate.ca &&
    certificate.checkIssued(root) &&
    certificate.verify(root.publicKey) &&
    certificate.validFromDate <= now &&
    now.getTime() < certificate.validToDate.getTime() + 1000
  );
}
