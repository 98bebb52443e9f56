import { createHash } from "node:crypto";
import { brandDer, type Der } from "./der.ts";
import { DerReader } from "./der-reader.ts";
import { bitString, nullElement, objectIdentifier, sequence, unsignedInteger } from "./der-writer.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";

/** Elliptic curves of RFC 5480 that this system signs and verifies with. */
export type EllipticCurve = "P-256" | "P-384";

/** A public key: RSA numbers are big-endian magnitudes without leading zero octets, a point is uncompressed (04 x y). */
export type PublicKey =
  | { readonly kind: "rsa"; readonly modulus: Uint8Array; readonly exponent: Uint8Array }
  | { readonly kind: "ec"; readonly curve: EllipticCurve; readonly point: Uint8Array }
  | { readonly kind: "other"; readonly algorithm: ObjectIdentifier };

const rsaEncryption = "1.2.840.113549.1.1.1";
const idEcPublicKey = "1.2.840.10045.2.1";
const curveOids: { readonly [Curve in EllipticCurve]: ObjectIdentifier } = {
  "P-256": "1.2.840.10045.3.1.7",
  "P-384": "1.3.132.0.34",
};
/** Octets of one coordinate. */
const coordinateOctets: { readonly [Curve in EllipticCurve]: number } = { "P-256": 32, "P-384": 48 };

const rsaAlgorithm = sequence(objectIdentifier(rsaEncryption), nullElement);

/**
 * SubjectPublicKeyInfo of an RSA key (RFC 3279 §2.3.1); both numbers big-endian magnitudes.
 *
 * ```asn1
 * RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
 * ```
 */
export function rsaSubjectPublicKeyInfo(modulus: Uint8Array, exponent: Uint8Array): Der<"SubjectPublicKeyInfo"> {
  const key = sequence(unsignedInteger(modulus), unsignedInteger(exponent));
  return brandDer(sequence(rsaAlgorithm, bitString(key)));
}

/** SubjectPublicKeyInfo of a key on a named curve (RFC 5480 §2); `point` is uncompressed. */
export function ecSubjectPublicKeyInfo(curve: EllipticCurve, point: Uint8Array): Der<"SubjectPublicKeyInfo"> {
  const algorithm = sequence(objectIdentifier(idEcPublicKey), objectIdentifier(curveOids[curve]));
  return brandDer(sequence(algorithm, bitString(point)));
}

/** The key inside a SubjectPublicKeyInfo; throws `MalformedDer`. Whether the numbers make a good key is another question. */
export function parseSubjectPublicKeyInfo(spki: Uint8Array): PublicKey {
  const reader = new DerReader(spki);
  const fields = reader.sequence();
  reader.finish();
  const algorithm = fields.sequence();
  const oid = algorithm.objectIdentifier();
  const key = fields.bitString();
  fields.finish();
  if (oid === rsaEncryption) {
    algorithm.null();
    algorithm.finish();
    return parseRsaPublicKey(key);
  }
  if (oid !== idEcPublicKey) return { kind: "other", algorithm: oid };
  const curve = algorithm.objectIdentifier();
  algorithm.finish();
  for (const name of ["P-256", "P-384"] as const) {
    if (curveOids[name] !== curve) continue;
    if (key.length !== 1 + 2 * coordinateOctets[name] || key[0] !== 4) fields.fail("a point that is not uncompressed");
    return { kind: "ec", curve: name, point: key };
  }
  return { kind: "other", algorithm: curve };
}

function parseRsaPublicKey(bytes: Uint8Array): PublicKey {
  const reader = new DerReader(bytes);
  const numbers = reader.sequence();
  reader.finish();
  const modulus = numbers.unsignedInteger();
  const exponent = numbers.unsignedInteger();
  numbers.finish();
  return { kind: "rsa", modulus, exponent };
}

/** Key identifier of RFC 5280 §4.2.1.2 method (1): SHA-1 over the bits of subjectPublicKey, 20 octets. */
export function keyIdentifier(spki: Der<"SubjectPublicKeyInfo">): Uint8Array {
  const fields = new DerReader(spki).sequence();
  fields.any();
  return createHash("sha1").update(fields.bitString()).digest();
}

/**
 * SHA-256 over the numbers of a key, whatever SubjectPublicKeyInfo carried them, 32 octets: two encodings of one key have one
 * hash. RSA: modulus and exponent, each behind its length; EC: the curve's name and the uncompressed point.
 */
export function canonicalKeyHash(spki: Uint8Array): Uint8Array {
  const key = parseSubjectPublicKeyInfo(spki);
  const hash = createHash("sha256");
  if (key.kind === "other") return hash.update("other\0").update(spki).digest();
  if (key.kind === "ec") return hash.update(`ec\0${key.curve}\0`).update(key.point).digest();
  return hash.update(`rsa\0${key.modulus.length}\0`).update(key.modulus).update(key.exponent).digest();
}
