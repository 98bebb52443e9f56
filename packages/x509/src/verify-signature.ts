import { createPublicKey, createVerify, type KeyObject, verify } from "node:crypto";
import { ecdsaSignatureValue } from "./ecdsa-signature-value.ts";
import { type SignatureAlgorithm, signatureAlgorithms } from "./signature-algorithm.ts";

/** How an ECDSA signature is written: X.509's SEQUENCE { r, s }, or r and s side by side (IEEE P1363). */
export type EcdsaSignatureFormat = "der" | "ieee-p1363";

/** A public key ready to verify with, for keys that verify many times. */
export type VerificationKey = KeyObject;

/** Prepares a SubjectPublicKeyInfo; throws when the bytes are no usable key (such as a point that is not on its curve). */
export function verificationKey(spki: Uint8Array): VerificationKey {
  // As text: given an object, Node raises and catches an error of its own each time, which costs more than reading the key.
  const base64 = Buffer.from(spki).toString("base64");
  return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`);
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
    // The key itself, for the same reason.
    return verify(digest, data, publicKey, format === "der" ? signature : ecdsaSignatureValue(signature));
  } catch {
    return false;
  }
}

/** The check of a signature over octets that come piece by piece. */
export interface StreamedVerification {
  update(octets: Uint8Array): void;
  /** Whether the key signed all of them; asked once. An ECDSA signature is in X.509's form. */
  isSignedBy(key: VerificationKey, signature: Uint8Array): boolean;
}

/** Begins the check of a signature by this algorithm. */
export function streamedVerification(algorithm: SignatureAlgorithm): StreamedVerification {
  const { digest, key: kind } = signatureAlgorithms[algorithm];
  const check = createVerify(digest);
  return {
    update: (octets) => void check.update(octets),
    isSignedBy: (key, signature) => key.asymmetricKeyType === kind && check.verify(key, signature),
  };
}
