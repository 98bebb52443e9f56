import { crlReasonOf } from "../crl-reason.ts";

/**
 * Where the entry of a certificate list that begins at `at` ends, if it is of the form that nearly all have and its serial
 * number's INTEGER has other contents than `serial`; else `undefined`, and it has to be read. What is passed here
 * `readCertificateListEntry` reads without complaint: this only saves a list's million entries the making of objects.
 *
 * ```asn1
 * SEQUENCE { INTEGER, UTCTime, SEQUENCE { SEQUENCE { OID reasonCode, OCTET STRING { ENUMERATED } } } OPTIONAL }
 * ```
 */
export function passPlainEntry(list: Uint8Array, at: number, serial: Uint8Array, version: 1 | 2): number | undefined {
  const length = list[at + 1] ?? 0xff;
  const end = at + 2 + length;
  if (list[at] !== 0x30 || length >= 0x80 || end > list.length || list[at + 2] !== 0x02) return undefined;
  const integer = at + 4;
  const octets = list[at + 3] ?? 0;
  const time = integer + octets;
  const rest = time + utcTimeOctets;
  if (octets === 0 || rest > end || !isMinimal(list, integer, octets) || !isUtcTime(list, time)) return undefined;
  if (rest < end && (version === 1 || end - rest !== reasonOctets || !isReason(list, rest))) return undefined;
  return octets === serial.length && isEqual(list, integer, serial) ? undefined : end;
}

const utcTimeOctets = 15;

/** X.690 §8.3.2: no INTEGER begins with nine equal bits. */
function isMinimal(list: Uint8Array, at: number, octets: number): boolean {
  const [first, second = 0] = [list[at], list[at + 1]];
  return octets === 1 || !((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
}

/** A UTCTime that exists; the last days of months, which not all have, are left to who reads it whole. */
function isUtcTime(list: Uint8Array, at: number): boolean {
  if (list[at] !== 0x17 || list[at + 1] !== 13 || list[at + 14] !== 0x5a) return false;
  for (let digit = at + 2; digit < at + 14; digit += 1) {
    const octet = list[digit] ?? 0;
    if (octet < 0x30 || octet > 0x39) return false;
  }
  const month = twoDigits(list, at + 4);
  const day = twoDigits(list, at + 6);
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= 28;
  return isDate && twoDigits(list, at + 8) < 24 && twoDigits(list, at + 10) < 60 && twoDigits(list, at + 12) < 60;
}

function twoDigits(list: Uint8Array, at: number): number {
  return ((list[at] ?? 0) - 0x30) * 10 + (list[at + 1] ?? 0) - 0x30;
}

// Extensions of one, reasonCode (2.5.29.21), not critical; its ENUMERATED of one octet follows.
const beforeReason = Uint8Array.of(0x30, 12, 0x30, 10, 0x06, 3, 0x55, 0x1d, 0x15, 0x04, 3, 0x0a, 1);
const reasonOctets = beforeReason.length + 1;

function isReason(list: Uint8Array, at: number): boolean {
  return isEqual(list, at, beforeReason) && crlReasonOf(list[at + beforeReason.length] ?? 0xff) !== undefined;
}

function isEqual(list: Uint8Array, at: number, octets: Uint8Array): boolean {
  for (let index = 0; index < octets.length; index += 1) if (list[at + index] !== octets[index]) return false;
  return true;
}
