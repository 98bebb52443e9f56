import type { X509Certificate } from "node:crypto";

/** Who an equipment certificate says it is: its one URI `urn:mitome:equipment:<authority>:<kind>:<municipality or ->:<place>`. */
export interface EquipmentIdentity {
  readonly authority: string;
  readonly kind: string;
  readonly municipality: string;
  readonly place: string;
}

/** The identity in a certificate; `undefined` unless it has exactly one URI, of our form. */
export function equipmentIdentity(certificate: X509Certificate): EquipmentIdentity | undefined {
  const uris = (certificate.subjectAltName ?? "").split(", ").filter((name) => name.startsWith("URI:"));
  const [, authority, kind, municipality, place] =
    /^URI:urn:mitome:equipment:([a-z0-9-]+):([a-z-]+):([0-9]{6}|-):([A-Za-z0-9._-]+)$/.exec(uris[0] ?? "") ?? [];
  if (uris.length !== 1 || !authority || !kind || !municipality || !place) return undefined;
  return { authority, kind, municipality, place };
}

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
