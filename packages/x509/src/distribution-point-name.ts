import type { DerReader } from "./der-reader.ts";
import { contextConstructed } from "./der-writer.ts";
import { encodeGeneralName, type GeneralName } from "./general-name.ts";

/**
 * How a distribution point is named: in full, relative to the list's issuer (which stays encoded), or not at all.
 * `Name` is what its general names were read as.
 */
export interface DistributionPointName<Name = GeneralName> {
  readonly fullName: readonly Name[] | undefined;
  readonly nameRelativeToCRLIssuer: Uint8Array | undefined;
}

/**
 * The field distributionPoint of DistributionPoint and of IssuingDistributionPoint, with a full name.
 *
 * ```asn1
 * distributionPoint [0] DistributionPointName    -- RFC 5280 §4.2.1.13; EXPLICIT, being a CHOICE
 * DistributionPointName ::= CHOICE {
 *   fullName                 [0] GeneralNames,
 *   nameRelativeToCRLIssuer  [1] RelativeDistinguishedName }
 * ```
 */
export function encodeFullName(fullName: readonly GeneralName[]): Uint8Array {
  return contextConstructed(0, contextConstructed(0, ...fullName.map(encodeGeneralName)));
}

/** Reads the field distributionPoint where it stands next; `readNames` reads general names up to the end of its reader. */
export function readDistributionPointName<Name>(
  fields: DerReader,
  readNames: (reader: DerReader) => readonly Name[],
): DistributionPointName<Name> {
  if (!fields.startsWith(0xa0)) return { fullName: undefined, nameRelativeToCRLIssuer: undefined };
  const choice = fields.enter(0xa0);
  const fullName = choice.startsWith(0xa0) ? readNames(choice.enter(0xa0)) : undefined;
  const nameRelativeToCRLIssuer = fullName === undefined ? choice.contents(0xa1) : undefined;
  choice.finish();
  return { fullName, nameRelativeToCRLIssuer };
}
