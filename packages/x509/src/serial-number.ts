declare const serial: unique symbol;

/** A certificate's serial number: its magnitude in lower-case hexadecimal, two digits an octet, 1 to 20 octets, no leading zero octet. */
export type SerialNumber = string & { readonly [serial]: true };

/** The text as a serial number, or `undefined` when it is none (also zero, which RFC 5280 §4.1.2.2 does not allow). */
export function parseSerialNumber(text: string): SerialNumber | undefined {
  return /^(?!00)(?:[0-9a-f]{2}){1,20}$/.test(text) ? (text as SerialNumber) : undefined;
}

/** The number that these octets are, big-endian; `undefined` when it is zero or takes more than 20. */
export function serialNumberOf(octets: Uint8Array): SerialNumber | undefined {
  return serialNumberOfHex(Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("hex"));
}

/** As {@link serialNumberOf}, of octets in lower-case hexadecimal. */
export function serialNumberOfHex(hex: string): SerialNumber | undefined {
  let first = 0;
  while (hex.startsWith("00", first)) first += 2;
  const length = hex.length - first;
  return length < 2 || length > 40 ? undefined : (hex.slice(first) as SerialNumber);
}

/** Octets of the magnitude, big-endian. */
export function serialNumberBytes(serialNumber: SerialNumber): Uint8Array {
  return Uint8Array.from(Buffer.from(serialNumber, "hex"));
}

/**
 * A serial number out of 20 octets of a CSPRNG: 158 of their bits, always 20 octets and positive
 * (the first two bits become 01; RFC 5280 §4.1.2.2: at most 20 octets).
 */
export function serialNumberFromRandom(random: Uint8Array): SerialNumber {
  const [first] = random;
  if (random.length !== 20 || first === undefined) throw new RangeError("a serial number is made of 20 random octets");
  const octets = Buffer.from(random);
  octets[0] = (first & 0x3f) | 0x40;
  return octets.toString("hex") as SerialNumber;
}
