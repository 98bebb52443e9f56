import { ecSubjectPublicKeyInfo, rsaSubjectPublicKeyInfo } from "@mitome/x509";
import pkcs11js, { type Handle, type PKCS11, type Template } from "pkcs11js";
import type { Token } from "./token.ts";

/** Key pairs that a token makes for us. */
export type KeyPairAlgorithm = "RSA-2048" | "RSA-3072" | "RSA-4096" | "P-256" | "P-384";

/** ECParameters (DER OBJECT IDENTIFIER) of the named curves, as CKA_EC_PARAMS holds them. */
const ecParameters = {
  "P-256": Buffer.from("06082a8648ce3d030107", "hex"),
  "P-384": Buffer.from("06052b81040022", "hex"),
} as const;

/**
 * Makes a key pair in the token. The private key is sensitive, never extractable, and does one thing: sign
 * (千葉県運用規程 6-1-1-4: the governor's key is used for signing only).
 */
export function generateSigningKeyPair(
  pkcs11: PKCS11,
  session: Handle,
  label: string,
  algorithm: KeyPairAlgorithm,
): void {
  const publicTemplate: Template = [
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: false },
    { type: pkcs11js.CKA_LABEL, value: label },
    { type: pkcs11js.CKA_VERIFY, value: true },
    { type: pkcs11js.CKA_ENCRYPT, value: false },
    { type: pkcs11js.CKA_WRAP, value: false },
    { type: pkcs11js.CKA_MODIFIABLE, value: false },
  ];
  const privateTemplate: Template = [
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_LABEL, value: label },
    ...secretForSigningOnly,
    { type: pkcs11js.CKA_SIGN_RECOVER, value: false },
  ];
  if (algorithm === "P-256" || algorithm === "P-384") {
    publicTemplate.push({ type: pkcs11js.CKA_EC_PARAMS, value: ecParameters[algorithm] });
    const mechanism = { mechanism: pkcs11js.CKM_EC_KEY_PAIR_GEN };
    pkcs11.C_GenerateKeyPair(session, mechanism, publicTemplate, privateTemplate);
    return;
  }
  publicTemplate.push(
    { type: pkcs11js.CKA_MODULUS_BITS, value: Number(algorithm.slice(4)) },
    { type: pkcs11js.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
  );
  pkcs11.C_GenerateKeyPair(session, { mechanism: pkcs11js.CKM_RSA_PKCS_KEY_PAIR_GEN }, publicTemplate, privateTemplate);
}

const secretForSigningOnly: Template = [
  { type: pkcs11js.CKA_PRIVATE, value: true },
  { type: pkcs11js.CKA_SENSITIVE, value: true },
  { type: pkcs11js.CKA_EXTRACTABLE, value: false },
  { type: pkcs11js.CKA_MODIFIABLE, value: false },
  { type: pkcs11js.CKA_SIGN, value: true },
  { type: pkcs11js.CKA_DECRYPT, value: false },
  { type: pkcs11js.CKA_UNWRAP, value: false },
  { type: pkcs11js.CKA_DERIVE, value: false },
];

/** Makes a 256-bit HMAC key in the token: sensitive, never extractable, for one purpose named by its label. */
export function generateMacKey(pkcs11: PKCS11, session: Handle, label: string): void {
  pkcs11.C_GenerateKey(session, { mechanism: pkcs11js.CKM_GENERIC_SECRET_KEY_GEN }, [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
    { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_GENERIC_SECRET },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_LABEL, value: label },
    { type: pkcs11js.CKA_VALUE_LEN, value: 32 },
    ...secretForSigningOnly,
    { type: pkcs11js.CKA_VERIFY, value: false },
    { type: pkcs11js.CKA_ENCRYPT, value: false },
    { type: pkcs11js.CKA_WRAP, value: false },
  ]);
}

/** SubjectPublicKeyInfo (DER) of the public key with this label. Throws KeyMissing, TokenLocked, HsmUnavailable. */
export function readPublicKey(token: Token, label: string): Uint8Array {
  const handle = token.key(pkcs11js.CKO_PUBLIC_KEY, label);
  return token.immediately((pkcs11, session) => {
    const attribute = (type: number): Buffer => {
      const value = pkcs11.C_GetAttributeValue(session, handle, [{ type }])[0]?.value;
      if (!Buffer.isBuffer(value)) throw new Error(`attribute ${type} of ${label} is missing`);
      return value;
    };
    if (attribute(pkcs11js.CKA_KEY_TYPE).readUInt8(0) === pkcs11js.CKK_RSA) {
      return rsaSubjectPublicKeyInfo(attribute(pkcs11js.CKA_MODULUS), attribute(pkcs11js.CKA_PUBLIC_EXPONENT));
    }
    const curve = attribute(pkcs11js.CKA_EC_PARAMS).equals(ecParameters["P-384"]) ? "P-384" : "P-256";
    return ecSubjectPublicKeyInfo(curve, ecPointContents(attribute(pkcs11js.CKA_EC_POINT)));
  });
}

/** CKA_EC_POINT is the DER OCTET STRING around the uncompressed point; points here are below 128 octets long. */
function ecPointContents(octetString: Buffer): Buffer {
  if (octetString[0] !== 0x04 || octetString[1] !== octetString.length - 2) throw new Error("CKA_EC_POINT is not DER");
  return octetString.subarray(2);
}
