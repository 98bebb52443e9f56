import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { type SignatureAlgorithm, signatureAlgorithms } from "./signature-algorithm.ts";

/** How an ECDSA signature is written: X.509's SEQUENCE { r, s }, or r and s side by side (IEEE P1363). */
export type EcdsaSignatureFormat = "der" | "ieee-p1363";

/** A public key ready to verify with, for keys that verify many times. */
export type VerificationKey = KeyObject;

/** Prepares a SubjectPublicKeyInfo; throws when the bytes are no usable key (such as a point that is not on its curve). */
export function verificationKey(spki: Uint8Array): VerificationKey {
  return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
}

/** Whether `signature` over `data` is right under the key and algorithm; an unusable key or one of another kind is `false`. */
export function verifySignature(
  key: Uint8Array | VerificationKey,
  algorithm: SignatureAlgorithm,
  data: Uint8Array,
  signature: Uint8Array,
  format: EcdsaSignatureFormat = "der",
): boolean {
  const { digest, key: kind } = signatureAlgorithms[algorithm];
  try {
    const publicKey = key instanceof Uint8Array ? verificationKey(key) : key;
    if (publicKey.asymmetricKeyType !== kind) return false;
    return verify(digest, data, { key: publicKey, dsaEncoding: format }, signature);
  } catch {
    return false;
  }
}
