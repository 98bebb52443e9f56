import { constants, type KeyObject, verify } from "node:crypto";
import { MalformedDer } from "../der.ts";
import { type DerReader, readWhole } from "../der-reader.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";

/** How a signature is verified: the type of key in `node:crypto`, the digest, and for RSASSA-PSS the octets of salt. */
export interface SignatureScheme {
  readonly keyTypes: readonly string[];
  readonly digest: string | null;
  readonly saltLength?: number;
}

type Parameters = "absent" | "absentOrNull";
type Row = readonly [ObjectIdentifier, SignatureScheme, Parameters];

const rsa = (digest: string): SignatureScheme => ({ keyTypes: ["rsa"], digest });
const ecdsa = (digest: string): SignatureScheme => ({ keyTypes: ["ec"], digest });
const dsa = (digest: string): SignatureScheme => ({ keyTypes: ["dsa"], digest });

// RFC 4055 §5, RFC 5758, RFC 8410. SHA-1 is gone from RSA and ECDSA, where two certificates with one signature can be made;
// DSA never left it behind (RFC 3279 §2.2.2).
const rows: readonly Row[] = [
  ["1.2.840.113549.1.1.11", rsa("sha256"), "absentOrNull"],
  ["1.2.840.113549.1.1.12", rsa("sha384"), "absentOrNull"],
  ["1.2.840.113549.1.1.13", rsa("sha512"), "absentOrNull"],
  ["1.2.840.10045.4.3.2", ecdsa("sha256"), "absent"],
  ["1.2.840.10045.4.3.3", ecdsa("sha384"), "absent"],
  ["1.2.840.10045.4.3.4", ecdsa("sha512"), "absent"],
  ["1.2.840.10040.4.3", dsa("sha1"), "absent"],
  ["2.16.840.1.101.3.4.3.2", dsa("sha256"), "absent"],
  ["1.3.101.112", { keyTypes: ["ed25519"], digest: null }, "absent"],
];
const schemes = new Map(rows.map(([oid, scheme, parameters]) => [oid, { scheme, parameters }]));

const idRsassaPss = "1.2.840.113549.1.1.10";
const idMgf1 = "1.2.840.113549.1.1.8";
const digests: Readonly<Record<string, string>> = {
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

/** The scheme of an AlgorithmIdentifier in DER; `undefined` for one that is not understood, or with other parameters. */
export function signatureScheme(algorithmIdentifier: Uint8Array): SignatureScheme | undefined {
  try {
    return readWhole(algorithmIdentifier, (reader) => {
      const fields = reader.sequence();
      const oid = fields.objectIdentifier();
      if (oid === idRsassaPss) return readPssParameters(fields);
      const known = schemes.get(oid);
      if (known?.parameters === "absentOrNull" && !fields.atEnd) fields.null();
      return fields.atEnd ? known?.scheme : undefined;
    });
  } catch (problem) {
    if (problem instanceof MalformedDer) return undefined;
    throw problem;
  }
}

/**
 * ```asn1
 * RSASSA-PSS-params ::= SEQUENCE {               -- RFC 4055 §3.1
 *   hashAlgorithm    [0] HashAlgorithm DEFAULT sha1Identifier,
 *   maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
 *   saltLength       [2] INTEGER DEFAULT 20,
 *   trailerField     [3] INTEGER DEFAULT 1 }
 * ```
 * The defaults of the first two are SHA-1, so both must stand there; one digest serves for both, as §3.1 recommends.
 */
function readPssParameters(fields: DerReader): SignatureScheme | undefined {
  const parameters = fields.sequence();
  fields.finish();
  if (!parameters.startsWith(0xa0)) return undefined;
  const hashAlgorithm = parameters.enter(0xa0);
  const digest = readDigest(hashAlgorithm);
  hashAlgorithm.finish();
  if (!parameters.startsWith(0xa1)) return undefined;
  const tagged = parameters.enter(0xa1);
  const maskGeneration = tagged.sequence();
  tagged.finish();
  const isMgf1 = maskGeneration.objectIdentifier() === idMgf1;
  const maskDigest = readDigest(maskGeneration);
  maskGeneration.finish();
  const saltLength = readTaggedInteger(parameters, 0xa2) ?? 20;
  const trailerField = readTaggedInteger(parameters, 0xa3) ?? 1;
  parameters.finish();
  if (digest === undefined || !isMgf1 || maskDigest !== digest || trailerField !== 1) return undefined;
  return { keyTypes: ["rsa", "rsa-pss"], digest, saltLength };
}

function readDigest(reader: DerReader): string | undefined {
  const algorithm = reader.sequence();
  const digest = digests[algorithm.objectIdentifier()];
  if (!algorithm.atEnd) algorithm.null();
  algorithm.finish();
  return digest;
}

function readTaggedInteger(fields: DerReader, identifier: number): number | undefined {
  if (!fields.startsWith(identifier)) return undefined;
  const tagged = fields.enter(identifier);
  const value = tagged.smallInteger();
  tagged.finish();
  return value;
}

/** Whether `signature` over `data` is right under the key; a key of another type is `false`. */
export function isRightSignature(
  scheme: SignatureScheme,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!scheme.keyTypes.includes(key.asymmetricKeyType ?? "")) return false;
  const { digest, saltLength } = scheme;
  try {
    if (saltLength === undefined) return verify(digest, data, key, signature);
    return verify(digest, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
  } catch {
    return false;
  }
}
