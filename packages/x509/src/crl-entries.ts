import { crlExtensionOids, parseReasonCode, reasonCode } from "./crl-extensions.ts";
import { type CrlReason, crlReasonCodes } from "./crl-reason.ts";
import type { DerReader } from "./der-reader.ts";
import { sequence } from "./der-writer.ts";
import { type Extension, encodeExtension, readExtensions } from "./extensions.ts";
import type { SerialNumber } from "./serial-number.ts";

/** What a list says of one certificate; `revocationDate` has whole seconds. */
export interface RevokedCertificate {
  readonly serialNumber: SerialNumber;
  readonly revocationDate: Date;
  readonly reason: CrlReason | undefined;
}

/** What the length of an entry depends on. */
export interface RevokedCertificateShape {
  /** Contents octets of the serial number's INTEGER: one more than the number itself has where its first bit is set. */
  readonly integerOctets: number;
  readonly hasReason: boolean;
  /** Whether the revocation date lies in 2050 or later, which takes GeneralizedTime (RFC 5280 §5.1.2.6). */
  readonly from2050?: boolean;
}

const reasonOctets = 14;
// RFC 5280 §5.3.1: the extension is left out rather than saying unspecified.
const encodedReasons = new Map<CrlReason | undefined, Uint8Array>();
for (const reason of Object.keys(crlReasonCodes) as CrlReason[])
  if (reason !== "unspecified") encodedReasons.set(reason, sequence(encodeExtension(reasonCode(reason))));

/** Octets of an entry: with the number of entries of each shape, a list's length is known before any entry is read. */
export function revokedCertificateLength({ integerOctets, hasReason, from2050 }: RevokedCertificateShape): number {
  return 4 + integerOctets + (from2050 === true ? 17 : 15) + (hasReason ? reasonOctets : 0);
}

const longestEntry = revokedCertificateLength({ integerOctets: 21, hasReason: true, from2050: true });

/**
 * Entries one after another, as they stand in revokedCertificates: a list is written batch by batch, so that memory does
 * not grow with it. Throws `RangeError` for a revocation date with a fraction of a second, or outside 1950–9999.
 *
 * ```asn1
 * SEQUENCE {                                     -- RFC 5280 §5.1
 *   userCertificate CertificateSerialNumber,
 *   revocationDate Time,
 *   crlEntryExtensions Extensions OPTIONAL }     -- reasonCode alone
 * ```
 */
export function encodeRevokedCertificates(entries: Iterable<RevokedCertificate>): Uint8Array {
  let bytes = Buffer.allocUnsafe(65_536);
  let at = 0;
  for (const entry of entries) {
    if (bytes.length - at < longestEntry) bytes = Buffer.concat([bytes], 2 * bytes.length);
    at = writeEntry(bytes, at, entry);
  }
  return bytes.subarray(0, at);
}

/** A first hexadecimal digit from 8 on is a first bit that is set. */
function signOctets(serialNumber: SerialNumber): 0 | 1 {
  return serialNumber >= "8" ? 1 : 0;
}

function writeEntry(
  bytes: Buffer,
  start: number,
  { serialNumber, revocationDate, reason }: RevokedCertificate,
): number {
  let at = start + 2;
  const sign = signOctets(serialNumber);
  bytes[at++] = 0x02;
  bytes[at++] = sign + serialNumber.length / 2;
  if (sign === 1) bytes[at++] = 0;
  at += bytes.write(serialNumber, at, "hex");
  at = writeTime(bytes, at, revocationDate);
  const encodedReason = encodedReasons.get(reason);
  if (encodedReason !== undefined) {
    bytes.set(encodedReason, at);
    at += encodedReason.length;
  }
  bytes[start] = 0x30;
  bytes[start + 1] = at - start - 2;
  return at;
}

/** `time` of der-writer.ts written in place: that one is made of strings, which costs more than the rest of an entry. */
function writeTime(bytes: Buffer, start: number, instant: Date): number {
  const year = instant.getUTCFullYear();
  if (!(year >= 1950 && year <= 9999 && instant.getTime() % 1000 === 0))
    throw new RangeError("a revocation date with a fraction of a second, or outside 1950–9999");
  let at = start;
  bytes[at++] = year < 2050 ? 0x17 : 0x18;
  bytes[at++] = year < 2050 ? 13 : 15;
  if (year >= 2050) at = writeTwoDigits(bytes, at, Math.floor(year / 100));
  at = writeTwoDigits(bytes, at, year % 100);
  at = writeTwoDigits(bytes, at, instant.getUTCMonth() + 1);
  at = writeTwoDigits(bytes, at, instant.getUTCDate());
  at = writeTwoDigits(bytes, at, instant.getUTCHours());
  at = writeTwoDigits(bytes, at, instant.getUTCMinutes());
  at = writeTwoDigits(bytes, at, instant.getUTCSeconds());
  bytes[at++] = 0x5a;
  return at;
}

function writeTwoDigits(bytes: Buffer, at: number, number: number): number {
  bytes[at] = 0x30 + Math.floor(number / 10);
  bytes[at + 1] = 0x30 + (number % 10);
  return at + 2;
}

/** An entry read back, from whatever authority. */
export interface CertificateListEntry {
  /** Hexadecimal as a `SerialNumber` is, and then equal to it; `-` stands before a negative one, as foreign lists have. */
  readonly serialNumber: string;
  readonly revocationDate: Date;
  readonly reason: CrlReason | undefined;
  /** Those beside reasonCode; their values stay encoded. */
  readonly extensions: readonly Extension[];
}

/** Reads the next entry; one of a version 1 list has no extensions (RFC 5280 §5.1.2.1). */
export function readCertificateListEntry(list: DerReader, version: 1 | 2): CertificateListEntry {
  const entry = list.sequence();
  const serialNumber = signedHex(entry.integer());
  const revocationDate = entry.time();
  const start = entry.offset;
  const all = version === 2 && !entry.atEnd ? readExtensions(entry) : [];
  entry.finish();
  const [reasonCode, second] = all.filter(({ oid }) => oid === crlExtensionOids.reasonCode);
  if (second !== undefined) entry.failAt(start, "two reasons in one entry");
  const reason = reasonCode === undefined ? undefined : parseReasonCode(reasonCode.value);
  return { serialNumber, revocationDate, reason, extensions: all.filter((extension) => extension !== reasonCode) };
}

/** An INTEGER's contents as `CertificateListEntry.serialNumber` writes it. */
export function signedHex(integer: Uint8Array): string {
  const hex = Buffer.from(integer).toString("hex");
  const [first = 0] = integer;
  if (first < 0x80) return first === 0 && integer.length > 1 ? hex.slice(2) : hex;
  const magnitude = (-BigInt.asIntN(integer.length * 8, BigInt(`0x${hex}`))).toString(16);
  return `-${magnitude.padStart(magnitude.length + (magnitude.length & 1), "0")}`;
}
