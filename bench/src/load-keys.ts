import { createPrivateKey, createPublicKey, generatePrimeSync, type KeyObject } from "node:crypto";

/** A subscriber's key for the load: never for anything else, because many of them share a prime. */
export interface LoadKey {
  readonly privateKey: KeyObject;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
}

const exponent = 65_537n;

/**
 * Makes RSA-2048 keys that no one has seen before, as many as asked, in little time: every pair of n primes gives a key of
 * its own, so 210 primes give 21,945. The authority sees what a real card would send: modulus, exponent and a signature.
 */
export function* loadKeys(count: number): Generator<LoadKey, void> {
  const primes: bigint[] = [];
  let made = 0;
  for (;;) {
    const prime = makePrime();
    for (const other of primes) {
      if (made === count) return;
      made += 1;
      yield keyOf(prime, other);
    }
    primes.push(prime);
  }
}

/** 1,024 bits, the two highest set, so that two of them always give a modulus of 2,048 bits. */
function makePrime(): bigint {
  for (;;) {
    const prime = generatePrimeSync(1_024, { bigint: true });
    if (prime >> 1_022n === 3n && (prime - 1n) % exponent !== 0n) return prime;
  }
}

function keyOf(p: bigint, q: bigint): LoadKey {
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e: exponent, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, base64url(value)]));
  const privateKey = createPrivateKey({ format: "jwk", key: { kty: "RSA", ...jwk } });
  return { privateKey, spki: createPublicKey(privateKey).export({ format: "der", type: "spki" }) };
}

const base64url = (value: bigint): string => {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex").toString("base64url");
};

/** The inverse of a modulo m, by the extended Euclidean algorithm. */
function inverse(a: bigint, m: bigint): bigint {
  let [previous, current] = [m, a % m];
  let [previousFactor, factor] = [0n, 1n];
  while (current !== 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return ((previousFactor % m) + m) % m;
}
