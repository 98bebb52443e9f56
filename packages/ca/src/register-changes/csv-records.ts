/** One record of a CSV text: its cells, or that it is none; `line` is the line it begins on, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[] | undefined;
}

/**
 * Reads CSV (RFC 4180) record by record: CRLF or LF ends one, a byte order mark before the first is skipped, a quoted cell
 * may hold commas, doubled quotes and line breaks. A record with a stray quote has no cells, and reading goes on behind
 * the end of its first line.
 */
export function* csvRecords(text: string): Generator<CsvRecord> {
  let at = text.startsWith("\u{feff}") ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const start = at;
    const record = readRecord(text, start);
    at = record?.next ?? endOfLine(text, start);
    yield { line, cells: record?.cells };
    line += lineBreaks(text, start, at);
  }
}

// Sticky, so that each match begins where the last ended; the quoted cell is unrolled, so that none takes long to fail.
const cell = /"([^"]*(?:""[^"]*)*)"|([^",\r\n]*)/y;
const separator = /,|\r?\n|$/y;

function readRecord(text: string, start: number): { readonly cells: string[]; readonly next: number } | undefined {
  const cells: string[] = [];
  for (let at = start; ; ) {
    cell.lastIndex = at;
    const [, quoted, plain = ""] = cell.exec(text) ?? [];
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    separator.lastIndex = cell.lastIndex;
    const [ended] = separator.exec(text) ?? [];
    if (ended === undefined) return undefined;
    at = separator.lastIndex;
    if (ended !== ",") return { cells, next: at };
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end + 1;
}

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
