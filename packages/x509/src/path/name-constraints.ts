import { DerReader, readWhole } from "../der-reader.ts";
import { sequence } from "../der-writer.ts";
import { type PathGeneralName, readPathGeneralName } from "./path-general-name.ts";

/** What nameConstraints holds (RFC 5280 §4.2.1.10). */
export interface NameConstraints {
  readonly permittedSubtrees: readonly PathGeneralName[];
  readonly excludedSubtrees: readonly PathGeneralName[];
}

/**
 * The value of a nameConstraints extension; throws `MalformedDer`, also for a subtree with bounds, which RFC 5280 forbids.
 *
 * ```asn1
 * NameConstraints ::= SEQUENCE {                 -- RFC 5280 §4.2.1.10
 *   permittedSubtrees [0] GeneralSubtrees OPTIONAL,
 *   excludedSubtrees  [1] GeneralSubtrees OPTIONAL }
 * GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] INTEGER DEFAULT 0, maximum [1] INTEGER OPTIONAL }
 * ```
 */
export function parseNameConstraints(value: Uint8Array): NameConstraints {
  return readWhole(value, (reader) => {
    const fields = reader.sequence();
    if (fields.atEnd) fields.fail("nameConstraints without any");
    const permittedSubtrees = fields.startsWith(0xa0) ? readSubtrees(fields.enter(0xa0)) : [];
    const excludedSubtrees = fields.startsWith(0xa1) ? readSubtrees(fields.enter(0xa1)) : [];
    fields.finish();
    return { permittedSubtrees, excludedSubtrees };
  });
}

function readSubtrees(reader: DerReader): readonly PathGeneralName[] {
  if (reader.atEnd) reader.fail("an empty list of subtrees");
  const subtrees: PathGeneralName[] = [];
  while (!reader.atEnd) subtrees.push(readGeneralSubtree(reader));
  return subtrees;
}

function readGeneralSubtree(reader: DerReader): PathGeneralName {
  const subtree = reader.sequence();
  const base = readPathGeneralName(subtree);
  // RFC 5280 §4.2.1.10: "minimum MUST be zero, and maximum MUST be absent".
  if (!subtree.atEnd) subtree.fail("a subtree with minimum or maximum");
  if (base.kind === "iPAddress" && !isAddressRange(base.octets)) subtree.fail("an address range of another length");
  return base;
}

/** RFC 4632: an address of IPv4 or IPv6 and its mask, whose ones stand before its zeros. */
function isAddressRange(octets: Uint8Array): boolean {
  if (octets.length !== 8 && octets.length !== 32) return false;
  const mask = Array.from(octets.subarray(octets.length / 2), (octet) => octet.toString(2).padStart(8, "0"));
  return /^1*0*$/.test(mask.join(""));
}

/** The base of a GeneralSubtree in DER, or a GeneralName in DER as it would stand there; throws `MalformedDer`. */
export function parseSubtree(der: Uint8Array): PathGeneralName {
  return der[0] === 0x30 ? readWhole(der, readGeneralSubtree) : readGeneralSubtree(new DerReader(sequence(der)));
}
