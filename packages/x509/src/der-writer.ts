import { identifierContents, type ObjectIdentifier } from "./object-identifier.ts";

/** One element: identifier octet, definite minimal length, then the contents one after another (X.690 §10.1). */
export function element(identifier: number, ...contents: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of contents) length += part.length;
  const bytes = Buffer.allocUnsafe(headerLength(length) + length);
  let at = writeHeader(bytes, identifier, length);
  for (const part of contents) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What stands before an element's contents: for an element too large to be held whole. */
export function elementHeader(identifier: number, contentsLength: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(headerLength(contentsLength));
  writeHeader(bytes, identifier, contentsLength);
  return bytes;
}

function headerLength(contentsLength: number): number {
  if (contentsLength < 0x80) return 2;
  if (contentsLength < 0x100) return 3;
  if (contentsLength < 0x10000) return 4;
  if (contentsLength < 0x1000000) return 5;
  if (contentsLength > 0x7fffffff) throw new RangeError("a DER element of 2 GiB or more");
  return 6;
}

/** Writes identifier and length at the start of `bytes`: the offset of the contents. */
function writeHeader(bytes: Uint8Array, identifier: number, contentsLength: number): number {
  const end = headerLength(contentsLength);
  bytes[0] = identifier;
  if (end === 2) bytes[1] = contentsLength;
  else {
    bytes[1] = 0x80 | (end - 2);
    for (let at = end - 1, rest = contentsLength; at > 1; at--, rest >>>= 8) bytes[at] = rest & 0xff;
  }
  return end;
}

/** SEQUENCE or SEQUENCE OF. */
export function sequence(...elements: readonly Uint8Array[]): Uint8Array {
  return element(0x30, ...elements);
}

/** `[number]` around whole elements: an EXPLICIT tag, or an IMPLICIT one over a constructed type. */
export function contextConstructed(number: number, ...elements: readonly Uint8Array[]): Uint8Array {
  return element(0xa0 | number, ...elements);
}

/** `[number] IMPLICIT` over a primitive type, given that type's contents octets. */
export function contextPrimitive(number: number, contents: Uint8Array): Uint8Array {
  return element(0x80 | number, contents);
}

export const booleanTrue: Uint8Array = Uint8Array.of(0x01, 0x01, 0xff);
export const nullElement: Uint8Array = Uint8Array.of(0x05, 0x00);

/** INTEGER from a non-negative magnitude, big-endian; leading zero octets are dropped and a sign octet added where needed. */
export function unsignedInteger(magnitude: Uint8Array): Uint8Array {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const digits = magnitude.subarray(start);
  if (digits.length === 0) return Uint8Array.of(0x02, 0x01, 0x00);
  return (digits[0] ?? 0) >= 0x80 ? element(0x02, Uint8Array.of(0), digits) : element(0x02, digits);
}

/** OBJECT IDENTIFIER. */
export function objectIdentifier(dotted: ObjectIdentifier): Uint8Array {
  return element(0x06, identifierContents(dotted));
}

/** UTF8String. A lone surrogate is refused: the encoder would replace it silently. */
export function utf8String(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new RangeError("text with a lone surrogate");
  return element(0x0c, Buffer.from(text));
}

/** PrintableString (X.680 §41.4); other characters are refused. */
export function printableString(text: string): Uint8Array {
  if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text)) throw new RangeError("text outside PrintableString");
  return element(0x13, Buffer.from(text));
}

/** Contents octets of an IA5String; characters above 7F are refused. */
export function ia5Contents(text: string): Uint8Array {
  for (const character of text) if (character.charCodeAt(0) > 0x7f) throw new RangeError("text outside IA5String");
  return Buffer.from(text);
}

export function octetString(bytes: Uint8Array): Uint8Array {
  return element(0x04, bytes);
}

/** BIT STRING of whole octets. */
export function bitString(bytes: Uint8Array): Uint8Array {
  return element(0x03, Uint8Array.of(0), bytes);
}

/** BIT STRING with named bits: the positions that are 1; trailing zero bits are left out (X.690 §11.2.2). */
export function namedBits(positions: readonly number[]): Uint8Array {
  if (positions.length === 0) return Uint8Array.of(0x03, 0x01, 0x00);
  const last = Math.max(...positions);
  const octets = new Uint8Array((last >> 3) + 1);
  for (const position of positions) octets[position >> 3] = (octets[position >> 3] ?? 0) | (0x80 >> (position & 7));
  return element(0x03, Uint8Array.of(7 - (last & 7)), octets);
}

/**
 * Time ::= CHOICE { utcTime, generalTime }, to the second.
 * RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050; fractions of a second are refused.
 */
export function time(instant: Date): Uint8Array {
  const milliseconds = instant.getTime();
  if (!Number.isInteger(milliseconds / 1000)) throw new RangeError("a certificate's time has whole seconds");
  const digits = instant
    .toISOString()
    .replace(/\.000Z$/, "")
    .replace(/\D/g, "");
  const year = instant.getUTCFullYear();
  if (year < 1950 || year > 9999) throw new RangeError("a certificate's time lies between 1950 and 9999");
  return year < 2050 ? element(0x17, Buffer.from(`${digits.slice(2)}Z`)) : element(0x18, Buffer.from(`${digits}Z`));
}
