import { findOutsideRepertoire } from "@mitome/characters";
import type { CaseRefusal, ResidentRecord } from "./case-context.ts";

/** Longest address, in characters, that the certificate's address otherName takes. */
const longestAddress = 200;

/**
 * Whether this resident can be given a certificate here: null when nothing stands against it. Checks that the record
 * belongs to the counter's municipality, that the items are there, and that every character is in JIS X 0208 or
 * JIS X 0212 (千葉県運用規程 3-1-8); the first character outside is named with its place, never replaced silently.
 */
export function refusalOfResident(resident: ResidentRecord, municipality: string): CaseRefusal | null {
  if (resident.municipality !== municipality) return { reason: "municipalityNotTheCallers", detail: {} };
  for (const item of ["name", "address"] as const) {
    if (resident[item] === "") return { reason: "itemMissing", detail: { item } };
  }
  if ([...resident.address].length > longestAddress)
    return { reason: "addressTooLong", detail: { longest: longestAddress } };
  for (const item of ["name", "alias", "address"] as const) {
    const [outside] = findOutsideRepertoire(resident[item] ?? "");
    if (outside !== undefined) {
      const { position, character } = outside;
      return { reason: "characterOutsideRepertoire", detail: { item, position, character } };
    }
  }
  return null;
}
