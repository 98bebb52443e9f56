import {
  constants,
  createECDH,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  privateEncrypt,
  randomBytes,
} from "node:crypto";
import { promisify } from "node:util";
import type { KeyAlgorithm } from "@mitome/card";

const generate = promisify(generateKeyPair);

/** Makes a key pair without blocking; returns PKCS #8 in DER. */
export async function makePrivateKey(algorithm: KeyAlgorithm): Promise<Uint8Array> {
  const pair =
    algorithm === "p-384"
      ? await generate("ec", { namedCurve: "P-384" })
      : await generate("rsa", { modulusLength: algorithm === "rsa-2048" ? 2048 : 1024, publicExponent: 65537 });
  return new Uint8Array(pair.privateKey.export({ format: "der", type: "pkcs8" }));
}

/** DER SubjectPublicKeyInfo of a private key. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return new Uint8Array(createPublicKey(keyObject(privateKey)).export({ format: "der", type: "spki" }));
}

const SHA384_DIGEST_INFO = Buffer.from("3041300d060960864801650304020205000430", "hex");

/**
 * Signs what PERFORM SECURITY OPERATION carries. RSA: PKCS #1 v1.5 type 1 padding around the given DigestInfo. P-384: ECDSA over the
 * digest in a SHA-384 DigestInfo, as DER ECDSA-Sig-Value. Returns `undefined` for input that the key cannot sign.
 */
export function signDigestInfo(
  algorithm: KeyAlgorithm,
  privateKey: Uint8Array,
  digestInfo: Uint8Array,
): Uint8Array | undefined {
  const key = keyObject(privateKey);
  if (algorithm !== "p-384") {
    const modulusBytes = algorithm === "rsa-2048" ? 256 : 128;
    if (digestInfo.length > modulusBytes - 11) return undefined;
    return new Uint8Array(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo));
  }
  const at = SHA384_DIGEST_INFO.length;
  if (digestInfo.length !== at + 48 || SHA384_DIGEST_INFO.compare(digestInfo, 0, at) !== 0) return undefined;
  return signEcdsaP384(key, digestInfo.subarray(at));
}

function keyObject(privateKey: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(privateKey), format: "der", type: "pkcs8" });
}

// Order of P-384's base point, FIPS 186-4 D.1.2.4.
const N = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n;

// FIPS 186-4 §6.4 over a given digest: node:crypto signs messages only, and a card gets digests.
function signEcdsaP384(key: KeyObject, digest: Uint8Array): Uint8Array {
  const d = toInteger(Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url"));
  for (;;) {
    // 64 random bits more than N has, so that k is uniform modulo N to within 2^-64.
    const k = toInteger(randomBytes(56)) % N;
    if (k === 0n) continue;
    const ecdh = createECDH("secp384r1");
    ecdh.setPrivateKey(Buffer.from(k.toString(16).padStart(96, "0"), "hex"));
    const r = toInteger(ecdh.getPublicKey().subarray(1, 49)) % N;
    const s = (inverse(k) * ((toInteger(digest) + r * d) % N)) % N;
    if (r === 0n || s === 0n) continue;
    const body = [...derInteger(r), ...derInteger(s)];
    return Uint8Array.of(0x30, body.length, ...body);
  }
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

function inverse(value: bigint): bigint {
  let [a, b, x, y] = [value, N, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % N) + N) % N;
}

function derInteger(value: bigint): number[] {
  const hex = value.toString(16);
  const bytes = [...Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex")];
  if ((bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  return [0x02, bytes.length, ...bytes];
}
