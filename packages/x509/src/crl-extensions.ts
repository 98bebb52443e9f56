import { type CrlReason, crlReasonCodes, crlReasonOf } from "./crl-reason.ts";
import { type DerReader, readWhole } from "./der-reader.ts";
import { contextPrimitive, element, sequence, time, unsignedInteger } from "./der-writer.ts";
import { type DistributionPointName, encodeFullName, readDistributionPointName } from "./distribution-point-name.ts";
import type { Extension } from "./extensions.ts";
import { type GeneralName, readGeneralNames } from "./general-name.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";

/**
 * Object identifiers of the extensions that stand in certificate lists and their entries (RFC 5280 §5.2, §5.3);
 * nextPublish is Microsoft's "Next CRL Publish". authorityKeyIdentifier is the certificates' own.
 */
export const crlExtensionOids = {
  cRLNumber: "2.5.29.20",
  reasonCode: "2.5.29.21",
  issuingDistributionPoint: "2.5.29.28",
  nextPublish: "1.3.6.1.4.1.311.21.4",
} as const satisfies Record<string, ObjectIdentifier>;

/** Those certificates alone that a list may contain. */
export type CrlScope = "userCerts" | "caCerts" | "attributeCerts";

/** What an issuingDistributionPoint extension's value holds. */
export interface IssuingDistributionPoint<Name = GeneralName> extends DistributionPointName<Name> {
  /** `undefined` for a list of all certificates. */
  readonly onlyContains: CrlScope | undefined;
  /** Positions of ReasonFlags; `undefined` for a list of all reasons. */
  readonly onlySomeReasons: readonly number[] | undefined;
  readonly indirectCRL: boolean;
}

/** cRLNumber, not critical; RFC 5280 §5.2.3: at most 20 octets, and none below zero. */
export function crlNumber(number: bigint): Extension {
  if (number < 0n || number >= 1n << 159n) throw new RangeError("a cRLNumber below zero or longer than 20 octets");
  const hex = number.toString(16);
  const magnitude = Buffer.from(hex.padStart(hex.length + (hex.length & 1), "0"), "hex");
  return { oid: crlExtensionOids.cRLNumber, critical: false, value: unsignedInteger(magnitude) };
}

/**
 * issuingDistributionPoint, critical (RFC 5280 §5.2.5): one point named by `fullName`, all reasons, no other issuers.
 *
 * ```asn1
 * IssuingDistributionPoint ::= SEQUENCE {
 *   distributionPoint           [0] DistributionPointName OPTIONAL,
 *   onlyContainsUserCerts       [1] BOOLEAN DEFAULT FALSE,
 *   onlyContainsCACerts         [2] BOOLEAN DEFAULT FALSE,
 *   onlySomeReasons             [3] ReasonFlags OPTIONAL,
 *   indirectCRL                 [4] BOOLEAN DEFAULT FALSE,
 *   onlyContainsAttributeCerts  [5] BOOLEAN DEFAULT FALSE }
 * ```
 */
export function issuingDistributionPoint(
  fullName: readonly GeneralName[],
  onlyContains: "userCerts" | "caCerts" | undefined,
): Extension {
  const scope = onlyContains === undefined ? [] : [contextPrimitive(scopeTags[onlyContains], Uint8Array.of(0xff))];
  const value = sequence(encodeFullName(fullName), ...scope);
  return { oid: crlExtensionOids.issuingDistributionPoint, critical: true, value };
}

const scopeTags = { userCerts: 1, caCerts: 2 } as const;

/** nextPublish, not critical: when the next list is planned, which is before this one's nextUpdate; whole seconds. */
export function nextPublish(instant: Date): Extension {
  return { oid: crlExtensionOids.nextPublish, critical: false, value: time(instant) };
}

/** reasonCode of an entry, not critical (RFC 5280 §5.3.1). */
export function reasonCode(reason: CrlReason): Extension {
  const value = element(0x0a, Uint8Array.of(crlReasonCodes[reason]));
  return { oid: crlExtensionOids.reasonCode, critical: false, value };
}

// Each function reads the DER of one extension's value and throws `MalformedDer` for anything else.

/** The number in a cRLNumber extension's value; of a foreign list it may be of any length. */
export function parseCrlNumber(value: Uint8Array): bigint {
  const magnitude = readWhole(value, (reader) => reader.unsignedInteger());
  return BigInt(`0x${Buffer.from(magnitude).toString("hex")}`);
}

/** The point, scope and reasons in an issuingDistributionPoint extension's value. */
export function parseIssuingDistributionPoint(value: Uint8Array): IssuingDistributionPoint {
  return parseIssuingPoint(value, readGeneralNames);
}

/** `parseIssuingDistributionPoint` with the general names read by `readNames`. */
export function parseIssuingPoint<Name>(
  value: Uint8Array,
  readNames: (reader: DerReader) => readonly Name[],
): IssuingDistributionPoint<Name> {
  return readWhole(value, (reader) => {
    const fields = reader.sequence();
    const name = readDistributionPointName(fields, readNames);
    const scopes: CrlScope[] = [];
    if (fields.flag(0x81)) scopes.push("userCerts");
    if (fields.flag(0x82)) scopes.push("caCerts");
    const onlySomeReasons = fields.startsWith(0x83) ? fields.namedBits(0x83) : undefined;
    const indirectCRL = fields.flag(0x84);
    if (fields.flag(0x85)) scopes.push("attributeCerts");
    const [onlyContains, second] = scopes;
    // RFC 5280 §5.2.5: at most one of the three.
    if (second !== undefined) fields.fail("two scopes in one issuingDistributionPoint");
    fields.finish();
    return { ...name, onlyContains, onlySomeReasons, indirectCRL };
  });
}

/** The instant in a nextPublish extension's value. */
export function parseNextPublish(value: Uint8Array): Date {
  return readWhole(value, (reader) => reader.time());
}

/** The reason in a reasonCode extension's value; a code outside RFC 5280 is refused. */
export function parseReasonCode(value: Uint8Array): CrlReason {
  return readWhole(value, (reader) => {
    const [code, ...more] = reader.unsignedInteger(0x0a);
    const reason = code === undefined || more.length > 0 ? undefined : crlReasonOf(code);
    return reason ?? reader.fail("a revocation reason outside RFC 5280");
  });
}
