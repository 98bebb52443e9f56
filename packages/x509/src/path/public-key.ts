import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import type { DerReader } from "../der-reader.ts";
import { bitString, objectIdentifier, sequence } from "../der-writer.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";

/** A SubjectPublicKeyInfo taken apart; `parameters` are the whole element, `undefined` where absent or NULL. */
export interface PublicKeyInfo {
  readonly encoded: Uint8Array;
  readonly algorithm: ObjectIdentifier;
  readonly parameters: Uint8Array | undefined;
  readonly subjectPublicKey: Uint8Array;
}

/** A key that signatures can be verified with, or why it is none. */
export type WorkingKey =
  | { readonly kind: "key"; readonly key: KeyObject; readonly info: PublicKeyInfo }
  | { readonly kind: "unusable"; readonly why: string; readonly info: PublicKeyInfo };

const rsaEncryption = "1.2.840.113549.1.1.1";
const rsassaPss = "1.2.840.113549.1.1.10";
const idEcPublicKey = "1.2.840.10045.2.1";
const idDsa = "1.2.840.10040.4.1";
const idEd25519 = "1.3.101.112";
/** DER of the object identifiers of P-256, P-384 and P-521. */
const namedCurves: ReadonlySet<string> = new Set(
  (["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"] as const).map((oid) => hex(objectIdentifier(oid))),
);

/** Reads a SubjectPublicKeyInfo of any algorithm; throws `MalformedDer`. */
export function readPublicKeyInfo(reader: DerReader): PublicKeyInfo {
  const start = reader.offset;
  const fields = reader.sequence();
  const encoded = reader.since(start);
  const identifier = fields.sequence();
  const algorithm = identifier.objectIdentifier();
  const element = identifier.atEnd ? undefined : identifier.any();
  identifier.finish();
  const subjectPublicKey = fields.bitString();
  fields.finish();
  const parameters = element?.[0] === 0x05 ? undefined : element;
  return { encoded, algorithm, parameters, subjectPublicKey };
}

/**
 * RFC 5280 §6.1.4 (d)–(f): the key that verifies the next certificate. Parameters that a DSA key lacks are those of the
 * key before it, when that one is of the same algorithm.
 */
export function workingKey(info: PublicKeyInfo, before: PublicKeyInfo | undefined): WorkingKey {
  const complete = inheritParameters(info, before);
  const unusable = (why: string): WorkingKey => ({ kind: "unusable", why, info: complete });
  if (!understood.has(complete.algorithm)) return unusable(`a key of the algorithm ${complete.algorithm}`);
  // A curve by its parameters may be one whose generator was chosen so that somebody knows the private key.
  if (complete.algorithm === idEcPublicKey && !namedCurves.has(hex(complete.parameters ?? new Uint8Array())))
    return unusable("a key on a curve other than P-256, P-384 and P-521");
  if (complete.algorithm === idDsa && complete.parameters === undefined)
    return unusable("a DSA key without parameters, and none to inherit");
  try {
    // As text: given an object, Node raises and catches an error of its own each time, which costs more than reading the key.
    const base64 = Buffer.from(complete.encoded).toString("base64");
    const key = createPublicKey(`-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`);
    const why = weakness(key);
    return why === undefined ? { kind: "key", key, info: complete } : unusable(why);
  } catch {
    return unusable("octets that are no key of their algorithm");
  }
}

const understood: ReadonlySet<ObjectIdentifier> = new Set([
  rsaEncryption,
  rsassaPss,
  idEcPublicKey,
  idDsa,
  idEd25519,
] as const);

/** Whether a key lacks parameters that only the path to it can give. */
export function needsParameters(info: PublicKeyInfo): boolean {
  return info.algorithm === idDsa && info.parameters === undefined;
}

function inheritParameters(info: PublicKeyInfo, before: PublicKeyInfo | undefined): PublicKeyInfo {
  if (!needsParameters(info) || before?.algorithm !== idDsa || before.parameters === undefined) return info;
  const { parameters } = before;
  const encoded = sequence(sequence(objectIdentifier(idDsa), parameters), bitString(info.subjectPublicKey));
  return { ...info, encoded, parameters };
}

/** Keys small enough to be broken, or large enough to keep a validator busy for seconds. */
function weakness(key: KeyObject): string | undefined {
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (modulusLength === undefined) return undefined;
  const longest = key.asymmetricKeyType === "dsa" ? 3072 : 8192;
  if (modulusLength < 1024) return `a key of ${modulusLength} bits, fewer than 1024`;
  if (modulusLength > longest) return `a key of ${modulusLength} bits, more than ${longest}`;
  if (publicExponent !== undefined && publicExponent >= 1n << 64n) return "an RSA exponent of more than 64 bits";
  return undefined;
}

/** Key identifier of RFC 5280 §4.2.1.2 method (1), in hexadecimal. */
export function hashedKeyIdentifier({ subjectPublicKey }: PublicKeyInfo): string {
  return createHash("sha1").update(subjectPublicKey).digest("hex");
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}
