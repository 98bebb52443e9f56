import type { AccessProblem } from "@mitome/ra";
import { hash, verify } from "@node-rs/argon2";

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const argon2id = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

// Verified against when there is no such account, so that the time taken tells nothing.
const nobodysHash = hash("no account has this password", argon2id);

/** Hash of a clerk's password, argon2id in PHC form. */
export function hashClerkPassword(password: string): Promise<string> {
  return hash(password, argon2id);
}

/** Whether the password is the account's; takes as long for an account that does not exist (null). */
export async function verifyClerkPassword(stored: string | null, password: string): Promise<boolean> {
  const right = await verify(stored ?? (await nobodysHash), password);
  return stored !== null && right;
}

/** Why a new password cannot be taken; null when it can. */
export function newPasswordProblem(account: string, current: string, next: string): AccessProblem | null {
  if (next.length < 12) return "passwordTooShort";
  if (next === current) return "passwordIsOld";
  return next.toLowerCase().includes(account.toLowerCase()) ? "passwordHoldsAccount" : null;
}
