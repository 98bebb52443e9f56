/** What slapd keeps of the passwords that programs and verifiers bind with. */
import { hash } from "@node-rs/argon2";

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const slow = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

// Nobody guesses a random password of 128 bits, however fast: here a slow hash would only slow down each publication.
const quick = { ...slow, memoryCost: 64, timeCost: 1 } as const;

/** Hash of a password that people may have chosen: argon2id in PHC form behind the scheme's name. */
export function hashBindPassword(password: string): Promise<string> {
  return hashed(password, slow);
}

/** Hash of a password that is at least 128 random bits. */
export function hashRandomPassword(password: string): Promise<string> {
  return hashed(password, quick);
}

async function hashed(password: string, cost: typeof slow | typeof quick): Promise<string> {
  return `{ARGON2}${await hash(password, cost)}`;
}
