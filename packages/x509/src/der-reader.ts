import { MalformedDer } from "./der.ts";
import { type ObjectIdentifier, readIdentifier } from "./object-identifier.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads DER elements one after another from a slice of `bytes`; everything that BER allows and DER does not is
 * refused with `MalformedDer` (X.690 §10, §11). It never looks inside an element on its own, so its depth is the caller's.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get offset(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at === this.#end;
  }

  /** Whether the next element has this identifier octet. */
  startsWith(identifier: number): boolean {
    return this.#at < this.#end && this.#bytes[this.#at] === identifier;
  }

  /** Refuses what begins at `offset`. */
  failAt(offset: number, reason: string): never {
    throw new MalformedDer(offset, reason);
  }

  fail(reason: string): never {
    throw new MalformedDer(this.#at, reason);
  }

  /** Refuses anything after the last expected element. */
  finish(): void {
    if (!this.atEnd) this.fail("unexpected octets after the last element");
  }

  #octet(at: number): number {
    const octet = at < this.#end ? this.#bytes[at] : undefined;
    if (octet === undefined) throw new MalformedDer(at, "the input ends inside an element");
    return octet;
  }

  /** Bounds of the next element: whole, and its contents. */
  #next(): { start: number; contents: number; end: number } {
    const start = this.#at;
    if ((this.#octet(start) & 0x1f) === 0x1f) this.fail("a tag number above 30");
    const first = this.#octet(start + 1);
    let contents = start + 2;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0) this.fail("an indefinite length");
      if (count > 4) this.fail("a length of 4 GiB or more");
      length = 0;
      for (let at = contents; at < contents + count; at++) length = length * 256 + this.#octet(at);
      contents += count;
      if (length < 0x80 || length < 256 ** (count - 1)) this.fail("a length that is not minimal");
    }
    if (length > this.#end - contents) this.fail("a length beyond the end of the input");
    return { start, contents, end: contents + length };
  }

  /** The octets taken since `offset`, as they stand in the input. */
  since(offset: number): Uint8Array {
    return this.#bytes.subarray(offset, this.#at);
  }

  /** Takes the next element whatever it is: all its octets. */
  any(): Uint8Array {
    const { start, end } = this.#next();
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }

  /** Takes the next element, which must have this identifier octet: its contents octets. */
  contents(identifier: number): Uint8Array {
    this.#expect(identifier);
    const { contents, end } = this.#next();
    this.#at = end;
    return this.#bytes.subarray(contents, end);
  }

  /** Takes the next element, which must have this identifier octet: a reader of its contents. */
  enter(identifier: number): DerReader {
    this.#expect(identifier);
    const { contents, end } = this.#next();
    this.#at = end;
    return new DerReader(this.#bytes, contents, end);
  }

  #expect(identifier: number): void {
    const found = this.#octet(this.#at);
    if (found !== identifier) this.fail(`expected tag ${hex(identifier)}, found ${hex(found)}`);
  }

  sequence(): DerReader {
    return this.enter(0x30);
  }

  boolean(identifier = 0x01): boolean {
    const at = this.#at;
    const contents = this.contents(identifier);
    if (contents.length !== 1 || (contents[0] !== 0 && contents[0] !== 0xff)) {
      throw new MalformedDer(at, "a BOOLEAN that is neither 00 nor FF");
    }
    return contents[0] === 0xff;
  }

  /** BOOLEAN DEFAULT FALSE: it is TRUE or not there, for a default is never written out (X.690 §11.5). */
  flag(identifier = 0x01): boolean {
    const at = this.#at;
    if (!this.startsWith(identifier)) return false;
    return this.boolean(identifier) || this.failAt(at, "a default written out");
  }

  null(): void {
    const at = this.#at;
    if (this.contents(0x05).length !== 0) throw new MalformedDer(at, "a NULL with contents");
  }

  /** INTEGER as it stands: big-endian two's complement of the fewest octets (X.690 §8.3.2). */
  integer(identifier = 0x02): Uint8Array {
    const at = this.#at;
    const contents = this.contents(identifier);
    const [first, second] = contents;
    if (first === undefined) throw new MalformedDer(at, "an INTEGER without contents");
    if (second !== undefined && (second < 0x80 ? first === 0 : first === 0xff))
      throw new MalformedDer(at, "an INTEGER that is not minimal");
    return contents;
  }

  /** INTEGER ≥ 0 as a big-endian magnitude without leading zero octets (zero is one 00 octet). */
  unsignedInteger(identifier = 0x02): Uint8Array {
    const at = this.#at;
    const contents = this.integer(identifier);
    const [first = 0] = contents;
    if (first >= 0x80) throw new MalformedDer(at, "a negative INTEGER");
    return first === 0 && contents.length > 1 ? contents.subarray(1) : contents;
  }

  /** INTEGER from 0 to 2^31-1. */
  smallInteger(identifier = 0x02): number {
    const at = this.#at;
    const magnitude = this.unsignedInteger(identifier);
    if (magnitude.length > 4 || (magnitude.length === 4 && (magnitude[0] ?? 0) >= 0x80)) {
      throw new MalformedDer(at, "an INTEGER above 2^31-1");
    }
    return magnitude.reduce((value, octet) => value * 256 + octet, 0);
  }

  objectIdentifier(): ObjectIdentifier {
    const at = this.#at;
    const identifier = readIdentifier(this.contents(0x06));
    return identifier ?? this.failAt(at, "an object identifier that is cut short or not minimal");
  }

  /** BIT STRING of whole octets. */
  bitString(): Uint8Array {
    const at = this.#at;
    const contents = this.contents(0x03);
    if (contents[0] !== 0) throw new MalformedDer(at, "a BIT STRING that is not of whole octets");
    return contents.subarray(1);
  }

  /** BIT STRING with named bits: the positions that are 1. */
  namedBits(identifier = 0x03): readonly number[] {
    const at = this.#at;
    const [unused, ...octets] = this.contents(identifier);
    const positions: number[] = [];
    for (let position = 0; position < octets.length * 8; position++) {
      if (((octets[position >> 3] ?? 0) & (0x80 >> (position & 7))) !== 0) positions.push(position);
    }
    const last = positions.at(-1);
    const canonicalUnused = last === undefined ? 0 : 7 - (last & 7);
    const canonicalLength = last === undefined ? 0 : (last >> 3) + 1;
    if (unused !== canonicalUnused || octets.length !== canonicalLength) {
      throw new MalformedDer(at, "a named bit list that is not minimal");
    }
    return positions;
  }

  octetString(): Uint8Array {
    return this.contents(0x04);
  }

  utf8String(identifier = 0x0c): string {
    const at = this.#at;
    try {
      return strictUtf8.decode(this.contents(identifier));
    } catch (cause) {
      if (cause instanceof MalformedDer) throw cause;
      throw new MalformedDer(at, "a UTF8String that is not UTF-8");
    }
  }

  printableString(): string {
    const at = this.#at;
    const text = latin1(this.contents(0x13));
    if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text))
      throw new MalformedDer(at, "a PrintableString with other characters");
    return text;
  }

  ia5String(identifier = 0x16): string {
    const at = this.#at;
    const contents = this.contents(identifier);
    if (contents.some((octet) => octet > 0x7f)) throw new MalformedDer(at, "an IA5String with other characters");
    return latin1(contents);
  }

  /** Time of RFC 5280 §4.1.2.5: Zulu, with seconds, no fraction. The two-digit year is 1950–2049. */
  time(): Date {
    const at = this.#at;
    const general = this.startsWith(0x18);
    const contents = this.contents(general ? 0x18 : 0x17);
    const zulu = general ? 14 : 12;
    const pairs: number[] = [];
    for (let pair = 0; pair < zulu; pair += 2) pairs.push(twoDigits(contents, pair));
    if (!general) pairs.unshift((pairs[0] ?? Number.NaN) < 50 ? 20 : 19);
    const [century = Number.NaN, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = pairs;
    const instant = new Date(Date.UTC(century * 100 + year, month - 1, day, hour, minute, second));
    if (contents.length !== zulu + 1 || contents[zulu] !== 0x5a || Number.isNaN(instant.getTime()))
      throw new MalformedDer(at, "a time that is not …HHMMSSZ");
    // Date.UTC makes another date of one that does not exist, and 19nn of the years before 100.
    const sameDate = instant.getUTCMonth() === month - 1 && instant.getUTCDate() === day;
    if (!sameDate || hour > 23 || minute > 59 || second > 59 || century === 0)
      throw new MalformedDer(at, "a time that does not exist");
    return instant;
  }
}

/** Two decimal digits at `at`; NaN where there are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Reads `bytes` with `read`, which must take all of them. */
export function readWhole<Value>(bytes: Uint8Array, read: (reader: DerReader) => Value): Value {
  const reader = new DerReader(bytes);
  const value = read(reader);
  reader.finish();
  return value;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, "0");
}
