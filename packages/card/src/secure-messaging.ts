import { createCipheriv, createHash } from "node:crypto";
import { cmac as aesCmac } from "@noble/ciphers/aes.js";

// The byte strings on which card, CA and HSM must agree. The card computes them with its own key, the CA's card-management
// token with the same key diversified inside the HSM; nobody in between (agent, kiosk server, terminal) holds any of the keys.

/** Length in bytes of the card's and the host's challenge. */
export const CHALLENGE_LENGTH = 16;
/** Length in bytes of every MAC and cryptogram: a full, untruncated AES-CMAC. */
export const MAC_LENGTH = 16;
/** Length in bytes of the CA's challenge for one case. */
export const CASE_CHALLENGE_LENGTH = 32;

const sha256 = (...parts: readonly (string | Uint8Array)[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

const join = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "ascii") : part))));

const u32be = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, false);
  return bytes;
};

/**
 * 32 bytes of derivation data for one card's key: card key = AES-256-CBC(master key, this, IV 0), in the token by
 * CKM_AES_CBC_ENCRYPT_DATA. `cardNumber` is the 16-character number in ASCII.
 */
export function cardKeyDerivationData(cardNumber: string): Uint8Array {
  return sha256("mitome-card-key-v1", cardNumber);
}

/** 32 bytes of derivation data for a session key: session key = AES-256-CBC(card key, this, IV 0). */
export function sessionKeyDerivationData(cardChallenge: Uint8Array, hostChallenge: Uint8Array): Uint8Array {
  return sha256("mitome-card-session-v1", cardChallenge, hostChallenge);
}

/** What the CA proves its session key over, so that the card knows it speaks with the CA. */
export function hostCryptogramInput(cardChallenge: Uint8Array, hostChallenge: Uint8Array): Uint8Array {
  return join("host", cardChallenge, hostChallenge);
}

/** What the card proves its session key over, so that the CA knows it speaks with a card from its own stock. */
export function cardCryptogramInput(cardChallenge: Uint8Array, hostChallenge: Uint8Array): Uint8Array {
  return join("card", hostChallenge, cardChallenge);
}

/** One secured command as the CA authorises it: the payload itself may be secret, so only its SHA-256 takes part. */
export interface AuthorisedCommand {
  /** Rises by one with each secured command of a session; the first is 1. */
  readonly counter: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** SHA-256 of the payload, 32 bytes. */
  readonly payloadDigest: Uint8Array;
}

/** MAC input of one secured command: "cmd", counter (4 bytes, big-endian), INS, P1, P2, SHA-256(payload). */
export function commandMacInput(command: AuthorisedCommand): Uint8Array {
  return join("cmd", u32be(command.counter), Uint8Array.of(command.ins, command.p1, command.p2), command.payloadDigest);
}

/** What a card says about a key that it made itself. */
export interface KeyOrigin {
  /** Counter of the GENERATE command that made the key. */
  readonly counter: number;
  readonly cardNumber: string;
  /** 32 bytes. */
  readonly caseChallenge: Uint8Array;
  /** SHA-256 of the DER SubjectPublicKeyInfo, 32 bytes. */
  readonly spkiDigest: Uint8Array;
}

/** MAC input by which the card vouches that it made this key for this case. 千葉県運用規程 6-2-2(4). */
export function originMacInput(origin: KeyOrigin): Uint8Array {
  return join("origin", u32be(origin.counter), origin.cardNumber, origin.caseChallenge, origin.spkiDigest);
}

/** AES-256-CBC of 32 bytes with a zero IV and no padding: the derivation that the token does as CKM_AES_CBC_ENCRYPT_DATA. */
export function deriveKey(key: Uint8Array, derivationData: Uint8Array): Uint8Array {
  if (key.length !== 32 || derivationData.length !== 32) throw new RangeError("key and derivation data are 32 bytes");
  const cipher = createCipheriv("aes-256-cbc", key, new Uint8Array(16)).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([cipher.update(derivationData), cipher.final()]));
}

/** AES-256-CMAC (NIST SP 800-38B), 16 bytes. */
export function cmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return aesCmac(message, key);
}
