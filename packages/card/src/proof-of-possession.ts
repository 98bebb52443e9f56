import { createHash } from "node:crypto";
import { CASE_CHALLENGE_LENGTH } from "./secure-messaging.ts";
import type { KeyAlgorithm } from "./write-profile.ts";

/** What a proof of possession is bound to. */
export interface ProofOfPossessionSubject {
  /** The CA's challenge for this case, 32 bytes. */
  readonly caseChallenge: Uint8Array;
  readonly caseId: string;
  readonly cardNumber: string;
  /** DER SubjectPublicKeyInfo of the new key. */
  readonly spki: Uint8Array;
}

/**
 * The message that the new key signs to show that its owner has it (千葉県運用規程 3-1-11): a fixed prefix, the case's challenge,
 * the case, the card, and the key itself. Each variable part carries its length, so no two subjects share a message.
 */
export function proofOfPossessionMessage(subject: ProofOfPossessionSubject): Uint8Array {
  if (subject.caseChallenge.length !== CASE_CHALLENGE_LENGTH) throw new RangeError("a case challenge is 32 bytes");
  const parts = [
    subject.caseChallenge,
    Buffer.from(subject.caseId, "utf8"),
    Buffer.from(subject.cardNumber, "ascii"),
    createHash("sha256").update(subject.spki).digest(),
  ];
  const bytes = [Buffer.from("mitome-proof-of-possession-v1\0", "ascii")];
  for (const part of parts) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    bytes.push(length, Buffer.from(part));
  }
  return new Uint8Array(Buffer.concat(bytes));
}

/**
 * Hash of the proof's signature: RSASSA-PKCS1-v1_5 with SHA-256 for RSA keys, ECDSA with SHA-384 (DER ECDSA-Sig-Value) for P-384.
 */
export function proofOfPossessionHash(algorithm: KeyAlgorithm): "sha256" | "sha384" {
  return algorithm === "p-384" ? "sha384" : "sha256";
}

const DIGEST_INFO_PREFIX = {
  sha256: "3031300d060960864801650304020105000420",
  sha384: "3041300d060960864801650304020205000430",
} as const;

/**
 * The DigestInfo (RFC 8017 §9.2) of a message, as PERFORM SECURITY OPERATION takes it. The card's own profile for P-384 takes
 * the same structure.
 */
export function digestInfoOf(hash: "sha256" | "sha384", message: Uint8Array): Uint8Array {
  const digest = createHash(hash).update(message).digest();
  return new Uint8Array(Buffer.concat([Buffer.from(DIGEST_INFO_PREFIX[hash], "hex"), digest]));
}
