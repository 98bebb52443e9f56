import { type CertificateListEntry, readCertificateListEntry } from "./crl-entries.ts";
import { brandDer, type Der } from "./der.ts";
import { DerReader } from "./der-reader.ts";
import { bitString, contextConstructed, elementHeader, sequence, time, unsignedInteger } from "./der-writer.ts";
import { type DistinguishedName, encodeName, readName } from "./distinguished-name.ts";
import { type Extension, encodeExtension, readTaggedExtensions } from "./extensions.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm, signatureAlgorithms } from "./signature-algorithm.ts";

/** What a version 2 TBSCertList is made of beside its entries; instants in whole seconds. */
export interface TbsCertListFields {
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly issuer: DistinguishedName;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly extensions: readonly Extension[];
}

/** What stands before and after contents that are too many to be held whole. */
export interface ListFrame {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

const version2 = unsignedInteger(Uint8Array.of(1));

/**
 * The TBSCertList around entries of `entriesLength` octets: `before`, then the batches of `encodeRevokedCertificates`,
 * then `after`. RFC 5280 §5.1.2.6: without entries revokedCertificates is absent. Throws `RangeError` from 2 GiB on.
 *
 * ```asn1
 * TBSCertList ::= SEQUENCE {                     -- RFC 5280 §5.1
 *   version Version,                             -- v2
 *   signature AlgorithmIdentifier,
 *   issuer Name,
 *   thisUpdate Time,
 *   nextUpdate Time OPTIONAL,
 *   revokedCertificates SEQUENCE OF SEQUENCE { … } OPTIONAL,
 *   crlExtensions [0] EXPLICIT Extensions OPTIONAL }
 * ```
 */
export function frameTbsCertList(fields: TbsCertListFields, entriesLength: number): ListFrame {
  const listHeader = entriesLength === 0 ? new Uint8Array() : elementHeader(0x30, entriesLength);
  const head = Buffer.concat([
    version2,
    signatureAlgorithms[fields.signatureAlgorithm].encoded,
    encodeName(fields.issuer),
    time(fields.thisUpdate),
    time(fields.nextUpdate),
    listHeader,
  ]);
  const after = contextConstructed(0, sequence(...fields.extensions.map(encodeExtension)));
  return frame(head, entriesLength, after);
}

/**
 * The CertificateList around a TBSCertList of `tbsLength` octets; ECDSA signatures in DER. Throws `RangeError` from 2 GiB on.
 *
 * `CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }` (RFC 5280 §5.1)
 */
export function frameCertificateList(
  tbsLength: number,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
): ListFrame {
  const after = Buffer.concat([signatureAlgorithms[algorithm].encoded, bitString(signature)]);
  return frame(new Uint8Array(), tbsLength, after);
}

/** A SEQUENCE of `head`, then what the caller has in between, then `after`. */
function frame(head: Uint8Array, lengthBetween: number, after: Uint8Array): ListFrame {
  const header = elementHeader(0x30, head.length + lengthBetween + after.length);
  return { before: Buffer.concat([header, head]), after };
}

/** A certificate list read back, from whatever authority; extension values stay encoded. */
export interface CertificateList {
  readonly der: Der<"CertificateList">;
  readonly tbs: Der<"TBSCertList">;
  readonly version: 1 | 2;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly issuer: DistinguishedName;
  readonly encodedIssuer: Der<"Name">;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  /** Read anew, one by one, each time it is iterated: only then does a malformed entry throw its `MalformedDer`. */
  readonly revokedCertificates: Iterable<CertificateListEntry>;
  readonly extensions: readonly Extension[];
  readonly signature: Uint8Array;
}

/** Reads a certificate list strictly; throws `MalformedDer`. Nothing is verified, and entries wait until they are asked for. */
export function parseCertificateList(bytes: Uint8Array): CertificateList {
  const reader = new DerReader(bytes);
  const list = reader.sequence();
  reader.finish();
  const tbsStart = list.offset;
  const fields = list.sequence();
  const tbs = brandDer<"TBSCertList">(list.since(tbsStart));
  const version = readListVersion(fields);
  const signatureAlgorithm = readSignatureAlgorithm(fields);
  const issuer = readName(fields);
  const thisUpdate = fields.time();
  const nextUpdate = fields.startsWith(0x17) || fields.startsWith(0x18) ? fields.time() : undefined;
  const revokedCertificates = readRevokedCertificates(bytes, fields, version);
  const extensions = version === 2 ? readTaggedExtensions(fields, 0) : [];
  fields.finish();
  const start = list.offset;
  // RFC 5280 §5.1.1.2: the same algorithm identifier as in the signature field.
  if (readSignatureAlgorithm(list) !== signatureAlgorithm) list.failAt(start, "two signature algorithms");
  const signature = list.bitString();
  list.finish();
  return {
    der: brandDer(bytes),
    tbs,
    version,
    signatureAlgorithm,
    issuer: issuer.name,
    encodedIssuer: issuer.encoded,
    thisUpdate,
    nextUpdate,
    revokedCertificates,
    extensions,
    signature,
  };
}

/** RFC 5280 §5.1.2.1: version 2 is written out, version 1 is not. */
export function readListVersion(fields: DerReader): 1 | 2 {
  const start = fields.offset;
  if (!fields.startsWith(0x02)) return 1;
  return fields.smallInteger() === 1 ? 2 : fields.failAt(start, "a version other than v2");
}

/** Reads revokedCertificates where it stands next: its entries wait until they are asked for. */
function readRevokedCertificates(bytes: Uint8Array, fields: DerReader, version: 1 | 2): Iterable<CertificateListEntry> {
  if (!fields.startsWith(0x30)) return [];
  const start = fields.offset;
  fields.any();
  const end = fields.offset;
  return {
    *[Symbol.iterator]() {
      const entries = new DerReader(bytes, start, end).sequence();
      while (!entries.atEnd) yield readCertificateListEntry(entries, version);
    },
  };
}
