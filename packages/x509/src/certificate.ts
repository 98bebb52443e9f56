import { brandDer, type Der } from "./der.ts";
import { DerReader } from "./der-reader.ts";
import { bitString, contextConstructed, sequence, time, unsignedInteger } from "./der-writer.ts";
import { type DistinguishedName, encodeName, readName } from "./distinguished-name.ts";
import { type Extension, encodeExtension, readTaggedExtensions } from "./extensions.ts";
import { type SerialNumber, serialNumberBytes, serialNumberOf } from "./serial-number.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm, signatureAlgorithms } from "./signature-algorithm.ts";
import { parseSubjectPublicKeyInfo } from "./subject-public-key-info.ts";

/** Both instants belong to the period; whole seconds (RFC 5280 §4.1.2.5). */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What a version 3 TBSCertificate is made of. */
export interface TbsCertificateFields {
  readonly serialNumber: SerialNumber;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly issuer: DistinguishedName;
  readonly validity: Validity;
  readonly subject: DistinguishedName;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly extensions: readonly Extension[];
}

/** A TBSCertificate read back, with the exact octets of those parts that are compared as octets. */
export interface TbsCertificate extends TbsCertificateFields {
  readonly tbs: Der<"TBSCertificate">;
  readonly encodedIssuer: Der<"Name">;
  readonly encodedSubject: Der<"Name">;
  readonly encodedValidity: Uint8Array;
}

/** A certificate read back; `signature` is the octets of signatureValue. */
export interface Certificate extends TbsCertificate {
  readonly der: Der<"Certificate">;
  readonly signature: Uint8Array;
}

const version3 = contextConstructed(0, unsignedInteger(Uint8Array.of(2)));

/**
 * ```asn1
 * TBSCertificate ::= SEQUENCE {                  -- RFC 5280 §4.1
 *   version [0] EXPLICIT Version,                -- v3
 *   serialNumber CertificateSerialNumber,
 *   signature AlgorithmIdentifier,
 *   issuer Name,
 *   validity SEQUENCE { notBefore Time, notAfter Time },
 *   subject Name,
 *   subjectPublicKeyInfo SubjectPublicKeyInfo,
 *   extensions [3] EXPLICIT SEQUENCE SIZE (1..MAX) OF Extension }
 * ```
 */
export function encodeTbsCertificate(fields: TbsCertificateFields): Der<"TBSCertificate"> {
  return brandDer(
    sequence(
      version3,
      unsignedInteger(serialNumberBytes(fields.serialNumber)),
      signatureAlgorithms[fields.signatureAlgorithm].encoded,
      encodeName(fields.issuer),
      encodeValidity(fields.validity),
      encodeName(fields.subject),
      fields.subjectPublicKeyInfo,
      contextConstructed(3, sequence(...fields.extensions.map(encodeExtension))),
    ),
  );
}

/** `Validity ::= SEQUENCE { notBefore Time, notAfter Time }` (RFC 5280 §4.1.2.5). */
export function encodeValidity({ notBefore, notAfter }: Validity): Uint8Array {
  return sequence(time(notBefore), time(notAfter));
}

/** `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }`; ECDSA signatures in DER. */
export function assembleCertificate(
  tbs: Der<"TBSCertificate">,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
): Der<"Certificate"> {
  return brandDer(sequence(tbs, signatureAlgorithms[algorithm].encoded, bitString(signature)));
}

/** Reads a version 3 TBSCertificate strictly; throws `MalformedDer`. Extension values stay encoded. */
export function parseTbsCertificate(bytes: Uint8Array): TbsCertificate {
  const reader = new DerReader(bytes);
  const tbs = readTbsCertificate(reader);
  reader.finish();
  return tbs;
}

/** Reads a certificate strictly; throws `MalformedDer`. Nothing is verified. */
export function parseCertificate(bytes: Uint8Array): Certificate {
  const reader = new DerReader(bytes);
  const fields = reader.sequence();
  reader.finish();
  const tbs = readTbsCertificate(fields);
  const start = fields.offset;
  // RFC 5280 §4.1.1.2: the same algorithm identifier as in the signature field.
  if (readSignatureAlgorithm(fields) !== tbs.signatureAlgorithm) fields.failAt(start, "two signature algorithms");
  const signature = fields.bitString();
  fields.finish();
  return { ...tbs, der: brandDer(bytes), signature };
}

function readTbsCertificate(reader: DerReader): TbsCertificate {
  const start = reader.offset;
  const fields = reader.sequence();
  const version = fields.enter(0xa0);
  if (version.smallInteger() !== 2) version.fail("a version other than v3");
  version.finish();
  const serialStart = fields.offset;
  const serialNumber =
    serialNumberOf(fields.unsignedInteger()) ??
    fields.failAt(serialStart, "a serial number that is zero or longer than 20 octets");
  const signatureAlgorithm = readSignatureAlgorithm(fields);
  const issuer = readName(fields);
  const validityStart = fields.offset;
  const period = fields.sequence();
  const encodedValidity = fields.since(validityStart);
  const validity = { notBefore: period.time(), notAfter: period.time() };
  period.finish();
  const subject = readName(fields);
  const subjectPublicKeyInfo = brandDer<"SubjectPublicKeyInfo">(fields.any());
  parseSubjectPublicKeyInfo(subjectPublicKeyInfo);
  const extensions = readTaggedExtensions(fields, 3);
  fields.finish();
  return {
    tbs: brandDer(reader.since(start)),
    serialNumber,
    signatureAlgorithm,
    issuer: issuer.name,
    encodedIssuer: issuer.encoded,
    validity,
    encodedValidity,
    subject: subject.name,
    encodedSubject: subject.encoded,
    subjectPublicKeyInfo,
    extensions,
  };
}
