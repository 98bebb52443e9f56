import { X509Certificate } from "node:crypto";
import { fingerprintOf } from "./fingerprint.ts";
import type { PublishedCertificate } from "./public-view.ts";
import { certificateKinds } from "./words.ts";

/** What a page says of a certificate, read from its DER. */
export interface CertificateFacts {
  readonly published: PublishedCertificate;
  /** Kind and key generation. */
  readonly title: string;
  readonly sha256: string;
  readonly sha1: string;
  readonly serialNumber: string;
  readonly issuer: string;
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly key: string;
}

/**
 * Reads the facts by Node's own parser: certificates received from another authority need not have our profile.
 * Throws for what is not a certificate.
 */
function certificateFacts(published: PublishedCertificate): CertificateFacts {
  const certificate = new X509Certificate(published.der);
  const { publicKey } = certificate;
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return {
    published,
    title: `${certificateKinds[published.kind].name} 第${published.generation}世代`,
    sha256: fingerprintOf(published.der, "SHA-256"),
    sha1: fingerprintOf(published.der, "SHA-1"),
    serialNumber: certificate.serialNumber,
    issuer: certificate.issuer.replaceAll("\n", ", "),
    subject: certificate.subject.replaceAll("\n", ", "),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    key: modulusLength === undefined ? (namedCurve ?? publicKey.asymmetricKeyType ?? "") : `RSA ${modulusLength}ビット`,
  };
}

/** The facts of all certificates: by kind, and within a kind the newest generation first. */
export function allCertificateFacts(certificates: readonly PublishedCertificate[]): readonly CertificateFacts[] {
  const order = Object.keys(certificateKinds);
  return certificates
    .map(certificateFacts)
    .toSorted(
      (one, other) =>
        order.indexOf(one.published.kind) - order.indexOf(other.published.kind) ||
        other.published.generation - one.published.generation ||
        other.notBefore.getTime() - one.notBefore.getTime(),
    );
}
