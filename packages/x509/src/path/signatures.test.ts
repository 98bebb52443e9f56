import { constants, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DerReader } from "../der-reader.ts";
import {
  bitString,
  contextConstructed,
  nullElement,
  objectIdentifier,
  sequence,
  unsignedInteger,
} from "../der-writer.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import { answerTo, authority, certify, cn, newSigner, root, type Signer, signerOf } from "./hierarchy.fixture.ts";

const identifier = (oid: ObjectIdentifier, ...parameters: readonly Uint8Array[]): Uint8Array =>
  sequence(objectIdentifier(oid), ...parameters);
const digests = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
} as const;
type Digest = keyof typeof digests;

const rsaKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const rsa = (oid: ObjectIdentifier, digest: Digest): Signer =>
  signerOf(rsaKeys.publicKey, rsaKeys.privateKey, identifier(oid, nullElement), digest);

function pss(digest: Digest, saltLength: number, maskDigest: Digest = digest): Signer {
  const hash = (name: Digest): Uint8Array => identifier(digests[name], nullElement);
  const parameters = sequence(
    contextConstructed(0, hash(digest)),
    contextConstructed(1, identifier("1.2.840.113549.1.1.8", hash(maskDigest))),
    contextConstructed(2, unsignedInteger(Uint8Array.of(saltLength))),
  );
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  const algorithm = identifier("1.2.840.113549.1.1.10", parameters);
  return signerOf(rsaKeys.publicKey, rsaKeys.privateKey, algorithm, digest, padding);
}

function ecdsa(namedCurve: string, oid: ObjectIdentifier, digest: Digest): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve });
  return signerOf(publicKey, privateKey, identifier(oid), digest);
}

function ed25519(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return signerOf(publicKey, privateKey, identifier("1.3.101.112"), null);
}

const signedBy = (signer: Signer): string => {
  const top = root("Root", { signer });
  return answerTo({ anchors: [top], target: certify(top) });
};

describe("RFC 5280 §6.1.3 (a)(1), signatures", () => {
  it.each([
    ["RSA PKCS#1 v1.5, SHA-256", () => rsa("1.2.840.113549.1.1.11", "sha256")],
    ["RSA PKCS#1 v1.5, SHA-384", () => rsa("1.2.840.113549.1.1.12", "sha384")],
    ["RSA PKCS#1 v1.5, SHA-512", () => rsa("1.2.840.113549.1.1.13", "sha512")],
    ["RSA PSS, SHA-256", () => pss("sha256", 32)],
    ["RSA PSS, SHA-384, a salt of 20 octets", () => pss("sha384", 20)],
    ["ECDSA P-256", () => ecdsa("P-256", "1.2.840.10045.4.3.2", "sha256")],
    ["ECDSA P-384", () => ecdsa("P-384", "1.2.840.10045.4.3.3", "sha384")],
    ["ECDSA P-521", () => ecdsa("P-521", "1.2.840.10045.4.3.4", "sha512")],
    ["Ed25519", ed25519],
  ])("accepts %s", (_, signer) => {
    expect(signedBy(signer())).toBe("valid");
  });

  it("refuses SHA-1 with RSA and ECDSA, and algorithms that it does not know", () => {
    expect(signedBy(rsa("1.2.840.113549.1.1.5", "sha1"))).toBe("unsupportedAlgorithm");
    expect(signedBy(ecdsa("P-256", "1.2.840.10045.4.1", "sha1"))).toBe("unsupportedAlgorithm");
    expect(signedBy(pss("sha256", 32, "sha1"))).toBe("unsupportedAlgorithm");
    expect(signedBy(rsa("1.3.6.1.4.1.32473.3", "sha256"))).toBe("unsupportedAlgorithm");
  });

  it("refuses a signature by another key, over other octets, and by another algorithm than the key's", () => {
    const top = root();
    const impostor = { ...top, signer: newSigner() };
    expect(answerTo({ anchors: [top], target: certify(impostor) })).toBe("badSignature");
    const altered = Buffer.from(certify(top, { subject: cn("Target") }).certificate);
    altered[altered.indexOf("Target")] = 0x52;
    expect(answerTo({ anchors: [top], target: altered })).toBe("badSignature");
    const confused = { ...top, signer: { ...top.signer, algorithm: rsa("1.2.840.113549.1.1.11", "sha256").algorithm } };
    expect(answerTo({ anchors: [top], target: certify(confused) })).toBe("badSignature");
  });

  it("refuses a salt of another length than the parameters say", () => {
    const top = root("Root", { signer: pss("sha256", 32) });
    const otherSalt = { ...top.signer, algorithm: pss("sha256", 20).algorithm };
    expect(answerTo({ anchors: [top], target: certify({ ...top, signer: otherSalt }) })).toBe("badSignature");
  });

  it("refuses a certificate with two signature algorithms (RFC 5280 §4.1.1.2)", () => {
    const top = root();
    const { certificate } = certify(top);
    const fields = new DerReader(certificate).sequence();
    const tbs = fields.any();
    fields.any();
    const other = sequence(tbs, identifier("1.2.840.10045.4.3.3"), fields.any());
    expect(answerTo({ anchors: [top], target: other })).toBe("malformedCertificate");
  });
});

describe("RFC 5280 §6.1.4 (d)–(f), keys of the authorities", () => {
  const { publicKey, privateKey } = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 });
  const dsa = signerOf(publicKey, privateKey, identifier("1.2.840.10040.4.3"), "sha1");
  const withoutParameters = (spki: Uint8Array): Uint8Array => {
    const fields = new DerReader(spki).sequence();
    fields.any();
    return sequence(identifier("1.2.840.10040.4.1"), bitString(fields.bitString()));
  };

  it("gives a DSA key without parameters those of the key above it", () => {
    const top = root("Root", { signer: dsa });
    const parts = { signer: dsa, subjectPublicKeyInfo: withoutParameters(dsa.publicKey) };
    const below = authority(top, "Below", parts);
    const lowest = authority(below, "Lowest", parts);
    expect(answerTo({ anchors: [top], through: [below, lowest], target: certify(lowest) })).toBe("valid");
  });

  it("gives it none of a key of another algorithm", () => {
    const top = root();
    const below = authority(top, "Below", {
      signer: dsa,
      subjectPublicKeyInfo: withoutParameters(dsa.publicKey),
    });
    expect(answerTo({ anchors: [top], through: [below], target: certify(below) })).toBe("unusableKey");
  });

  it("refuses a target whose key is not understood (§6.1.5 (c))", () => {
    const top = root();
    const unknown = sequence(identifier("1.3.6.1.4.1.32473.4"), bitString(Uint8Array.of(1)));
    expect(answerTo({ anchors: [top], target: certify(top, { subjectPublicKeyInfo: unknown }) })).toBe("unusableKey");
  });

  it("refuses a curve given by its parameters, and other curves", () => {
    const explicit = generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" });
    const ecdsaWithSha256 = identifier("1.2.840.10045.4.3.2");
    expect(signedBy(signerOf(explicit.publicKey, explicit.privateKey, ecdsaWithSha256, "sha256"))).toBe("unusableKey");
    expect(signedBy(ecdsa("secp256k1", "1.2.840.10045.4.3.2", "sha256"))).toBe("unusableKey");
  });

  it("refuses RSA keys of fewer than 1024 and more than 8192 bits, and what is no key", () => {
    const short = generateKeyPairSync("rsa", { modulusLength: 768 });
    const sha256WithRsa = identifier("1.2.840.113549.1.1.11", nullElement);
    expect(signedBy(signerOf(short.publicKey, short.privateKey, sha256WithRsa, "sha256"))).toBe("unusableKey");
    const rsaKey = (modulus: Uint8Array, exponent: Uint8Array): Uint8Array => {
      const key = sequence(unsignedInteger(modulus), unsignedInteger(exponent));
      return sequence(identifier("1.2.840.113549.1.1.1", nullElement), bitString(key));
    };
    const long = new Uint8Array(1025).fill(0xff);
    for (const spki of [
      rsaKey(long, Uint8Array.of(3)),
      rsaKey(new Uint8Array(256).fill(0xff), new Uint8Array(9).fill(0xff)),
      sequence(identifier("1.2.840.113549.1.1.1", nullElement), bitString(Uint8Array.of(1, 2, 3))),
      sequence(identifier("1.3.6.1.4.1.32473.4"), bitString(Uint8Array.of(1))),
    ]) {
      const signer = { ...rsa("1.2.840.113549.1.1.11", "sha256"), publicKey: spki };
      expect(signedBy(signer)).toBe("unusableKey");
    }
  });
});
