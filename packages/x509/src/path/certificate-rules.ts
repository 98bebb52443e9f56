import type { PathCertificate } from "./path-certificate.ts";
import { type Rejection, reject } from "./rejection.ts";

// Rules that look at one certificate alone. Each returns why it must not stand in a path, if so.

/** RFC 5280 §6.1.3 (a)(2): "The certificate validity period includes the current time", both ends belonging to it. */
export function validityRejection({ validity, subject }: PathCertificate, time: Date): Rejection | undefined {
  const { notBefore, notAfter } = validity;
  if (time < notBefore) return reject("notYetValid", `not valid before ${notBefore.toISOString()}`, subject.text);
  // The last second belongs to the period as a whole.
  if (time.getTime() >= notAfter.getTime() + 1000)
    return reject("expired", `not valid after ${notAfter.toISOString()}`, subject.text);
  return undefined;
}

/** RFC 5280 §4.1.2.4: "The issuer field MUST contain a non-empty distinguished name". */
export function issuerRejection({ issuer, subject }: PathCertificate): Rejection | undefined {
  return issuer.relativeNames.length === 0 ? reject("emptyIssuer", "its issuer has no name", subject.text) : undefined;
}

/** RFC 5280 §6.1.4 (k): a version 3 certificate that says cA. Older ones say nothing, so nothing is known of them. */
export function authorityRejection({ version, extensions, subject }: PathCertificate): Rejection | undefined {
  if (version === 3 && extensions.basicConstraints?.cA === true) return undefined;
  return reject("notCertificationAuthority", "basicConstraints does not say that it is an authority's", subject.text);
}

/** RFC 5280 §6.1.4 (n): "If a key usage extension is present, verify that the keyCertSign bit is set". */
export function certificateSigningRejection({ extensions, subject }: PathCertificate): Rejection | undefined {
  if (extensions.keyUsage?.includes("keyCertSign") !== false) return undefined;
  return reject("noCertificateSigning", "keyUsage does not allow keyCertSign", subject.text);
}

/** RFC 5280 §6.1.4 (o), §6.1.5 (f): every critical extension is one that is processed. */
export function criticalExtensionRejection({ extensions, subject }: PathCertificate): Rejection | undefined {
  const [oid] = extensions.unprocessedCritical;
  if (oid === undefined) return undefined;
  return reject("unknownCriticalExtension", `the critical extension ${oid} is not understood`, subject.text);
}
