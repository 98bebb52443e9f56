import { sequence, unsignedInteger } from "./der-writer.ts";

/** Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } from r || s as PKCS#11 and IEEE P1363 have it (RFC 3279 §2.2.3). */
export function ecdsaSignatureValue(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return sequence(unsignedInteger(raw.subarray(0, half)), unsignedInteger(raw.subarray(half)));
}
