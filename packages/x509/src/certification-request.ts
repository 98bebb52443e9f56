import { brandDer, type Der } from "./der.ts";
import { DerReader } from "./der-reader.ts";
import { bitString, contextConstructed, sequence, unsignedInteger } from "./der-writer.ts";
import { type DistinguishedName, encodeName, readName } from "./distinguished-name.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm, signatureAlgorithms } from "./signature-algorithm.ts";
import { verifySignature } from "./verify-signature.ts";

/** A PKCS #10 request read back; attributes are not interpreted. */
export interface CertificationRequest {
  readonly certificationRequestInfo: Der<"CertificationRequestInfo">;
  readonly subject: DistinguishedName;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

const version1 = unsignedInteger(Uint8Array.of(0));

/**
 * What the requester signs, without attributes.
 *
 * ```asn1
 * CertificationRequestInfo ::= SEQUENCE {        -- RFC 2986 §4.1
 *   version INTEGER { v1(0) }, subject Name, subjectPKInfo SubjectPublicKeyInfo, attributes [0] Attributes }
 * ```
 */
export function encodeCertificationRequestInfo(
  subject: DistinguishedName,
  spki: Der<"SubjectPublicKeyInfo">,
): Der<"CertificationRequestInfo"> {
  return brandDer(sequence(version1, encodeName(subject), spki, contextConstructed(0)));
}

/** `CertificationRequest ::= SEQUENCE { certificationRequestInfo, signatureAlgorithm, signature BIT STRING }` (RFC 2986 §4.2). */
export function assembleCertificationRequest(
  info: Der<"CertificationRequestInfo">,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
): Der<"CertificationRequest"> {
  return brandDer(sequence(info, signatureAlgorithms[algorithm].encoded, bitString(signature)));
}

/** Reads a PKCS #10 request strictly; throws `MalformedDer`. Its signature is not verified. */
export function parseCertificationRequest(bytes: Uint8Array): CertificationRequest {
  const reader = new DerReader(bytes);
  const request = reader.sequence();
  reader.finish();
  const start = request.offset;
  const info = request.sequence();
  const certificationRequestInfo = brandDer<"CertificationRequestInfo">(request.since(start));
  if (info.smallInteger() !== 0) info.fail("a version other than v1");
  const subject = readName(info).name;
  const subjectPublicKeyInfo = brandDer<"SubjectPublicKeyInfo">(info.any());
  info.contents(0xa0);
  info.finish();
  const signatureAlgorithm = readSignatureAlgorithm(request);
  const signature = request.bitString();
  request.finish();
  return { certificationRequestInfo, subject, subjectPublicKeyInfo, signatureAlgorithm, signature };
}

/** Whether the request is signed with the key it names (proof of possession, RFC 2986 §3). */
export function verifyCertificationRequest(request: CertificationRequest): boolean {
  return verifySignature(
    request.subjectPublicKeyInfo,
    request.signatureAlgorithm,
    request.certificationRequestInfo,
    request.signature,
  );
}
