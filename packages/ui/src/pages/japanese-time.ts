import { type Html, html } from "./html.ts";

const hour = 3_600_000;

/** Japan is nine hours ahead of UTC and has no summer time. */
function inJapan(instant: Date): string {
  return new Date(instant.getTime() + 9 * hour).toISOString();
}

/** A day `YYYY-MM-DD` as people write it, for a page: `2014年4月1日`. */
export function dayOf(day: string): Html {
  const [year, month, date] = day.split("-").map(Number);
  return html`<time datetime="${day}">${year}年${month}月${date}日</time>`;
}

/** A month `YYYY-MM` for a page: `2026年3月`. */
export function monthOf(month: string): Html {
  const [year, number] = month.split("-").map(Number);
  return html`<time datetime="${month}">${year}年${number}月</time>`;
}

/** An instant in Japan's time, for a page: `2026年11月22日 18:05`. */
export function instantOf(instant: Date): Html {
  const [day = "", time = ""] = inJapan(instant).split("T");
  const [year, month, date] = day.split("-").map(Number);
  return html`<time datetime="${instant.toISOString()}">${year}年${month}月${date}日 ${time.slice(0, 5)}</time>`;
}

/** A length of time in milliseconds, for people: `3時間12分`. Seconds are left out. */
export function durationOf(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}分` : `${hours}時間${minutes % 60}分`;
}
