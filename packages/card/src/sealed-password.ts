import { z } from "zod";

// Runs in the page, in the agent and in the kiosk server: nothing of Node may be imported here.

/**
 * HPKE (RFC 9180) suite by which a password travels from the resident's screen to the agent:
 * base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; empty AAD; one message a context.
 */
export const SEALED_PASSWORD_SUITE = { kem: 0x0020, kdf: 0x0001, aead: 0x0002 } as const;

/** Operations that carry a password. */
export const passwordOperation = z.enum(["makeKey", "verifyPassword", "changePassword", "readCertificates"]);

/** What a sealed password is bound to: it opens for this one command and no other. */
export const sealedPasswordBinding = z.strictObject({
  terminal: z.string().min(1).max(64),
  caseId: z.string().min(1).max(64),
  attempt: z.int().min(1),
  cardNumber: z.string().regex(/^[0-9A-Z]{16}$/),
  operation: passwordOperation,
  commandNumber: z.int().min(1),
});
/** See {@link sealedPasswordBinding}. */
export type SealedPasswordBinding = z.infer<typeof sealedPasswordBinding>;

/**
 * The HPKE `info` bytes: "mitome-password-v1", a zero byte, then the binding as JSON with its keys in exactly this order and
 * no white space.
 */
export function sealedPasswordInfo(binding: SealedPasswordBinding): Uint8Array<ArrayBuffer> {
  const { terminal, caseId, attempt, cardNumber, operation, commandNumber } = binding;
  const json = JSON.stringify({ terminal, caseId, attempt, cardNumber, operation, commandNumber });
  return new TextEncoder().encode(`mitome-password-v1\0${json}`);
}

/**
 * The plaintext: the password in ASCII. For `changePassword` the current password, one zero byte, the new one.
 * Overwrite the returned bytes after sealing.
 */
export function sealedPasswordPlaintext(
  password: string | { readonly current: string; readonly next: string },
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(typeof password === "string" ? password : `${password.current}\0${password.next}`);
}

/** A sealed password on the wire: base64 of HPKE's encapsulated key (32 bytes) and of ciphertext with tag. */
export const sealedPassword = z.strictObject({
  enc: z.base64().length(44),
  ciphertext: z.base64().max(128),
});
/** See {@link sealedPassword}. */
export type SealedPassword = z.infer<typeof sealedPassword>;

/**
 * The agent's HPKE key as the gateway and the page receive it. `signature` is ECDSA P-256 SHA-256 (r‖s, 64 bytes) by the
 * terminal's equipment key over {@link sessionKeyMessage}; `terminalCertificate` is that key's certificate in DER.
 */
export const terminalSessionKey = z.strictObject({
  publicKey: z.base64().length(44),
  signature: z.base64().length(88),
  terminalCertificate: z.base64().max(8192),
});
/** See {@link terminalSessionKey}. */
export type TerminalSessionKey = z.infer<typeof terminalSessionKey>;

/** What the terminal's equipment key signs: "mitome-session-key-v1", a zero byte, the terminal, a zero byte, the raw key. */
export function sessionKeyMessage(terminal: string, publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const label = new TextEncoder().encode(`mitome-session-key-v1\0${terminal}\0`);
  const message = new Uint8Array(label.length + publicKey.length);
  message.set(label);
  message.set(publicKey, label.length);
  return message;
}
