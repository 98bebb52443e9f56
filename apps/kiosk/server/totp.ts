import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 6238 §5.2: length of a time step, in seconds. */
const period = 30;
const digits = 6;

/** The time step in which an instant lies: RFC 6238 §4.2, T0 = 0. */
export function stepAt(instant: Date): number {
  return Math.floor(instant.getTime() / 1_000 / period);
}

/** The code of a time step: RFC 4226 §5.3 with HMAC-SHA-1, six digits, as every authenticator app computes it. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const truncated = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(truncated % 10 ** digits).padStart(digits, "0");
}

/**
 * The time step that a code belongs to, or null. RFC 6238 §5.2: one step of drift either way is allowed, and no step up
 * to `lastStep`, the newest whose code was taken, is good again.
 */
export function matchingStep(secret: Uint8Array, code: string, now: Date, lastStep: number): number | null {
  if (!/^[0-9]{6}$/.test(code)) return null;
  const present = stepAt(now);
  const given = Buffer.from(code, "ascii");
  let found: number | null = null;
  for (const step of [present - 1, present, present + 1]) {
    const isRight = timingSafeEqual(Buffer.from(totpCode(secret, step), "ascii"), given);
    if (isRight && step > lastStep) found ??= step;
  }
  return found;
}

/** RFC 4648 §6, without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const fives = bits.match(/.{1,5}/g) ?? [];
  return fives.map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** The `otpauth://` URI that authenticator apps take, as text or from a QR code. */
export function otpauthUri(secret: Uint8Array, municipalityName: string, account: string): string {
  const issuer = encodeURIComponent(`Mitome ${municipalityName}`);
  const parameters = `secret=${base32(secret)}&issuer=${issuer}&algorithm=SHA1&digits=${digits}&period=${period}`;
  return `otpauth://totp/${issuer}:${encodeURIComponent(account)}?${parameters}`;
}
