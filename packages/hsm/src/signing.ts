import { createHash } from "node:crypto";
import { digestInfo, ecdsaSignatureValue, type SignatureAlgorithm, signatureAlgorithms } from "@mitome/x509";
import pkcs11js from "pkcs11js";
import type { Token } from "./token.ts";

/**
 * Signs `message` with the private key of this label. RSA: PKCS#1 v1.5 octets; ECDSA: DER Ecdsa-Sig-Value, as a
 * certificate carries it. P-256 runs synchronously, because handing it to a thread costs more than it does.
 * Throws KeyMissing, TokenLocked, HsmUnavailable.
 */
export async function signWithToken(
  token: Token,
  label: string,
  algorithm: SignatureAlgorithm,
  message: Uint8Array,
): Promise<Uint8Array> {
  const key = token.key(pkcs11js.CKO_PRIVATE_KEY, label);
  const { key: kind, digest: hash } = signatureAlgorithms[algorithm];
  if (kind === "rsa") {
    // Hashing inside the token costs less than prehashing and CKM_RSA_PKCS for messages of a certificate's size.
    const mechanism = hash === "sha1" ? pkcs11js.CKM_SHA1_RSA_PKCS : pkcs11js.CKM_SHA256_RSA_PKCS;
    return token.run((pkcs11, session) => {
      pkcs11.C_SignInit(session, { mechanism }, key);
      return pkcs11.C_SignAsync(session, buffer(message), Buffer.allocUnsafe(512));
    });
  }
  const digest = createHash(hash).update(message).digest();
  if (algorithm !== "ecdsa-with-SHA256") return signDigestWithToken(token, label, algorithm, digest);
  const raw = token.immediately((pkcs11, session) => {
    pkcs11.C_SignInit(session, { mechanism: pkcs11js.CKM_ECDSA }, key);
    return pkcs11.C_Sign(session, digest, Buffer.alloc(64));
  });
  return ecdsaSignatureValue(raw);
}

/**
 * Signs a message of which only the digest is here, as `signWithToken` signs the whole one: for what is longer than
 * should travel. Throws KeyMissing, TokenLocked, HsmUnavailable.
 */
export async function signDigestWithToken(
  token: Token,
  label: string,
  algorithm: SignatureAlgorithm,
  digest: Uint8Array,
): Promise<Uint8Array> {
  const key = token.key(pkcs11js.CKO_PRIVATE_KEY, label);
  const { key: kind, digest: hash } = signatureAlgorithms[algorithm];
  const rsa = kind === "rsa";
  const raw = await token.run((pkcs11, session) => {
    pkcs11.C_SignInit(session, { mechanism: rsa ? pkcs11js.CKM_RSA_PKCS : pkcs11js.CKM_ECDSA }, key);
    const message = rsa ? digestInfo(hash, digest) : digest;
    return pkcs11.C_SignAsync(session, buffer(message), Buffer.allocUnsafe(512));
  });
  return rsa ? raw : ecdsaSignatureValue(raw);
}

/** HMAC-SHA256 (32 bytes) by the secret key of this label. Throws KeyMissing, TokenLocked, HsmUnavailable. */
export function macWithToken(token: Token, label: string, message: Uint8Array): Uint8Array {
  const key = token.key(pkcs11js.CKO_SECRET_KEY, label);
  return token.immediately((pkcs11, session) => {
    pkcs11.C_SignInit(session, { mechanism: pkcs11js.CKM_SHA256_HMAC }, key);
    return pkcs11.C_Sign(session, buffer(message), Buffer.alloc(32));
  });
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
