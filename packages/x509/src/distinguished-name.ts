import { brandDer, type Der } from "./der.ts";
import type { DerReader } from "./der-reader.ts";
import { element, objectIdentifier, printableString, sequence, utf8String } from "./der-writer.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";

const attributeTypes = {
  CN: "2.5.4.3",
  serialNumber: "2.5.4.5",
  C: "2.5.4.6",
  L: "2.5.4.7",
  ST: "2.5.4.8",
  O: "2.5.4.10",
  OU: "2.5.4.11",
} as const satisfies Record<string, ObjectIdentifier>;

type NamedAttributeType = keyof typeof attributeTypes;

/** One AttributeTypeAndValue; types without a short name keep their object identifier. */
export interface AttributeTypeAndValue {
  readonly type: NamedAttributeType | ObjectIdentifier;
  readonly value: string;
}

/** An X.500 distinguished name from the root down, one attribute to each relative distinguished name. */
export type DistinguishedName = readonly AttributeTypeAndValue[];

const namesByOid = new Map<string, NamedAttributeType>();
const encodedTypes = new Map<string, Uint8Array>();
for (const [name, oid] of Object.entries(attributeTypes)) {
  namesByOid.set(oid, name as NamedAttributeType);
  encodedTypes.set(name, objectIdentifier(oid));
}

/**
 * ```asn1
 * RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
 * RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
 * AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
 * ```
 * C and serialNumber are PrintableString, the others UTF8String (RFC 5280 §4.1.2.4, appendix A.1).
 */
export function encodeName(name: DistinguishedName): Der<"Name"> {
  return brandDer(sequence(...name.map(encodeRelativeName)));
}

function encodeRelativeName({ type, value }: AttributeTypeAndValue): Uint8Array {
  const text = type === "C" || type === "serialNumber" ? printableString(value) : utf8String(value);
  return element(0x31, sequence(encodedTypes.get(type) ?? objectIdentifier(type as ObjectIdentifier), text));
}

/** Reads a Name; relative names of several attributes and values of other string types are refused. */
export function readName(reader: DerReader): { readonly name: DistinguishedName; readonly encoded: Der<"Name"> } {
  const name: AttributeTypeAndValue[] = [];
  const start = reader.offset;
  const names = reader.sequence();
  while (!names.atEnd) {
    const relative = names.enter(0x31);
    const attribute = relative.sequence();
    relative.finish();
    const oid = attribute.objectIdentifier();
    name.push({ type: namesByOid.get(oid) ?? oid, value: readDirectoryString(attribute) });
    attribute.finish();
  }
  return { name, encoded: brandDer(reader.since(start)) };
}

function readDirectoryString(reader: DerReader): string {
  if (reader.startsWith(0x13)) return reader.printableString();
  if (reader.startsWith(0x16)) return reader.ia5String();
  return reader.utf8String();
}

/** Whether two names have the same attributes with the same characters; stricter than the matching of RFC 5280 §7.1. */
export function isSameName(one: DistinguishedName, other: DistinguishedName): boolean {
  if (one.length !== other.length) return false;
  return one.every(({ type, value }, index) => type === other[index]?.type && value === other[index]?.value);
}

/** The name for people in the order of RFC 4514 (most specific first), special characters escaped. */
export function formatDn(name: DistinguishedName): string {
  return name
    .toReversed()
    .map(({ type, value }) => `${type}=${value.replace(/[\\,+"<>;=]|^[ #]| $/g, "\\$&")}`)
    .join(",");
}
