import { checkPrimeSync, createHash, generatePrimeSync } from "node:crypto";
import { makeSoftKey } from "@mitome/testkit/soft-authority";
import { ecSubjectPublicKeyInfo, parseSubjectPublicKeyInfo, rsaSubjectPublicKeyInfo } from "@mitome/x509";
import { objectIdentifier, sequence } from "@mitome/x509/der-writer";
import { describe, expect, it } from "vitest";
import { checkPublicKey } from "./public-key-checks.ts";

const rsa2048 = { kind: "rsa", bits: 2048 } as const;
const p384 = { kind: "ec", curve: "P-384" } as const;
const e65537 = Uint8Array.of(1, 0, 1);
const good = makeSoftKey(rsa2048);
const goodKey = parseSubjectPublicKeyInfo(good.subjectPublicKeyInfo);
if (goodKey.kind !== "rsa") throw new Error("not an RSA key");
const goodModulus = BigInt(`0x${Buffer.from(goodKey.modulus).toString("hex")}`);

const octets = (value: bigint) => {
  const hex = value.toString(16);
  return Uint8Array.from(Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex"));
};
const check = (modulus: bigint, exponent: Uint8Array = e65537) =>
  checkPublicKey(rsaSubjectPublicKeyInfo(octets(modulus), exponent), rsa2048);

/** The primes below a limit. */
function primesBelow(limit: number): readonly bigint[] {
  const primes: bigint[] = [];
  for (let n = 2; n < limit; n++) if (primes.every((prime) => n % Number(prime) !== 0)) primes.push(BigInt(n));
  return primes;
}

/** Numbers that are the same in every run. */
function seeded(label: string, bits: number): bigint {
  const blocks = Array.from({ length: Math.ceil(bits / 256) }, (_, block) =>
    createHash("sha256").update(`${label} ${block}`).digest("hex"),
  );
  return BigInt(`0x${blocks.join("")}`) >> BigInt(Math.ceil(bits / 256) * 256 - bits);
}

/** A prime as the faulty library made it: k·M + (65537^a mod M), M the product of the first 126 primes (for 2,048 bits). */
function rocaPrime(label: string): bigint {
  const product = primesBelow(702).reduce((all, prime) => all * prime, 1n);
  for (let attempt = 0; ; attempt++) {
    let power = 1n;
    for (let times = seeded(`${label} a ${attempt}`, 10); times > 0n; times--) power = (power * 65537n) % product;
    const k = (seeded(`${label} k ${attempt}`, 1024) | (3n << 1022n)) / product;
    const candidate = k * product + power;
    if (checkPrimeSync(candidate)) return candidate;
  }
}

describe("RSA keys", () => {
  it("passes a good one", () => {
    expect(checkPublicKey(good.subjectPublicKeyInfo, rsa2048)).toBeUndefined();
    for (let count = 0; count < 5; count++) {
      expect(
        checkPublicKey(makeSoftKey({ kind: "rsa", bits: 1024 }).subjectPublicKeyInfo, { kind: "rsa", bits: 1024 }),
      ).toBe(undefined);
    }
  });
  it.each([1024, 3072])("refuses one of %i bits where 2,048 are asked", (bits) => {
    expect(checkPublicKey(makeSoftKey({ kind: "rsa", bits }).subjectPublicKeyInfo, rsa2048)).toBe("size");
  });
  it("refuses a modulus whose first bit is 0", () => {
    expect(check(goodModulus >> 1n)).toBe("size");
  });
  it.each([
    ["3", Uint8Array.of(3)],
    ["1", Uint8Array.of(1)],
    ["65539", Uint8Array.of(1, 0, 3)],
  ])("refuses the exponent %s", (_exponent, exponent) => {
    expect(check(goodModulus, exponent)).toBe("exponent");
  });
  it("refuses an even modulus", () => {
    expect(check(goodModulus - 1n)).toBe("evenModulus");
  });
  it("refuses a factor below 752, every one of them", () => {
    const base = 1n << 2047n;
    for (const prime of primesBelow(752).slice(1)) {
      const odd = (base / prime) * prime + prime * 2n;
      expect(check(odd % 2n === 1n ? odd : odd + prime)).toBe("smallFactor");
    }
  });
  it("refuses a ROCA key (CVE-2017-15361)", () => {
    const modulus = rocaPrime("p") * rocaPrime("q");
    expect(modulus.toString(2)).toHaveLength(2048);
    expect(check(modulus)).toBe("roca");
  });
  it("refuses a prime's square and the product of two close primes", () => {
    const prime = generatePrimeSync(1024, { bigint: true });
    expect(check(prime * prime)).toBe("closePrimes");
    let next = prime + 2n;
    while (!checkPrimeSync(next)) next += 2n;
    expect(check(prime * next)).toBe("closePrimes");
  });
});

describe("EC keys", () => {
  const spki = makeSoftKey(p384).subjectPublicKeyInfo;
  it("passes a good one", () => {
    expect(checkPublicKey(spki, p384)).toBeUndefined();
  });
  it("refuses another curve", () => {
    expect(checkPublicKey(makeSoftKey({ kind: "ec", curve: "P-256" }).subjectPublicKeyInfo, p384)).toBe("size");
  });
  it("refuses a point that is not on its curve, and the point at infinity", () => {
    const key = parseSubjectPublicKeyInfo(spki);
    if (key.kind !== "ec") throw new Error("not an EC key");
    const beside = key.point.with(96, (key.point[96] ?? 0) ^ 1);
    expect(checkPublicKey(ecSubjectPublicKeyInfo("P-384", beside), p384)).toBe("pointNotOnCurve");
    expect(checkPublicKey(ecSubjectPublicKeyInfo("P-384", Uint8Array.of(0)), p384)).toBe("malformed");
  });
});

describe("other keys", () => {
  it("refuses another kind than the suite's", () => {
    expect(checkPublicKey(good.subjectPublicKeyInfo, p384)).toBe("algorithm");
    expect(checkPublicKey(makeSoftKey(p384).subjectPublicKeyInfo, rsa2048)).toBe("algorithm");
  });
  it("refuses an algorithm nobody knows here", () => {
    const ed25519 = sequence(sequence(objectIdentifier("1.3.101.112")), Uint8Array.of(3, 2, 0, 1));
    expect(checkPublicKey(ed25519, rsa2048)).toBe("algorithm");
  });
  it("refuses octets that are no key", () => {
    expect(checkPublicKey(new Uint8Array(8), rsa2048)).toBe("malformed");
  });
});
