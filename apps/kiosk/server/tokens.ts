import { createHash, randomBytes } from "node:crypto";

/** A secret of 256 bits for a cookie or a code, and the hash under which alone it is stored. */
export function makeToken(): { readonly token: string; readonly hash: Uint8Array } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashToken(token) };
}

export function hashToken(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
