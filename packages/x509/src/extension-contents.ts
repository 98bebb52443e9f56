import { DerReader } from "./der-reader.ts";
import { type KeyUsageBit, keyUsageBits } from "./extensions.ts";
import { type GeneralName, readGeneralNames } from "./general-name.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";

/** One point of cRLDistributionPoints; a name relative to the CRL's issuer stays encoded. */
export interface DistributionPoint {
  readonly fullName: readonly GeneralName[] | undefined;
  readonly nameRelativeToCRLIssuer: Uint8Array | undefined;
  readonly reasons: readonly number[] | undefined;
  readonly cRLIssuer: readonly GeneralName[] | undefined;
}

/** What authorityKeyIdentifier holds; `authorityCertSerialNumber` is a big-endian magnitude. */
export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined;
  readonly authorityCertIssuer: readonly GeneralName[] | undefined;
  readonly authorityCertSerialNumber: Uint8Array | undefined;
}

/** PolicyInformation; qualifiers stay encoded. */
export interface PolicyInformation {
  readonly policyIdentifier: ObjectIdentifier;
  readonly policyQualifiers: Uint8Array | undefined;
}

// Each function reads the DER of one extension's value and throws `MalformedDer` for anything else.

function whole<Value>(value: Uint8Array, read: (reader: DerReader) => Value): Value {
  const reader = new DerReader(value);
  const contents = read(reader);
  reader.finish();
  return contents;
}

/** SEQUENCE SIZE (1..MAX) OF. */
function listOf<Value>(value: Uint8Array, read: (reader: DerReader) => Value): readonly Value[] {
  return whole(value, (reader) => {
    const elements = reader.sequence();
    if (elements.atEnd) elements.fail("an empty list");
    const list: Value[] = [];
    while (!elements.atEnd) list.push(read(elements));
    return list;
  });
}

/** The uses that a keyUsage extension's value allows. */
export function parseKeyUsage(value: Uint8Array): readonly KeyUsageBit[] {
  return whole(value, (reader) =>
    reader.namedBits().map((position) => keyUsageBits[position] ?? reader.fail("a keyUsage bit outside RFC 5280")),
  );
}

/** Whether a basicConstraints extension's value says cA, and how many CAs may follow (`undefined` = no limit). */
export function parseBasicConstraints(value: Uint8Array): {
  readonly cA: boolean;
  readonly pathLenConstraint: number | undefined;
} {
  return whole(value, (reader) => {
    const fields = reader.sequence();
    const start = fields.offset;
    const cA = fields.startsWith(0x01) && fields.boolean();
    if (!cA && fields.offset !== start) fields.failAt(start, "the default of cA written out");
    const pathLenConstraint = fields.startsWith(0x02) ? fields.smallInteger() : undefined;
    fields.finish();
    return { cA, pathLenConstraint };
  });
}

/** The names in the value of subjectAltName or issuerAltName. */
export function parseGeneralNames(value: Uint8Array): readonly GeneralName[] {
  return whole(value, (reader) => readGeneralNames(reader.sequence()));
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
  return listOf(value, (reader) => {
    const point = reader.sequence();
    let fullName: readonly GeneralName[] | undefined;
    let nameRelativeToCRLIssuer: Uint8Array | undefined;
    if (point.startsWith(0xa0)) {
      const choice = point.enter(0xa0);
      if (choice.startsWith(0xa0)) fullName = readGeneralNames(choice.enter(0xa0));
      else nameRelativeToCRLIssuer = choice.contents(0xa1);
      choice.finish();
    }
    const reasons = point.startsWith(0x81) ? point.namedBits(0x81) : undefined;
    const cRLIssuer = point.startsWith(0xa2) ? readGeneralNames(point.enter(0xa2)) : undefined;
    point.finish();
    return { fullName, nameRelativeToCRLIssuer, reasons, cRLIssuer };
  });
}

/** What an authorityKeyIdentifier extension's value holds. */
export function parseAuthorityKeyIdentifier(value: Uint8Array): AuthorityKeyIdentifier {
  return whole(value, (reader) => {
    const fields = reader.sequence();
    const keyIdentifier = fields.startsWith(0x80) ? fields.contents(0x80) : undefined;
    const authorityCertIssuer = fields.startsWith(0xa1) ? readGeneralNames(fields.enter(0xa1)) : undefined;
    const authorityCertSerialNumber = fields.startsWith(0x82) ? fields.unsignedInteger(0x82) : undefined;
    fields.finish();
    return { keyIdentifier, authorityCertIssuer, authorityCertSerialNumber };
  });
}

/** The identifier in a subjectKeyIdentifier extension's value. */
export function parseSubjectKeyIdentifier(value: Uint8Array): Uint8Array {
  return whole(value, (reader) => reader.octetString());
}

/** The purposes in an extKeyUsage extension's value. */
export function parseExtendedKeyUsage(value: Uint8Array): readonly ObjectIdentifier[] {
  return listOf(value, (reader) => reader.objectIdentifier());
}
