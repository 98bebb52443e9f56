import { hash } from "node:crypto";
import type { Validity } from "../certificate.ts";
import { signedHex } from "../crl-entries.ts";
import { MalformedDer } from "../der.ts";
import { DerReader } from "../der-reader.ts";
import { readTaggedExtensions } from "../extensions.ts";
import { type CertificateExtensions, MalformedExtension, readCertificateExtensions } from "./certificate-extensions.ts";
import { type PathName, readPathName } from "./path-name.ts";
import { type PublicKeyInfo, readPublicKeyInfo } from "./public-key.ts";

/** What is signed, by which algorithm, and the signature: of a certificate or of a list. */
export interface Signed {
  readonly tbs: Uint8Array;
  /** The AlgorithmIdentifier in DER. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
}

/** A certificate of whatever authority, read for path validation. */
export interface PathCertificate extends Signed {
  readonly der: Uint8Array;
  /** SHA-256 of the certificate, in hexadecimal: equal for the same certificate only. */
  readonly fingerprint: string;
  readonly version: 1 | 2 | 3;
  /** As `CertificateListEntry.serialNumber`. */
  readonly serialNumber: string;
  readonly issuer: PathName;
  readonly validity: Validity;
  readonly subject: PathName;
  readonly publicKey: PublicKeyInfo;
  readonly extensions: CertificateExtensions;
  /** RFC 5280 §6.1: subject and issuer are the same name. */
  readonly isSelfIssued: boolean;
}

/** A certificate that can be read, or why it cannot. */
export type CertificateReading =
  | { readonly kind: "certificate"; readonly certificate: PathCertificate }
  | { readonly kind: "malformed"; readonly why: string };

/** Reads a certificate of RFC 5280 §4.1, versions 1 to 3, whose every extension with a rule is well-formed. */
export function readPathCertificate(der: Uint8Array): CertificateReading {
  try {
    return { kind: "certificate", certificate: parsePathCertificate(der) };
  } catch (problem) {
    if (problem instanceof MalformedDer || problem instanceof MalformedExtension)
      return { kind: "malformed", why: problem.message };
    throw problem;
  }
}

function parsePathCertificate(der: Uint8Array): PathCertificate {
  const { reader: fields, signed } = readSigned(der);
  const version = readVersion(fields);
  const serialNumber = signedHex(fields.integer());
  requireSameAlgorithm(fields, signed);
  const issuer = readPathName(fields);
  const period = fields.sequence();
  const validity = { notBefore: period.time(), notAfter: period.time() };
  period.finish();
  const subject = readPathName(fields);
  const publicKey = readPublicKeyInfo(fields);
  if (version > 1) for (const identifier of [0x81, 0x82]) skipUniqueIdentifier(fields, identifier);
  const extensions = version === 3 ? readTaggedExtensions(fields, 3) : [];
  fields.finish();
  return {
    ...signed,
    der,
    fingerprint: hash("sha256", der, "hex"),
    version,
    serialNumber,
    issuer,
    validity,
    subject,
    publicKey,
    extensions: readCertificateExtensions(extensions),
    isSelfIssued: issuer.key === subject.key,
  };
}

/** `SEQUENCE { toBeSigned, signatureAlgorithm, signatureValue BIT STRING }`: a reader of what is signed, and its signature. */
export function readSigned(der: Uint8Array): { readonly reader: DerReader; readonly signed: Signed } {
  const whole = new DerReader(der);
  const parts = whole.sequence();
  whole.finish();
  const start = parts.offset;
  const reader = parts.sequence();
  const tbs = parts.since(start);
  const algorithmStart = parts.offset;
  parts.sequence();
  const signatureAlgorithm = parts.since(algorithmStart);
  const bits = parts.contents(0x03);
  parts.finish();
  // A signature that is not of whole octets is a wrong one rather than a certificate that cannot be read.
  const signature = bits[0] === 0 ? bits.subarray(1) : new Uint8Array();
  return { reader, signed: { tbs, signatureAlgorithm, signature } };
}

/** RFC 5280 §4.1.1.2, §5.1.1.2: the field signature holds the same algorithm identifier as signatureAlgorithm. */
export function requireSameAlgorithm(fields: DerReader, { signatureAlgorithm }: Signed): void {
  const start = fields.offset;
  if (Buffer.compare(fields.any(), signatureAlgorithm) !== 0) fields.failAt(start, "two signature algorithms");
}

/** issuerUniqueID or subjectUniqueID, `[n] IMPLICIT BIT STRING OPTIONAL` (RFC 5280 §4.1.2.8): they say nothing here. */
function skipUniqueIdentifier(fields: DerReader, identifier: number): void {
  if (!fields.startsWith(identifier)) return;
  const start = fields.offset;
  const [unused = 8, ...octets] = fields.contents(identifier);
  if (unused > 7 || (unused > 0 && octets.length === 0))
    fields.failAt(start, "a unique identifier that is no BIT STRING");
}

/** `version [0] EXPLICIT INTEGER DEFAULT v1` (RFC 5280 §4.1.2.1). */
function readVersion(fields: DerReader): 1 | 2 | 3 {
  if (!fields.startsWith(0xa0)) return 1;
  const tagged = fields.enter(0xa0);
  const number = tagged.smallInteger();
  tagged.finish();
  return number === 1 ? 2 : number === 2 ? 3 : tagged.fail("a version other than v1, v2 and v3");
}
