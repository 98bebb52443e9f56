/** Small hierarchies of certificates and lists, with whatever is wrong in them that a test wants. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import {
  bitString,
  contextConstructed,
  element,
  objectIdentifier,
  octetString,
  sequence,
  time,
  unsignedInteger,
} from "../der-writer.ts";
import { encodeName } from "../distinguished-name.ts";
import { basicConstraints, type Extension, encodeExtension, keyUsage } from "../extensions.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import { PathStore } from "./path-store.ts";
import { anyPolicy } from "./policy-extensions.ts";
import { type PathRequest, type PathVerdict, validateCertificationPath } from "./validate-certification-path.ts";

export const now = new Date("2026-11-22T03:00:00Z");
const hour = 3_600_000;
export const later = (hours: number): Date => new Date(now.getTime() + hours * hour);

/** How something is signed: the AlgorithmIdentifier, and the signature over octets. */
export interface Signer {
  readonly publicKey: Uint8Array;
  readonly algorithm: Uint8Array;
  sign(octets: Uint8Array): Uint8Array;
}

/** A Name of one commonName. */
export const cn = (value: string): Uint8Array => encodeName([{ type: "CN", value }]);

const spki = (key: KeyObject): Uint8Array => key.export({ type: "spki", format: "der" });

/** A new P-256 key that signs with SHA-256. */
export function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return signerOf(publicKey, privateKey, sequence(objectIdentifier("1.2.840.10045.4.3.2")), "sha256");
}

/** The Ed25519 key of this seed: the same, with the same signatures, in every run. */
export function seededSigner(seed: string): Signer {
  const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");
  const der = Buffer.concat([pkcs8, createHash("sha256").update(seed).digest()]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return signerOf(createPublicKey(privateKey), privateKey, sequence(objectIdentifier("1.3.101.112")), null);
}

/** A signer of these keys. */
export function signerOf(
  publicKey: KeyObject,
  privateKey: KeyObject,
  algorithm: Uint8Array,
  digest: string | null,
  padding: { readonly padding?: number; readonly saltLength?: number } = {},
): Signer {
  return {
    publicKey: spki(publicKey),
    algorithm,
    sign: (octets) => sign(digest, octets, { key: privateKey, ...padding }),
  };
}

/** A holder of a name and a key, with the certificate that says so. */
export interface Holder {
  readonly name: Uint8Array;
  readonly signer: Signer;
  readonly certificate: Uint8Array;
  readonly serialNumber: Uint8Array;
}

/** What a certificate is made of; each part has what is usual. */
export interface CertificateParts {
  readonly subject?: Uint8Array;
  readonly issuer?: Uint8Array;
  readonly signer?: Signer;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly version?: 1 | 2 | 3;
  readonly serialNumber?: Uint8Array;
  readonly subjectPublicKeyInfo?: Uint8Array;
  readonly extensions?: readonly Extension[];
}

export const authorityExtensions = [basicConstraints(), keyUsage(["keyCertSign", "cRLSign"])];

/** A certificate that `issuer` signs. */
export function certify(issuer: Pick<Holder, "name" | "signer">, parts: CertificateParts = {}): Holder {
  const { subject = cn("Target"), signer = newSigner(), version = 3, extensions = [] } = parts;
  const serialNumber = parts.serialNumber ?? Buffer.concat([Uint8Array.of(1), randomBytes(7)]);
  const tbs = sequence(
    ...(version === 1 ? [] : [contextConstructed(0, unsignedInteger(Uint8Array.of(version - 1)))]),
    element(0x02, serialNumber),
    issuer.signer.algorithm,
    parts.issuer ?? issuer.name,
    sequence(time(parts.notBefore ?? later(-24)), time(parts.notAfter ?? later(24))),
    subject,
    parts.subjectPublicKeyInfo ?? signer.publicKey,
    ...(extensions.length === 0 ? [] : [contextConstructed(3, sequence(...extensions.map(encodeExtension)))]),
  );
  return { name: subject, signer, certificate: seal(tbs, issuer.signer), serialNumber };
}

/** What is signed, with its signature. */
export function seal(tbs: Uint8Array, { algorithm, sign: signOctets }: Signer): Uint8Array {
  return sequence(tbs, algorithm, bitString(signOctets(tbs)));
}

/** An authority below `issuer`. */
export function authority(issuer: Holder, name: string, parts: CertificateParts = {}): Holder {
  return certify(issuer, { subject: cn(name), extensions: authorityExtensions, ...parts });
}

/** A self-signed authority. */
export function root(name = "Root", parts: CertificateParts = {}): Holder {
  const signer = parts.signer ?? newSigner();
  const subject = parts.subject ?? cn(name);
  return certify({ name: subject, signer }, { extensions: authorityExtensions, ...parts, subject, signer });
}

/** What stands in a list for one certificate. */
interface EntryParts {
  readonly of: Holder;
  readonly extensions?: readonly Extension[];
}

/** What a certificate list is made of. */
export interface ListParts {
  readonly issuer?: Uint8Array;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date | undefined;
  readonly version?: 1 | 2;
  readonly entries?: readonly EntryParts[];
  readonly extensions?: readonly Extension[];
}

/** A certificate list that `issuer` signs. */
export function list(issuer: Pick<Holder, "name" | "signer">, parts: ListParts = {}): Uint8Array {
  const { entries = [], extensions = [], version = 2 } = parts;
  const encodedEntries = entries.map(({ of: { serialNumber }, extensions: more = [] }) =>
    sequence(
      element(0x02, serialNumber),
      time(later(-2)),
      ...(more.length === 0 ? [] : [sequence(...more.map(encodeExtension))]),
    ),
  );
  const nextUpdate = "nextUpdate" in parts ? parts.nextUpdate : later(1);
  const tbs = sequence(
    ...(version === 2 ? [unsignedInteger(Uint8Array.of(1))] : []),
    issuer.signer.algorithm,
    parts.issuer ?? issuer.name,
    time(parts.thisUpdate ?? later(-1)),
    ...(nextUpdate === undefined ? [] : [time(nextUpdate)]),
    ...(encodedEntries.length === 0 ? [] : [sequence(...encodedEntries)]),
    ...(extensions.length === 0 ? [] : [contextConstructed(0, sequence(...extensions.map(encodeExtension)))]),
  );
  return seal(tbs, issuer.signer);
}

/** Any extension. */
export function extension(oid: ObjectIdentifier, value: Uint8Array, critical = false): Extension {
  return { oid, critical, value };
}

/** A critical extension that nobody knows. */
export const unknownCritical = extension("1.3.6.1.4.1.32473.1", octetString(new Uint8Array()), true);

/** What a test asks; what it leaves out is usual, and revocation is not looked at. */
export interface Question extends Partial<Omit<PathRequest, "trustAnchors" | "target" | "store">> {
  readonly anchors: readonly Holder[];
  readonly target: Holder | Uint8Array;
  readonly through?: readonly Holder[];
  readonly lists?: readonly Uint8Array[];
}

const storeOf = (holders: readonly Holder[], lists: readonly Uint8Array[] = []): PathStore => {
  const store = new PathStore();
  for (const { certificate } of holders) store.addCertificate(certificate);
  for (const der of lists) store.addList(der);
  return store;
};

/** The request that a question makes. */
export function requestOf({ anchors, target, through = [], lists = [], ...rest }: Question): PathRequest {
  return {
    userInitialPolicySet: [anyPolicy],
    initialExplicitPolicy: false,
    initialPolicyMappingInhibit: false,
    initialAnyPolicyInhibit: false,
    initialSubtrees: { permittedSubtrees: [], excludedSubtrees: [] },
    time: now,
    revocation: "none",
    ...rest,
    trustAnchors: anchors.map(({ certificate }) => certificate),
    target: target instanceof Uint8Array ? target : target.certificate,
    store: storeOf(through, lists),
  };
}

export const validate = (question: Question): PathVerdict => validateCertificationPath(requestOf(question));

/** "valid", or the reason why not. */
export function answerTo(question: Question): string {
  const verdict = validate(question);
  return verdict.kind === "valid" ? "valid" : verdict.rejection.reason;
}
