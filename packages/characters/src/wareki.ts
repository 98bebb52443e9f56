import { type CivilDate, compareCivilDates, existsInCalendar } from "./civil-date.ts";

/** The eras (元号) since Japan counts by the Gregorian calendar. */
export type Era = "明治" | "大正" | "昭和" | "平成" | "令和";

/** One era: its letter, the digit that dateOfBirth carries, its first day and its last (none while it runs). */
export interface EraFacts {
  readonly era: Era;
  readonly letter: "M" | "T" | "S" | "H" | "R";
  readonly digit: "1" | "2" | "3" | "4" | "5";
  readonly firstYear: number;
  readonly first: CivilDate;
  readonly last: CivilDate | undefined;
}

const day = (year: number, month: number, dayOfMonth: number): CivilDate => ({ year, month, day: dayOfMonth });

/**
 * The five eras in order. The day of a change belongs to the new era alone, so that 昭和64年1月8日 does not exist.
 * 明治 begins here on 1873-01-01 (明治6年1月1日), the first day of the Gregorian calendar in Japan: the days before it
 * were counted by another calendar and have no date here.
 */
export const eras: readonly EraFacts[] = [
  { era: "明治", letter: "M", digit: "1", firstYear: 1868, first: day(1873, 1, 1), last: day(1912, 7, 29) },
  { era: "大正", letter: "T", digit: "2", firstYear: 1912, first: day(1912, 7, 30), last: day(1926, 12, 24) },
  { era: "昭和", letter: "S", digit: "3", firstYear: 1926, first: day(1926, 12, 25), last: day(1989, 1, 7) },
  { era: "平成", letter: "H", digit: "4", firstYear: 1989, first: day(1989, 1, 8), last: day(2019, 4, 30) },
  { era: "令和", letter: "R", digit: "5", firstYear: 2019, first: day(2019, 5, 1), last: undefined },
];

/** A date as written with its era; `eraYear` is 1 for 元年. */
export interface Wareki {
  readonly era: Era;
  readonly eraYear: number;
  readonly date: CivilDate;
}

/** What a clerk typed, read; or why it names no day. `era` tells the screen which era's bounds to explain. */
export type ParsedWareki =
  | ({ readonly kind: "wareki" } & Wareki)
  | { readonly kind: "refused"; readonly reason: "unreadable" }
  | { readonly kind: "refused"; readonly reason: "noSuchDay"; readonly era: Era }
  | { readonly kind: "refused"; readonly reason: "outsideEra"; readonly era: EraFacts };

const written =
  /^(明治|大正|昭和|平成|令和|[MTSHR])(?:(\d{1,2}|元)[./-](\d{1,2})[./-](\d{1,2})|(\d{2})(\d{2})(\d{2})|(\d{1,2}|元)年(\d{1,2})月(\d{1,2})日)$/;

/**
 * Reads a date with an era: `S64.1.7`, `S64/1/7`, `S64-1-7`, `S640107`, `昭和64年1月7日`, `令和元年5月1日`; capital or small,
 * full or half width. Refuses, and never corrects, a day that the calendar lacks (R1.4.31) and a day outside its era
 * (S64.1.8, H31.5.1, T15.12.25, R1.4.30, M5.12.31). A day still to come is a day: the caller knows today.
 */
export function parseWareki(text: string): ParsedWareki {
  const match = written.exec(
    text
      .trim()
      .normalize("NFKC")
      .toUpperCase()
      .replaceAll(/[‐‑–―−ー]/g, "-"),
  );
  const facts = eras.find(({ era, letter }) => match?.[1] === era || match?.[1] === letter);
  if (match === null || facts === undefined) return { kind: "refused", reason: "unreadable" };
  const year = match[2] ?? match[5] ?? match[8];
  const eraYear = year === "元" ? 1 : Number(year);
  const month = Number(match[3] ?? match[6] ?? match[9]);
  const date = { year: facts.firstYear + eraYear - 1, month, day: Number(match[4] ?? match[7] ?? match[10]) };
  if (!existsInCalendar(date)) return { kind: "refused", reason: "noSuchDay", era: facts.era };
  if (eraYear < 1 || !isInEra(date, facts)) return { kind: "refused", reason: "outsideEra", era: facts };
  return { kind: "wareki", era: facts.era, eraYear, date };
}

/** True when the day belongs to the era. */
export function isInEra(date: CivilDate, { first, last }: EraFacts): boolean {
  return compareCivilDates(date, first) >= 0 && (last === undefined || compareCivilDates(date, last) <= 0);
}

/** The era and year of a day; `undefined` for a day that does not exist and before 1873-01-01. */
export function toWareki(date: CivilDate): Wareki | undefined {
  const facts = existsInCalendar(date) ? eras.find((era) => isInEra(date, era)) : undefined;
  if (facts === undefined) return undefined;
  return { era: facts.era, eraYear: date.year - facts.firstYear + 1, date };
}

/** Writes a date for people: `昭和64年1月7日`, `令和元年5月1日`. */
export function formatWareki({ era, eraYear, date }: Wareki): string {
  return `${era}${eraYear === 1 ? "元" : eraYear}年${date.month}月${date.day}日`;
}
