import { createHash } from "node:crypto";
import type { Certificate } from "./certificate.ts";
import { brandDer, type Der } from "./der.ts";
import { DerReader } from "./der-reader.ts";
import { nullElement, objectIdentifier, octetString, sequence, unsignedInteger } from "./der-writer.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";
import { type SerialNumber, serialNumberBytes, serialNumberOf } from "./serial-number.ts";

/** Digests by which a CertID names its issuer here. RFC 2560 knows SHA-1 alone; as an identifier it signs nothing. */
export type CertIdHash = "sha1" | "sha256";

const hashOids = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
} as const satisfies { readonly [Hash in CertIdHash]: ObjectIdentifier };

/**
 * Which certificate is asked about. `serialNumber` is `undefined` for a number that no certificate has (zero, negative or
 * above 20 octets): a question all the same; `serialContents` are the octets of its INTEGER. `encoded` is what the answer
 * repeats octet for octet.
 */
export interface CertId {
  readonly hashAlgorithm: CertIdHash | ObjectIdentifier;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serialNumber: SerialNumber | undefined;
  readonly serialContents: Uint8Array;
  readonly encoded: Der<"CertID">;
}

/** What of a certification authority a CertID names. */
export type CertIdIssuer = Pick<Certificate, "encodedSubject" | "subjectPublicKeyInfo">;

/** The digests by which a CertID names an issuer: of its name in DER, and of the bits of its public key. */
export function certIdIssuerHashes(hashAlgorithm: CertIdHash, issuer: CertIdIssuer) {
  const key = new DerReader(issuer.subjectPublicKeyInfo).sequence();
  key.any();
  const issuerNameHash = createHash(hashAlgorithm).update(issuer.encodedSubject).digest();
  const issuerKeyHash = createHash(hashAlgorithm).update(key.bitString()).digest();
  return { issuerNameHash, issuerKeyHash } as const;
}

/**
 * The CertID of a certificate by its issuer and serial number.
 *
 * ```asn1
 * CertID ::= SEQUENCE {                          -- RFC 6960 §4.1.1
 *   hashAlgorithm AlgorithmIdentifier,
 *   issuerNameHash OCTET STRING,
 *   issuerKeyHash OCTET STRING,
 *   serialNumber CertificateSerialNumber }
 * ```
 */
export function makeCertId(hashAlgorithm: CertIdHash, issuer: CertIdIssuer, serialNumber: SerialNumber): CertId {
  const { issuerNameHash, issuerKeyHash } = certIdIssuerHashes(hashAlgorithm, issuer);
  const algorithm = sequence(objectIdentifier(hashOids[hashAlgorithm]), nullElement);
  const serial = unsignedInteger(serialNumberBytes(serialNumber));
  const encoded = brandDer<"CertID">(
    sequence(algorithm, octetString(issuerNameHash), octetString(issuerKeyHash), serial),
  );
  return { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber, serialContents: serial.subarray(2), encoded };
}

/** Reads a CertID; throws `MalformedDer`. Digests of any algorithm and length are kept. */
export function readCertId(reader: DerReader): CertId {
  const start = reader.offset;
  const fields = reader.sequence();
  const algorithm = fields.sequence();
  const oid = algorithm.objectIdentifier();
  // RFC 5754 §2: NULL or nothing; both are met.
  if (!algorithm.atEnd) algorithm.any();
  algorithm.finish();
  const issuerNameHash = fields.octetString();
  const issuerKeyHash = fields.octetString();
  const serialContents = fields.integer();
  fields.finish();
  return {
    hashAlgorithm: oid === hashOids.sha1 ? "sha1" : oid === hashOids.sha256 ? "sha256" : oid,
    ...{ issuerNameHash, issuerKeyHash, serialNumber: serialNumberIn(serialContents), serialContents },
    encoded: brandDer(reader.since(start)),
  };
}

function serialNumberIn(contents: Uint8Array): SerialNumber | undefined {
  const [first = 0] = contents;
  return first < 0x80 ? serialNumberOf(contents) : undefined;
}
