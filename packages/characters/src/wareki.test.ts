import { describe, expect, it } from "vitest";
import { type CivilDate, compareCivilDates } from "./civil-date.ts";
import { encodeDateOfBirth, formatDateOfBirth, parseDateOfBirth } from "./date-of-birth.ts";
import { eras, formatWareki, parseWareki, toWareki } from "./wareki.ts";

const lastDay = { year: 2026, month: 12, day: 31 };

interface Day {
  readonly date: CivilDate;
  readonly written: string;
  readonly short: string;
  readonly compact: string;
}

const two = (part: number): string => String(part).padStart(2, "0");

/** Every day from 1873-01-01 to the last of 2026, with the era and year that ICU gives it. */
const everyDay = ((): Day[] => {
  const icu = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { era: "long", year: "numeric", timeZone: "UTC" });
  const days: Day[] = [];
  for (let time = Date.UTC(1873, 0, 1); ; time += 86_400_000) {
    const instant = new Date(time);
    const date = { year: instant.getUTCFullYear(), month: instant.getUTCMonth() + 1, day: instant.getUTCDate() };
    if (compareCivilDates(date, lastDay) > 0) return days;
    const [, era, year] = /^(..)(\d+|元)年$/.exec(icu.format(instant)) ?? [];
    const eraYear = year === "元" ? 1 : Number(year);
    const letter = eras.find((facts) => facts.era === era)?.letter;
    days.push({
      date,
      written: `${era}${eraYear === 1 ? "元" : eraYear}年${date.month}月${date.day}日`,
      short: `${letter}${eraYear}.${date.month}.${date.day}`,
      compact: `${letter}${two(eraYear)}${two(date.month)}${two(date.day)}`,
    });
  }
})();

describe("wareki", () => {
  it("reads and writes every day since 1873 as ICU does, in every form", () => {
    expect(everyDay).toHaveLength(56_247);
    for (const { date, written, short, compact } of everyDay) {
      const wareki = toWareki(date);
      if (wareki === undefined || formatWareki(wareki) !== written) throw new Error(`${written} written wrongly`);
      for (const text of [written, short, compact]) {
        const parsed = parseWareki(text);
        if (parsed.kind !== "wareki" || compareCivilDates(parsed.date, date) !== 0)
          throw new Error(`${text} read wrongly`);
      }
    }
  });

  it("refuses every other combination of era, year 0–99, month 0–13 and day 0–32", () => {
    const existing = new Set(everyDay.map(({ compact }) => compact));
    const accepted: string[] = [];
    for (const { letter } of eras) {
      for (let year = 0; year <= 99; year += 1) {
        // 令和 runs on: its years after the last one listed are checked against the calendar elsewhere.
        if (letter === "R" && year > 8) continue;
        for (let month = 0; month <= 13; month += 1) {
          for (let day = 0; day <= 32; day += 1) {
            const text = `${letter}${two(year)}${two(month)}${two(day)}`;
            if (parseWareki(text).kind === "wareki") accepted.push(text);
          }
        }
      }
    }
    expect(accepted.filter((text) => !existing.has(text))).toEqual([]);
    expect(accepted).toHaveLength(existing.size);
  });

  it.each([
    ["S64.1.8", "outsideEra"],
    ["昭和64年1月8日", "outsideEra"],
    ["昭和65年1月1日", "outsideEra"],
    ["H31.5.1", "outsideEra"],
    ["平成31年5月1日", "outsideEra"],
    ["T15.12.25", "outsideEra"],
    ["M45.7.30", "outsideEra"],
    ["R1.4.30", "outsideEra"],
    ["令和元年4月30日", "outsideEra"],
    ["H1.1.7", "outsideEra"],
    ["M5.12.31", "outsideEra"],
    ["S0.1.1", "outsideEra"],
    ["R1.6.31", "noSuchDay"],
    ["S39.2.30", "noSuchDay"],
    ["H13.2.29", "noSuchDay"],
    ["S39.13.1", "noSuchDay"],
    ["S39.0.1", "noSuchDay"],
    ["S39.1.0", "noSuchDay"],
    ["", "unreadable"],
    ["S", "unreadable"],
    ["S64.1", "unreadable"],
    ["S6417", "unreadable"],
    ["64.1.7", "unreadable"],
    ["X64.1.7", "unreadable"],
    ["昭和 64年1月7日", "unreadable"],
    ["S64.1.7.1", "unreadable"],
    ["1964-01-07", "unreadable"],
    ["S-1.1.1", "unreadable"],
    ["昭64.1.7x", "unreadable"],
  ])("refuses %s: %s", (text, reason) => {
    expect(parseWareki(text)).toMatchObject({ kind: "refused", reason });
  });

  it.each([
    "S64.1.7",
    "s64.1.7",
    "Ｓ６４．１．７",
    "S64/1/7",
    "S64-1-7",
    "S64.01.07",
    "S640107",
    "ｓ６４０１０７",
    "昭和64年1月7日",
    "昭和６４年１月７日",
    " S64.1.7 ",
    "S64－1－7",
  ])("reads %s as the last day of 昭和", (text) => {
    expect(parseWareki(text)).toEqual({
      kind: "wareki",
      era: "昭和",
      eraYear: 64,
      date: { year: 1989, month: 1, day: 7 },
    });
  });

  it.each([
    ["令和元年5月1日", 2019, 5, 1],
    ["R1.5.1", 2019, 5, 1],
    ["令和1年5月1日", 2019, 5, 1],
    ["平成元年1月8日", 1989, 1, 8],
    ["T1.7.30", 1912, 7, 30],
    ["昭和元年12月25日", 1926, 12, 25],
    ["M6.1.1", 1873, 1, 1],
    ["R6.2.29", 2024, 2, 29],
  ])("reads %s", (text, year, month, day) => {
    expect(parseWareki(text)).toMatchObject({ kind: "wareki", date: { year, month, day } });
  });

  it("has no era for a day that does not exist or before 1873", () => {
    expect(toWareki({ year: 1872, month: 12, day: 31 })).toBeUndefined();
    expect(toWareki({ year: 2023, month: 2, day: 29 })).toBeUndefined();
    expect(toWareki({ year: 2000, month: 1.5, day: 1 })).toBeUndefined();
  });
});

describe("dateOfBirth of the certificate", () => {
  it("writes and reads every day since 1873 with its era's digit", () => {
    for (const { date, written } of everyDay) {
      const birth = { ...date, era: toWareki(date)?.era };
      const encoded = encodeDateOfBirth(birth);
      const read = parseDateOfBirth(encoded);
      if (!/^[1-5]\d{8}$/.test(encoded) || read === undefined || formatDateOfBirth(read) !== written)
        throw new Error(written);
    }
  });

  it.each([
    ["319801231", "昭和55年12月31日"],
    ["319890107", "昭和64年1月7日"],
    ["419890108", "平成元年1月8日"],
    ["520190501", "令和元年5月1日"],
    ["119120729", "明治45年7月29日"],
    ["019640107", "西暦1964年1月7日"],
    ["319640100", "昭和39年1月日不詳"],
    ["319640000", "昭和39年月日不詳"],
    ["019640000", "西暦1964年月日不詳"],
    ["319890100", "昭和64年1月日不詳"],
    ["419890000", "平成元年月日不詳"],
    ["300000000", "昭和年月日不詳"],
    ["000000000", "年月日不詳"],
  ])("reads %s as %s and writes it again", (encoded, text) => {
    const birth = parseDateOfBirth(encoded);
    if (birth === undefined) throw new Error("refused");
    expect(formatDateOfBirth(birth)).toBe(text);
    expect(encodeDateOfBirth(birth)).toBe(encoded);
  });

  it.each([
    "319890108",
    "319900101",
    "419890107",
    "219261225",
    "520190430",
    "118721231",
    "319640230",
    "319641301",
    "319640132",
  ])("refuses %s, which does not exist", (encoded) => {
    expect(parseDateOfBirth(encoded)).toBeUndefined();
  });

  it.each(["319890200", "319900000", "419880000", "520190400", "219270000", "118720000", "319641300"])(
    "refuses %s, of which no day lies in the era",
    (encoded) => {
      expect(parseDateOfBirth(encoded)).toBeUndefined();
    },
  );

  it.each([
    "319640007",
    "300000107",
    "300000100",
    "619640107",
    "31964010",
    "3196401077",
    "31964010a",
    "",
    "３19640107",
  ])("refuses %j, which is not of the form", (encoded) => {
    expect(parseDateOfBirth(encoded)).toBeUndefined();
  });

  it("does not write a date that does not exist", () => {
    expect(() => encodeDateOfBirth({ era: "昭和", year: 1989, month: 1, day: 8 })).toThrow(RangeError);
  });
});
