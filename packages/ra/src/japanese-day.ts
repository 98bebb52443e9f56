/** The calendar day in Japan (UTC+9, no summer time), `YYYY-MM-DD`, of an instant in ISO 8601. */
export function japaneseDay(instant: string): string {
  return new Date(new Date(instant).getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
}
