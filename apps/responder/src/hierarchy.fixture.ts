/** Keys and certificates of a small world: generations of an authority, their responders, verifiers. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  assembleCertificate,
  basicConstraints,
  brandDer,
  type Certificate,
  type DistinguishedName,
  type Extension,
  encodeTbsCertificate,
  extensionOids,
  keyUsage,
  parseCertificate,
  parseSerialNumber,
  type SerialNumber,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from "@mitome/x509";
import { objectIdentifier, sequence } from "@mitome/x509/der-writer";

/** Somebody with a key and a certificate of it. */
export interface Holder {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
  readonly pem: { readonly certificate: string; readonly key: string };
}

/** A serial number from hexadecimal digits. */
export function serialOf(hex: string): SerialNumber {
  const serial = parseSerialNumber(hex);
  if (serial === undefined) throw new Error(`no serial number: ${hex}`);
  return serial;
}

const authorityName = [
  { type: "C", value: "JP" },
  { type: "O", value: "Chiba Prefectural Government" },
  { type: "CN", value: "The Governor of Chiba Prefecture" },
] as const;
const validity = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2035-12-31T23:59:59Z") };

interface Wanted {
  readonly subject: DistinguishedName;
  readonly extensions: readonly Extension[];
  readonly key?: "rsa" | "P-256" | "P-384";
  readonly by?: Holder;
  readonly validity?: { readonly notBefore: Date; readonly notAfter: Date };
}

let serials = 0x100;

/** Somebody certified as wanted; by itself unless told by whom. */
function certify({ subject, extensions, key = "P-256", by, ...wanted }: Wanted): Holder {
  const pair =
    key === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: key });
  const signatureAlgorithm = algorithmOf(by?.privateKey ?? pair.privateKey);
  serials += 1;
  const tbs = encodeTbsCertificate({
    ...{ signatureAlgorithm, subject, extensions, issuer: by?.certificate.subject ?? subject },
    serialNumber: serialOf(serials.toString(16).padStart(4, "0")),
    validity: wanted.validity ?? validity,
    subjectPublicKeyInfo: brandDer(pair.publicKey.export({ type: "spki", format: "der" })),
  });
  const signature = sign(signatureAlgorithms[signatureAlgorithm].digest, tbs, by?.privateKey ?? pair.privateKey);
  const certificate = parseCertificate(assembleCertificate(tbs, signatureAlgorithm, signature));
  const pem = {
    certificate: `-----BEGIN CERTIFICATE-----\n${Buffer.from(certificate.der).toString("base64")}\n-----END CERTIFICATE-----\n`,
    key: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
  return { certificate, privateKey: pair.privateKey, pem };
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SignatureAlgorithm {
  if (asymmetricKeyType === "rsa") return "sha256WithRSAEncryption";
  return asymmetricKeyDetails?.namedCurve === "prime256v1" ? "ecdsa-with-SHA256" : "ecdsa-with-SHA384";
}

/** A generation of the authority's key: every one has the same name. */
export function makeAuthority(key: Wanted["key"] = "P-256"): Holder {
  return certify({
    subject: authorityName,
    extensions: [basicConstraints(), keyUsage(["keyCertSign", "cRLSign"])],
    key,
  });
}

/** A responder that this authority delegated to. */
export function makeResponder(by: Holder, changes: Partial<Wanted> = {}): Holder {
  const value = sequence(objectIdentifier("1.3.6.1.5.5.7.3.9"));
  return certify({
    subject: [...authorityName.slice(0, 2), { type: "CN", value: "OCSP responder" }],
    extensions: [keyUsage(["digitalSignature"]), { oid: extensionOids.extKeyUsage, critical: false, value }],
    by,
    ...changes,
  });
}

/** A machine or verifier of this common name, certified by itself: registered by its fingerprint. */
export function makePeer(commonName: string, changes: Partial<Wanted> = {}): Holder {
  const subject = [authorityName[0], { type: "CN", value: commonName }] as const;
  return certify({ subject, extensions: [keyUsage(["digitalSignature"])], ...changes });
}
