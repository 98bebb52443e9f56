import { type DerReader, readWhole } from "./der-reader.ts";
import { type DistributionPointName, readDistributionPointName } from "./distribution-point-name.ts";
import { type KeyUsageBit, keyUsageBits } from "./extensions.ts";
import { type GeneralName, readGeneralNames } from "./general-name.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";

/** One point of cRLDistributionPoints. */
export interface DistributionPoint<Name = GeneralName> extends DistributionPointName<Name> {
  readonly reasons: readonly number[] | undefined;
  readonly cRLIssuer: readonly Name[] | undefined;
}

/** What authorityKeyIdentifier holds; `authorityCertSerialNumber` is a big-endian magnitude. */
export interface AuthorityKeyIdentifier<Name = GeneralName> {
  readonly keyIdentifier: Uint8Array | undefined;
  readonly authorityCertIssuer: readonly Name[] | undefined;
  readonly authorityCertSerialNumber: Uint8Array | undefined;
}

/** PolicyInformation; qualifiers stay encoded. */
export interface PolicyInformation {
  readonly policyIdentifier: ObjectIdentifier;
  readonly policyQualifiers: Uint8Array | undefined;
}

// Each function reads the DER of one extension's value and throws `MalformedDer` for anything else.

/** SEQUENCE SIZE (1..MAX) OF. */
export function listOf<Value>(value: Uint8Array, read: (reader: DerReader) => Value): readonly Value[] {
  return readWhole(value, (reader) => {
    const elements = reader.sequence();
    if (elements.atEnd) elements.fail("an empty list");
    const list: Value[] = [];
    while (!elements.atEnd) list.push(read(elements));
    return list;
  });
}

/** The uses that a keyUsage extension's value allows. */
export function parseKeyUsage(value: Uint8Array): readonly KeyUsageBit[] {
  return readWhole(value, (reader) =>
    reader.namedBits().map((position) => keyUsageBits[position] ?? reader.fail("a keyUsage bit outside RFC 5280")),
  );
}

/** Whether a basicConstraints extension's value says cA, and how many CAs may follow (`undefined` = no limit). */
export function parseBasicConstraints(value: Uint8Array): {
  readonly cA: boolean;
  readonly pathLenConstraint: number | undefined;
} {
  return readWhole(value, (reader) => {
    const fields = reader.sequence();
    const cA = fields.flag();
    const pathLenConstraint = fields.startsWith(0x02) ? fields.smallInteger() : undefined;
    fields.finish();
    return { cA, pathLenConstraint };
  });
}

/** The names in the value of subjectAltName or issuerAltName. */
export function parseGeneralNames(value: Uint8Array): readonly GeneralName[] {
  return readWhole(value, (reader) => readGeneralNames(reader.sequence()));
}

/** The policies in a certificatePolicies extension's value. */
export function parseCertificatePolicies(value: Uint8Array): readonly PolicyInformation[] {
  return listOf(value, (reader) => {
    const policy = reader.sequence();
    const policyIdentifier = policy.objectIdentifier();
    const policyQualifiers = policy.startsWith(0x30) ? policy.any() : undefined;
    policy.finish();
    return { policyIdentifier, policyQualifiers };
  });
}

/** The points in a cRLDistributionPoints extension's value. */
export function parseCrlDistributionPoints(value: Uint8Array): readonly DistributionPoint[] {
  return parseDistributionPoints(value, readGeneralNames);
}

/** The points in the value of cRLDistributionPoints or freshestCRL, their general names read by `readNames`. */
export function parseDistributionPoints<Name>(
  value: Uint8Array,
  readNames: (reader: DerReader) => readonly Name[],
): readonly DistributionPoint<Name>[] {
  return listOf(value, (reader) => {
    const point = reader.sequence();
    const name = readDistributionPointName(point, readNames);
    const reasons = point.startsWith(0x81) ? point.namedBits(0x81) : undefined;
    const cRLIssuer = point.startsWith(0xa2) ? readNames(point.enter(0xa2)) : undefined;
    point.finish();
    return { ...name, reasons, cRLIssuer };
  });
}

/** What an authorityKeyIdentifier extension's value holds. */
export function parseAuthorityKeyIdentifier(value: Uint8Array): AuthorityKeyIdentifier {
  return parseAuthorityKey(value, readGeneralNames);
}

/** `parseAuthorityKeyIdentifier` with the general names read by `readNames`. */
export function parseAuthorityKey<Name>(
  value: Uint8Array,
  readNames: (reader: DerReader) => readonly Name[],
): AuthorityKeyIdentifier<Name> {
  return readWhole(value, (reader) => {
    const fields = reader.sequence();
    const keyIdentifier = fields.startsWith(0x80) ? fields.contents(0x80) : undefined;
    const authorityCertIssuer = fields.startsWith(0xa1) ? readNames(fields.enter(0xa1)) : undefined;
    const authorityCertSerialNumber = fields.startsWith(0x82) ? fields.unsignedInteger(0x82) : undefined;
    fields.finish();
    return { keyIdentifier, authorityCertIssuer, authorityCertSerialNumber };
  });
}

/** The identifier in a subjectKeyIdentifier extension's value. */
export function parseSubjectKeyIdentifier(value: Uint8Array): Uint8Array {
  return readWhole(value, (reader) => reader.octetString());
}

/** The purposes in an extKeyUsage extension's value. */
export function parseExtendedKeyUsage(value: Uint8Array): readonly ObjectIdentifier[] {
  return listOf(value, (reader) => reader.objectIdentifier());
}
