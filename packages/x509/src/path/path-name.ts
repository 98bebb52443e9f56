import { type DerReader, readWhole } from "../der-reader.ts";
import { element, sequence } from "../der-writer.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import { readAttributeText } from "./attribute-text.ts";
import { prepareString } from "./string-preparation.ts";

/** A distinguished name of whatever authority, ready to be compared as RFC 5280 §7.1 says. */
export interface PathName {
  readonly encoded: Uint8Array;
  /** One key to each relative distinguished name, from the root down: equal keys are matching names. */
  readonly relativeNames: readonly string[];
  /** Of the whole name: equal keys are matching names. */
  readonly key: string;
  /** For people, in the order of RFC 4514 (most specific first). */
  readonly text: string;
  /** Values of its emailAddress attributes (RFC 5280 §4.2.1.10 puts them under rfc822Name constraints). */
  readonly emailAddresses: readonly string[];
}

const emailAddress = "1.2.840.113549.1.9.1";

/**
 * Attribute types with matching rules that ignore case (RFC 5280 §4.1.2.4, RFC 4519, X.520) and their short names.
 * RFC 5280 §7.1: attributes that are not familiar are compared as octets.
 */
const familiarTypes: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.4": "SN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.12": "title",
  "2.5.4.13": "description",
  "2.5.4.15": "businessCategory",
  "2.5.4.17": "postalCode",
  "2.5.4.41": "name",
  "2.5.4.42": "GN",
  "2.5.4.43": "initials",
  "2.5.4.44": "generationQualifier",
  "2.5.4.46": "dnQualifier",
  "2.5.4.65": "pseudonym",
  "2.5.4.97": "organizationIdentifier",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
  [emailAddress]: "emailAddress",
  "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
  "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
  "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
};

/** UTF8, Numeric, Printable, Teletex, IA5, Universal and BMPString. */
const stringTags: ReadonlySet<number> = new Set([0x0c, 0x12, 0x13, 0x14, 0x16, 0x1c, 0x1e]);

interface Attribute {
  readonly key: string;
  readonly text: string;
  readonly emailAddress: string | undefined;
}

/** Reads a Name of any attribute types, string types and relative names of several attributes. */
export function readPathName(reader: DerReader): PathName {
  const start = reader.offset;
  const names = reader.sequence();
  const encoded = reader.since(start);
  const relative: Attribute[][] = [];
  while (!names.atEnd) relative.push(readAttributes(names.enter(0x31)));
  return assemble(encoded, relative);
}

/** The name in these octets; throws `MalformedDer`. */
export function parsePathName(encoded: Uint8Array): PathName {
  return readWhole(encoded, readPathName);
}

/**
 * The name below `parent` that a RelativeDistinguishedName's contents octets make (RFC 5280 §4.2.1.13,
 * nameRelativeToCRLIssuer). Throws `MalformedDer`.
 */
export function relativeName(parent: PathName, contents: Uint8Array): PathName {
  const above = readWhole(parent.encoded, (reader) => reader.contents(0x30));
  return parsePathName(sequence(above, element(0x31, contents)));
}

function assemble(encoded: Uint8Array, relative: readonly (readonly Attribute[])[]): PathName {
  const relativeNames = relative.map(relativeKey);
  return {
    encoded,
    relativeNames,
    key: relativeNames.join("\0"),
    text: relative
      .toReversed()
      .map((attributes) => attributes.map(({ text }) => text).join("+"))
      .join(","),
    emailAddresses: relative.flat().flatMap(({ emailAddress: address }) => (address === undefined ? [] : [address])),
  };
}

/** RFC 5280 §7.1: the attributes of one relative name match in any order. */
function relativeKey(attributes: readonly Attribute[]): string {
  return attributes
    .map(({ key }) => key)
    .sort()
    .join("\u0001");
}

function readAttributes(relative: DerReader): Attribute[] {
  if (relative.atEnd) relative.fail("a relative distinguished name without attributes");
  const attributes: Attribute[] = [];
  while (!relative.atEnd) {
    const attribute = relative.sequence();
    const type = attribute.objectIdentifier();
    const start = attribute.offset;
    const value = attribute.any();
    attribute.finish();
    if (type in familiarTypes && !stringTags.has(value[0] ?? 0))
      attribute.failAt(start, "an attribute that is no string");
    attributes.push(readAttribute(type, value));
  }
  return attributes;
}

function readAttribute(type: ObjectIdentifier, value: Uint8Array): Attribute {
  const text = readAttributeText(value);
  const hex = Buffer.from(value).toString("hex");
  const shortName = familiarTypes[type];
  const prepared = text === undefined || shortName === undefined ? undefined : prepareString(text);
  return {
    key: comparisonKey(type, prepared, hex),
    text: `${shortName ?? type}=${text === undefined ? `#${hex}` : escapeForPeople(text)}`,
    emailAddress: type === emailAddress ? (text ?? "") : undefined,
  };
}

/** Stands in no prepared string. */
const undefinedMark = "\u0002";

function comparisonKey(type: ObjectIdentifier, prepared: string | undefined, hex: string): string {
  if (prepared !== undefined) return `${type}=${prepared}`;
  return `${type}${type in familiarTypes ? undefinedMark : "#"}${hex}`;
}

/** Whether a relative name's key has a value whose comparison is undefined: it is equal to itself, and else nobody knows. */
export function isComparisonUndefined(relativeName: string): boolean {
  return relativeName.includes(undefinedMark);
}

/** Most text needs no escaping, which costs more than finding that out. */
const harmless = /^[A-Za-z0-9](?:[A-Za-z0-9 .'()/:@_-]*[A-Za-z0-9.])?$/;

/** RFC 4514 §2.4; control characters and those that turn the direction of writing too, for the text goes to terminals. */
function escapeForPeople(text: string): string {
  if (harmless.test(text)) return text;
  return text
    .replaceAll(/[\\,+"<>;=]|^[ #]| $/g, "\\$&")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
      Buffer.from(character).toString("hex").toUpperCase().replaceAll(/../g, "\\$&"),
    );
}
