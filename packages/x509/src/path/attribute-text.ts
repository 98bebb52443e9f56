import { DerReader, readWhole } from "../der-reader.ts";

/**
 * The text of an attribute value whose type is one of the string types of RFC 5280 §4.1.2.4, in Unicode; `undefined` for
 * another type, and for a TeletexString beyond ASCII, whose characters nobody agrees on: such values are compared as octets.
 * Throws `MalformedDer` for a string that is not of its type.
 */
export function readAttributeText(value: Uint8Array): string | undefined {
  return readWhole(value, (reader) => {
    switch (value[0]) {
      case 0x0c:
        return reader.utf8String();
      // Many authorities wrote @, & and _ into PrintableString: it is read as the ASCII that it is.
      case 0x12:
      case 0x13:
      case 0x16:
        return ascii(reader.contents(value[0])) ?? reader.fail("an ASCII string with other octets");
      case 0x14:
        return ascii(reader.contents(0x14));
      case 0x1e:
        return fixedWidth(reader.contents(0x1e), 2) ?? reader.fail("a BMPString that is cut short");
      case 0x1c:
        return fixedWidth(reader.contents(0x1c), 4) ?? reader.fail("a UniversalString that is cut short");
      default:
        requireWellFormed(reader, mostDepth);
        return undefined;
    }
  });
}

const mostDepth = 16;

/** Takes an element whose type nobody here knows: what is inside it is DER all the way down. */
function requireWellFormed(reader: DerReader, depth: number): void {
  const start = reader.offset;
  const element = reader.any();
  if (((element[0] ?? 0) & 0x20) === 0) return;
  if (depth === 0) reader.failAt(start, "elements inside one another without end");
  const inside = new DerReader(element).enter(element[0] ?? 0);
  while (!inside.atEnd) requireWellFormed(inside, depth - 1);
}

function ascii(octets: Uint8Array): string | undefined {
  return octets.some((octet) => octet > 0x7f) ? undefined : Buffer.from(octets).toString("latin1");
}

/** Code points of `width` octets each, big-endian; one outside Unicode becomes U+FFFD, which no comparison accepts. */
function fixedWidth(octets: Uint8Array, width: 2 | 4): string | undefined {
  if (octets.length % width !== 0) return undefined;
  const bytes = Buffer.from(octets);
  let text = "";
  for (let at = 0; at < bytes.length; at += width) {
    const codePoint = bytes.readUIntBE(at, width);
    text += codePoint > 0x10ffff ? "\ufffd" : String.fromCodePoint(codePoint);
  }
  return text;
}
