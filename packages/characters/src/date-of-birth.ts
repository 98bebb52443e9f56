import { type CivilDate, compareCivilDates, daysInMonth, existsInCalendar } from "./civil-date.ts";
import { type Era, type EraFacts, eras, isInEra } from "./wareki.ts";

/**
 * A birth date as a register holds it: any part may be unknown (`undefined`), the day before the month and the month
 * before the year. `era` is `undefined` when unknown or not used (外国人住民 are often registered by the Western year).
 */
export interface DateOfBirth {
  readonly era: Era | undefined;
  readonly year: number | undefined;
  readonly month: number | undefined;
  readonly day: number | undefined;
}

/**
 * Writes the dateOfBirth otherName of the certificate: nine digits `EYYYYMMDD`, E = 1 明治 … 5 令和, 0 unknown or none;
 * the year is Gregorian; an unknown part is zeros. Throws `RangeError` for a date that {@link parseDateOfBirth}
 * would refuse: what reaches this function was read from a register and checked.
 */
export function encodeDateOfBirth(birth: DateOfBirth): string {
  const digit = eras.find(({ era }) => era === birth.era)?.digit ?? "0";
  const pad = (part: number | undefined, length: number): string => String(part ?? 0).padStart(length, "0");
  const encoded = `${digit}${pad(birth.year, 4)}${pad(birth.month, 2)}${pad(birth.day, 2)}`;
  if (parseDateOfBirth(encoded) === undefined) throw new RangeError("not a date of birth that exists");
  return encoded;
}

/**
 * Reads `EYYYYMMDD`. Answers `undefined` for anything that is not nine digits of a date that exists in its era
 * (319890108: 昭和 ended the day before), for a part known beneath an unknown one, and for a partly known date of
 * which no day lies in the era.
 */
export function parseDateOfBirth(encoded: string): DateOfBirth | undefined {
  const match = /^([0-5])(\d{4})(\d{2})(\d{2})$/.exec(encoded);
  if (match === null) return undefined;
  const part = (index: number): number | undefined => Number(match[index]) || undefined;
  const facts = eras.find(({ digit }) => digit === match[1]);
  const birth = { era: facts?.era, year: part(2), month: part(3), day: part(4) };
  if (birth.year === undefined) return birth.month === undefined && birth.day === undefined ? birth : undefined;
  if (birth.month === undefined) {
    return birth.day === undefined && touchesEra(birth.year, 1, 12, facts) ? birth : undefined;
  }
  if (birth.month > 12) return undefined;
  if (birth.day === undefined) return touchesEra(birth.year, birth.month, birth.month, facts) ? birth : undefined;
  const date: CivilDate = { year: birth.year, month: birth.month, day: birth.day };
  return existsInCalendar(date) && (facts === undefined || isInEra(date, facts)) ? birth : undefined;
}

/** True when some day from the first of `firstMonth` to the last of `lastMonth` lies in the era (or there is none). */
function touchesEra(year: number, firstMonth: number, lastMonth: number, facts: EraFacts | undefined): boolean {
  if (facts === undefined) return true;
  const start = { year, month: firstMonth, day: 1 };
  const end = { year, month: lastMonth, day: daysInMonth(year, lastMonth) };
  const { first, last } = facts;
  return compareCivilDates(end, first) >= 0 && (last === undefined || compareCivilDates(start, last) <= 0);
}

/** Writes a birth date for people: `昭和39年1月7日`, `西暦1964年1月日不詳`, `昭和39年月日不詳`, `年月日不詳`. */
export function formatDateOfBirth(birth: DateOfBirth): string {
  return dateOfBirthParts(birth).join("");
}

/** The year with its era, the month and the day as {@link formatDateOfBirth} joins them. */
export function dateOfBirthParts({ era, year, month, day }: DateOfBirth): [string, string, string] {
  const facts = eras.find((candidate) => candidate.era === era);
  const eraYear = facts === undefined || year === undefined ? year : year - facts.firstYear + 1;
  const yearText = facts !== undefined && eraYear === 1 ? "元" : (eraYear ?? "");
  const prefix = facts?.era ?? (year === undefined ? "" : "西暦");
  return [`${prefix}${yearText}年`, `${month ?? ""}月`, day === undefined ? "日不詳" : `${day}日`];
}
