import type { DerReader } from "./der-reader.ts";
import { nullElement, objectIdentifier, sequence } from "./der-writer.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";

/**
 * Signature algorithms by their names in RFC 3279, RFC 4055 and RFC 5758.
 * sha1WithRSAEncryption is for the historical reproduction of the suite of 2014 only.
 */
export type SignatureAlgorithm =
  | "sha256WithRSAEncryption"
  | "ecdsa-with-SHA256"
  | "ecdsa-with-SHA384"
  | "sha1WithRSAEncryption";

/** Digest algorithms by their names in `node:crypto`. */
export type DigestAlgorithm = "sha1" | "sha256" | "sha384";

interface AlgorithmFacts {
  readonly oid: ObjectIdentifier;
  readonly key: "rsa" | "ec";
  readonly digest: DigestAlgorithm;
  readonly encoded: Uint8Array;
}

// RFC 3279 §2.2.1, RFC 4055 §5: RSA with NULL parameters. RFC 5758 §3.2: ECDSA without parameters.
function facts(oid: ObjectIdentifier, key: "rsa" | "ec", digest: DigestAlgorithm): AlgorithmFacts {
  const encoded = key === "rsa" ? sequence(objectIdentifier(oid), nullElement) : sequence(objectIdentifier(oid));
  return { oid, key, digest, encoded };
}

/** What each signature algorithm is made of, and its AlgorithmIdentifier in DER. */
export const signatureAlgorithms: { readonly [Algorithm in SignatureAlgorithm]: AlgorithmFacts } = {
  sha256WithRSAEncryption: facts("1.2.840.113549.1.1.11", "rsa", "sha256"),
  "ecdsa-with-SHA256": facts("1.2.840.10045.4.3.2", "ec", "sha256"),
  "ecdsa-with-SHA384": facts("1.2.840.10045.4.3.3", "ec", "sha384"),
  sha1WithRSAEncryption: facts("1.2.840.113549.1.1.5", "rsa", "sha1"),
};

/** Reads an AlgorithmIdentifier; an algorithm outside the vocabulary, or with other parameters, is refused. */
export function readSignatureAlgorithm(reader: DerReader): SignatureAlgorithm {
  const start = reader.offset;
  const identifier = reader.any();
  for (const [name, { encoded }] of Object.entries(signatureAlgorithms)) {
    if (Buffer.compare(identifier, encoded) === 0) return name as SignatureAlgorithm;
  }
  return reader.failAt(start, "a signature algorithm outside the vocabulary");
}

const digestIdentifiers: { readonly [Digest in DigestAlgorithm]: Uint8Array } = {
  sha1: sequence(objectIdentifier("1.3.14.3.2.26"), nullElement),
  sha256: sequence(objectIdentifier("2.16.840.1.101.3.4.2.1"), nullElement),
  sha384: sequence(objectIdentifier("2.16.840.1.101.3.4.2.2"), nullElement),
};

/**
 * What RSASSA-PKCS1-v1_5 pads and signs, for tokens that take it ready-made (CKM_RSA_PKCS).
 *
 * ```asn1
 * DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }   -- RFC 8017 §9.2
 * ```
 */
export function digestInfo(algorithm: DigestAlgorithm, digest: Uint8Array): Uint8Array {
  return sequence(digestIdentifiers[algorithm], Uint8Array.of(0x04, digest.length), digest);
}
