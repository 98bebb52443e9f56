/** What poppler finds in a PDF: a second opinion on papers. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's path of Chromium, which prints papers. */
export const CHROMIUM = "/usr/bin/chromium";

/** The text of a PDF line by line as it stands on the paper, in NFKC. */
export function textOfPdf(pdf: Uint8Array): string {
  return poppler("pdftotext", ["-layout", "-", "-"], pdf).normalize("NFKC");
}

/** What `pdfinfo` says, by its names, such as `Title`, `Tagged`, `Pages` and `Page size`. */
export function factsOfPdf(pdf: Uint8Array): Readonly<Record<string, string>> {
  const lines = poppler("pdfinfo", ["-"], pdf).trim().split("\n");
  return Object.fromEntries(lines.map((line) => [line.split(":", 1)[0] ?? "", line.replace(/^[^:]*:\s*/, "")]));
}

/** The fonts of a PDF: name, kind (`CID TrueType`, `Type 3`, …) and whether it is embedded. */
export function fontsOfPdf(
  pdf: Uint8Array,
): readonly { readonly name: string; readonly kind: string; readonly embedded: boolean }[] {
  const [, , ...lines] = poppler("pdffonts", ["-"], pdf).trimEnd().split("\n");
  return lines.map((line) => {
    const [, name = "", kind = "", embedded] = /^(\S+) +(\S.*?) {2,}\S+ +(yes|no) /.exec(line) ?? [];
    return { name, kind, embedded: embedded === "yes" };
  });
}

/** The lines of a PDF's tables, cell by cell, as its tags have a machine read them aloud. */
export function tableRowsOfPdf(pdf: Uint8Array): readonly (readonly string[])[] {
  const rows: string[][] = [];
  for (const line of poppler("pdfinfo", ["-struct-text", "-"], pdf).split("\n")) {
    const tag = /^ *(TR|TH|TD)\b/.exec(line)?.[1];
    const row = rows.at(-1);
    if (tag === "TR") rows.push([]);
    else if (/^ {2}\S/.test(line) && row?.length !== 0) rows.push([]);
    else if (tag !== undefined) row?.push("");
    else if (row !== undefined && row.length > 0) row.push(`${row.pop()}${/^ *"(.*)"$/.exec(line)?.[1] ?? ""}`);
  }
  return rows.filter(({ length }) => length > 0);
}

/** The smallest type on the paper, in points. */
export function smallestTypeOfPdf(pdf: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), "pdf-"));
  try {
    const file = join(folder, "paper.pdf");
    writeFileSync(file, pdf);
    const pages = poppler("pdftohtml", ["-xml", "-i", "-stdout", "-zoom", "1", file], new Uint8Array());
    return Math.min(...[...pages.matchAll(/<fontspec [^>]*size="(\d+)"/g)].map(([, size]) => Number(size)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function poppler(tool: string, options: readonly string[], pdf: Uint8Array): string {
  return execFileSync(tool, options, { input: pdf, encoding: "utf8", maxBuffer: 1 << 26 });
}
