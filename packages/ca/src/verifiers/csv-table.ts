/** One cell: text, or an integer that stays a number. */
export type CsvCell = string | number;

/**
 * A table as CSV (RFC 4180: CRLF, quotes doubled), UTF-8 with the byte order mark that Excel needs to read Japanese. A
 * text that a spreadsheet would take for a formula gets an apostrophe before it: names come from outside.
 */
export function csvTable(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  const lines = [header, ...rows].map((cells) => `${cells.map(csvCell).join(",")}\r\n`);
  return `\u{feff}${lines.join("")}`;
}

function csvCell(cell: CsvCell): string {
  if (typeof cell === "number") return String(cell);
  // Full-width signs too: Japanese spreadsheets take ＝ for =. A tab or a line break is skipped before the sign.
  const text = /^[\s\p{Cc}]*[=+\-@＝＋－＠]/u.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
