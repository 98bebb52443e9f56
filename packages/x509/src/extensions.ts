import { brandDer, type Der } from "./der.ts";
import type { DerReader } from "./der-reader.ts";
import {
  booleanTrue,
  contextPrimitive,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  unsignedInteger,
} from "./der-writer.ts";
import { encodeFullName } from "./distribution-point-name.ts";
import { encodeGeneralNames, type GeneralName } from "./general-name.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";

/** One extension: `value` is the DER inside extnValue. */
export interface Extension {
  readonly oid: ObjectIdentifier;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Object identifiers of the certificate extensions of RFC 5280 §4.2.1. */
export const extensionOids = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  issuerAltName: "2.5.29.18",
  basicConstraints: "2.5.29.19",
  cRLDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  authorityKeyIdentifier: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
} as const satisfies Record<string, ObjectIdentifier>;

/** The name of a certificate extension in RFC 5280. */
export type ExtensionName = keyof typeof extensionOids;

/** KeyUsage bits in their order (RFC 5280 §4.2.1.3). */
export const keyUsageBits = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

/** A use that keyUsage may allow. */
export type KeyUsageBit = (typeof keyUsageBits)[number];

/** Extended key usages of RFC 5280 §4.2.1.12 that our certificates have. */
export const extendedKeyUsageOids = {
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  OCSPSigning: "1.3.6.1.5.5.7.3.9",
} as const satisfies Record<string, ObjectIdentifier>;

/** A purpose that extKeyUsage may name. */
export type ExtendedKeyUsage = keyof typeof extendedKeyUsageOids;

/** `Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }` (RFC 5280 §4.1). */
export function encodeExtension({ oid, critical, value }: Extension): Der<"Extension"> {
  const identifier = objectIdentifier(oid);
  return brandDer(
    critical ? sequence(identifier, booleanTrue, octetString(value)) : sequence(identifier, octetString(value)),
  );
}

/** Reads `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`; the values stay encoded. */
export function readExtensions(reader: DerReader): readonly Extension[] {
  const list = reader.sequence();
  if (list.atEnd) list.fail("an empty list of extensions");
  const extensions: Extension[] = [];
  while (!list.atEnd) {
    const extension = list.sequence();
    const oid = extension.objectIdentifier();
    extensions.push({ oid, critical: extension.flag(), value: extension.octetString() });
    extension.finish();
  }
  return extensions;
}

/** Reads `[number] EXPLICIT Extensions` where it stands next, else an empty list. */
export function readTaggedExtensions(fields: DerReader, number: number): readonly Extension[] {
  if (!fields.startsWith(0xa0 | number)) return [];
  const tagged = fields.enter(0xa0 | number);
  const extensions = readExtensions(tagged);
  tagged.finish();
  return extensions;
}

/** keyUsage; RFC 5280 §4.2.1.3: SHOULD be critical, as it is here. */
export function keyUsage(bits: readonly KeyUsageBit[]): Extension {
  return {
    oid: extensionOids.keyUsage,
    critical: true,
    value: namedBits(bits.map((bit) => keyUsageBits.indexOf(bit))),
  };
}

/** basicConstraints of a certification authority, critical (RFC 5280 §4.2.1.9), with no limit to the path unless given. */
export function basicConstraints(pathLength?: number): Extension {
  const limit = pathLength === undefined ? [] : [unsignedInteger(Uint8Array.of(pathLength))];
  return { oid: extensionOids.basicConstraints, critical: true, value: sequence(booleanTrue, ...limit) };
}

/** subjectAltName, not critical beside a subject that is not empty (RFC 5280 §4.2.1.6). */
export function subjectAltName(names: readonly GeneralName[]): Extension {
  return { oid: extensionOids.subjectAltName, critical: false, value: encodeGeneralNames(names) };
}

/** issuerAltName, not critical (RFC 5280 §4.2.1.7). */
export function issuerAltName(names: readonly GeneralName[]): Extension {
  return { oid: extensionOids.issuerAltName, critical: false, value: encodeGeneralNames(names) };
}

/** certificatePolicies without qualifiers, not critical; a profile may make it so (RFC 5280 §4.2.1.4). */
export function certificatePolicies(policies: readonly ObjectIdentifier[]): Extension {
  const value = sequence(...policies.map((policy) => sequence(objectIdentifier(policy))));
  return { oid: extensionOids.certificatePolicies, critical: false, value };
}

/**
 * cRLDistributionPoints with one point named by `fullName`, not critical (RFC 5280 §4.2.1.13).
 *
 * ```asn1
 * DistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL, … }
 * ```
 */
export function crlDistributionPoints(fullName: readonly GeneralName[]): Extension {
  const value = sequence(sequence(encodeFullName(fullName)));
  return { oid: extensionOids.cRLDistributionPoints, critical: false, value };
}

/** authorityKeyIdentifier with the key identifier only: issuer and serial would tie the certificate to one path. */
export function authorityKeyIdentifier(identifier: Uint8Array): Extension {
  return {
    oid: extensionOids.authorityKeyIdentifier,
    critical: false,
    value: sequence(contextPrimitive(0, identifier)),
  };
}

/** subjectKeyIdentifier (RFC 5280 §4.2.1.2). */
export function subjectKeyIdentifier(identifier: Uint8Array): Extension {
  return { oid: extensionOids.subjectKeyIdentifier, critical: false, value: octetString(identifier) };
}

/** extKeyUsage, not critical (RFC 5280 §4.2.1.12). */
export function extendedKeyUsage(usages: readonly ExtendedKeyUsage[]): Extension {
  const value = sequence(...usages.map((usage) => objectIdentifier(extendedKeyUsageOids[usage])));
  return { oid: extensionOids.extKeyUsage, critical: false, value };
}
