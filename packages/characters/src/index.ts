export { chibaMunicipalities, type Municipality } from "./chiba-municipalities.ts";
export { type CivilDate, compareCivilDates, daysInMonth, existsInCalendar } from "./civil-date.ts";
export { compareFourItems } from "./compare-four-items.ts";
export { type DateOfBirth, encodeDateOfBirth, formatDateOfBirth, parseDateOfBirth } from "./date-of-birth.ts";
export type { ComparedItem, Difference, FourItems, ItemComparison, Mismatch, Variation } from "./four-items.ts";
export { isMunicipalCode, municipalCodeCheckDigit } from "./municipal-code.ts";
export {
  type CharacterStandard,
  findOutsideRepertoire,
  isInRepertoire,
  type OutsideCharacter,
  type OutsideKind,
  standardOf,
} from "./repertoire.ts";
export { isResidentCode, residentCodeCheckDigit } from "./resident-code.ts";
export {
  type Era,
  type EraFacts,
  eras,
  formatWareki,
  isInEra,
  type ParsedWareki,
  parseWareki,
  toWareki,
  type Wareki,
} from "./wareki.ts";
