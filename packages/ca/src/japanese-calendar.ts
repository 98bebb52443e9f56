/** Days and months as they are in Japan (UTC+9, no summer time): what periods, fees and papers go by. */
import { toWareki } from "@mitome/characters";

const jstOffset = 9 * 3600_000;

/** The day in Japan on which an instant falls, `YYYY-MM-DD`. Days in this form sort by time. */
export function japaneseDay(instant: Date): string {
  return new Date(instant.getTime() + jstOffset).toISOString().slice(0, 10);
}

/** The month in Japan in which an instant lies, `YYYY-MM`. Months in this form sort by time. */
export function japaneseMonth(instant: Date): string {
  return japaneseDay(instant).slice(0, 7);
}

/** Whether a text is a month, `YYYY-MM`. */
export function isMonth(text: string): boolean {
  return /^\d{4}-(?:0[1-9]|1[0-2])$/.test(text);
}

/** A month as papers have it, `令和8年11月`, by the era of its first day; `西暦` before 1873. Throws `RangeError` for no month. */
export function formatJapaneseMonth(month: string): string {
  if (!isMonth(month)) throw new RangeError("not a month");
  return `${yearAndMonth(`${month}-01`)}月`;
}

/** The day in Japan of an instant as papers have it, `令和8年11月22日`. */
export function formatJapaneseDay(instant: Date): string {
  const day = japaneseDay(instant);
  return `${yearAndMonth(day)}月${Number(day.slice(8))}日`;
}

function yearAndMonth(date: string): string {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const wareki = toWareki({ year, month, day });
  if (wareki === undefined) return `西暦${year}年${month}`;
  return `${wareki.era}${wareki.eraYear === 1 ? "元" : wareki.eraYear}年${month}`;
}
