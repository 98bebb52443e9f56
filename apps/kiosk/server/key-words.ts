import { createHash, createPublicKey } from "node:crypto";

/** SHA-256 of a public key (base64 SPKI) in upper-case groups of four, for people to compare. */
export function keyFingerprint(publicKey: string): string {
  const hex = createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex").toUpperCase();
  return hex.match(/.{4}/g)?.join(" ") ?? hex;
}

/** Algorithm and size of a public key (base64 SPKI) in words: `RSA 2048`, `EC secp384r1`. */
export function keyAlgorithm(publicKey: string): string {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), type: "spki", format: "der" });
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return `${String(key.asymmetricKeyType).toUpperCase()} ${modulusLength ?? namedCurve}`;
}
