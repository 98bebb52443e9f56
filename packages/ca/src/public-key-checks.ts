import { MalformedDer, type PublicKey, parseSubjectPublicKeyInfo, verificationKey } from "@mitome/x509";
import type { KeyShape } from "./signature-suite.ts";

/** What can be wrong with a public key; the first that is found is named. */
export type PublicKeyCheck =
  | "malformed"
  | "algorithm"
  | "size"
  | "exponent"
  | "evenModulus"
  | "smallFactor"
  | "closePrimes"
  | "roca"
  | "pointNotOnCurve";

/** Checks a key that is to be certified against the only shape allowed; `undefined` when nothing is wrong with it. */
export function checkPublicKey(spki: Uint8Array, shape: KeyShape): PublicKeyCheck | undefined {
  let key: PublicKey;
  try {
    key = parseSubjectPublicKeyInfo(spki);
  } catch (cause) {
    if (cause instanceof MalformedDer) return "malformed";
    throw cause;
  }
  if (key.kind === "rsa") return shape.kind === "rsa" ? checkRsaKey(key, shape.bits) : "algorithm";
  if (key.kind !== "ec" || shape.kind !== "ec") return "algorithm";
  if (key.curve !== shape.curve) return "size";
  return isOnCurve(spki) ? undefined : "pointNotOnCurve";
}

/** NIST SP 800-56A §5.6.2.3: OpenSSL checks that the point is on its curve (cofactor 1) when it reads the key. */
function isOnCurve(spki: Uint8Array): boolean {
  try {
    verificationKey(spki);
    return true;
  } catch {
    return false;
  }
}

function checkRsaKey(key: Extract<PublicKey, { kind: "rsa" }>, bits: number): PublicKeyCheck | undefined {
  const { modulus, exponent } = key;
  const [first = 0] = modulus;
  // FIPS 186-4 §5.1: nlen bits exactly, the first of them 1.
  if (modulus.length * 8 !== bits || first < 0x80) return "size";
  if (Buffer.compare(exponent, Uint8Array.of(1, 0, 1)) !== 0) return "exponent";
  const n = BigInt(`0x${Buffer.from(modulus).toString("hex")}`);
  if ((n & 1n) === 0n) return "evenModulus";
  return checkSmallPrimes(n) ?? (hasClosePrimes(n) ? "closePrimes" : undefined);
}

/** Looks at the modulus modulo every small prime: none divides it, and not all of them show the mark of ROCA. */
function checkSmallPrimes(n: bigint): "smallFactor" | "roca" | undefined {
  let roca = true;
  for (const { product, primes } of primeGroups) {
    const rest = Number(n % product);
    for (const { prime, rocaResidues } of primes) {
      const residue = rest % prime;
      if (residue === 0) return "smallFactor";
      if (rocaResidues !== undefined && !rocaResidues.has(residue)) roca = false;
    }
  }
  return roca ? "roca" : undefined;
}

interface SmallPrime {
  readonly prime: number;
  /** The powers of 65537 modulo the prime, for those primes that give a ROCA key away. */
  readonly rocaResidues: ReadonlySet<number> | undefined;
}

// CVE-2017-15361 (Nemec and others, "The Return of Coppersmith's Attack", 2017): a modulus of the faulty library is a power of
// 65537 modulo every small prime. These primes are those where 65537 generates a proper subgroup; a good key passes for a ROCA
// key with a chance of about 2^-28.
const rocaPrimes = new Set([11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157]);

function powersOf65537(prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * (65537 % prime)) % prime) powers.add(power);
  return powers;
}

// CA/Browser Forum Baseline Requirements §6.1.6: no factors smaller than 752. Products of below 2^53 keep the divisions of the
// long modulus few.
const primeGroups = groupPrimes(752);

function groupPrimes(limit: number): readonly { readonly product: bigint; readonly primes: readonly SmallPrime[] }[] {
  const groups: { product: number; primes: SmallPrime[] }[] = [{ product: 1, primes: [] }];
  for (let prime = 3; prime < limit; prime += 2) {
    if (!isPrime(prime)) continue;
    let group = groups.at(-1);
    if (group === undefined || group.product * prime > Number.MAX_SAFE_INTEGER) {
      group = { product: 1, primes: [] };
      groups.push(group);
    }
    group.product *= prime;
    group.primes.push({ prime, rocaResidues: rocaPrimes.has(prime) ? powersOf65537(prime) : undefined });
  }
  return groups.map(({ product, primes }) => ({ product: BigInt(product), primes }));
}

function isPrime(odd: number): boolean {
  for (let divisor = 3; divisor * divisor <= odd; divisor += 2) if (odd % divisor === 0) return false;
  return true;
}

/** Rounds of Fermat's factorisation (CA/Browser Forum Baseline Requirements §6.1.1.3: at least 100). */
const fermatRounds = 100n;

/**
 * Whether n is a square, or the product of two primes so close that Fermat's method finds them at once: a² − n is a square
 * for one of the first a from √n on. Nearly all that are none show it by their residues, which are followed alone.
 */
function hasClosePrimes(n: bigint): boolean {
  let first = squareRoot(n);
  if (first * first < n) first += 1n;
  const rest = first * first - n;
  const residues = squareResidues.map(({ modulus, squares }) => ({
    ...{ modulus, squares },
    rest: Number(rest % BigInt(modulus)),
    step: Number((2n * first + 1n) % BigInt(modulus)),
  }));
  for (let round = 0n; round < fermatRounds; round += 1n) {
    if (residues.every(({ squares, rest }) => squares.has(rest)) && isSquare((first + round) ** 2n - n)) return true;
    for (const residue of residues) {
      residue.rest = (residue.rest + residue.step) % residue.modulus;
      residue.step = (residue.step + 2) % residue.modulus;
    }
  }
  return false;
}

/** What squares leave modulo numbers that few residues are squares of. */
const squareResidues = [64, 45_045].map((modulus) => ({
  modulus,
  squares: new Set(Array.from({ length: modulus }, (_, root) => (root * root) % modulus)),
}));

function isSquare(value: bigint): boolean {
  const root = squareRoot(value);
  return root * root === value;
}

/** Integer square root by Newton's method from a first guess that is too large and right in its first 50 bits. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  const bits = value.toString(16).length * 4;
  const shift = BigInt(Math.max(0, (bits - 96) & ~1));
  let root = (BigInt(Math.ceil(Math.sqrt(Number(value >> shift)) * (1 + 2 ** -50))) + 1n) << (shift / 2n);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
