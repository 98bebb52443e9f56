// Our own write profile: ISO 7816-4/-8 commands that the virtual card understands beyond the public JPKI set. How a real card
// is administered is not public; a real card's profile would be one more file beside this one. docs/card.md lists both.

/** Key algorithms a card can make, and their one-byte reference in GENERATE ASYMMETRIC KEY PAIR. */
export const KEY_ALGORITHMS = { "rsa-2048": 0x01, "p-384": 0x02, "rsa-1024": 0x03 } as const;
/** Algorithm of a subscriber's key pair. `rsa-1024` exists only on cards made for historical reproduction (suite cps-2014). */
export type KeyAlgorithm = keyof typeof KEY_ALGORITHMS;

/** The algorithm with this reference byte, or `undefined`. */
export function keyAlgorithmOf(reference: number): KeyAlgorithm | undefined {
  for (const name of ["rsa-2048", "p-384", "rsa-1024"] as const) if (KEY_ALGORITHMS[name] === reference) return name;
  return undefined;
}

/** CLA of a secured command: data field = counter (4 bytes) ‖ payload ‖ CMAC (16 bytes). */
export const CLA_SECURED = 0x84;

/** Instructions of the write profile. All but `mutualAuthenticate` are secured. */
export const WRITE_INS = {
  eraseSignatureApplication: 0x0e,
  resetRetryCounter: 0x2c,
  generateKeyPair: 0x46,
  mutualAuthenticate: 0x82,
  /** UPDATE BINARY with odd INS: P1-P2 name the file, so that the MAC covers it; payload = 54 02 offset, 53 length data. */
  updateBinary: 0xd7,
} as const;

/** GET DATA tags (P1-P2), readable without authentication. */
export const DATA_TAG = { cardNumber: 0xdf01, cardStatus: 0xdf02 } as const;

/** Largest payload of a secured command: Lc 255 less counter and MAC. */
export const MAX_PAYLOAD = 255 - 4 - 16;
/** Room for one certificate. */
export const CERTIFICATE_FILE_SIZE = 4096;
/** Length of the random prefix that hides a password inside its commitment. */
export const PASSWORD_NONCE_LENGTH = 16;
