/** Dates for people: Japanese time, Japanese calendar in Japanese, Gregorian in English. */
const day = {
  ja: new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { dateStyle: "long", timeZone: "Asia/Tokyo" }),
  en: new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "Asia/Tokyo" }),
} as const;
const clock = new Intl.DateTimeFormat("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });

/** 「令和8年11月22日」 of an ISO 8601 instant or calendar day. */
export function formatDay(iso: string, language: "ja" | "en" = "ja"): string {
  return day[language].format(new Date(iso));
}

/** 「令和8年11月22日 14:05」 of an ISO 8601 instant. */
export function formatInstant(iso: string): string {
  const instant = new Date(iso);
  return `${day.ja.format(instant)} ${clock.format(instant)}`;
}

/** Hexadecimal in groups of four capitals, for two people to read to each other. */
export function formatHex(hex: string): string {
  return hex
    .replaceAll(/\s/g, "")
    .toUpperCase()
    .replaceAll(/(.{4})(?=.)/g, "$1 ");
}
