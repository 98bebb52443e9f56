/** What poppler finds in a PDF: a second opinion on papers. */
import { execFileSync } from "node:child_process";

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

/** The smallest and the largest type on the paper, in points. */
export function typeSizesOfPdf(pdf: Uint8Array): { readonly smallest: number; readonly largest: number } {
  const pages = poppler("pdftohtml", ["-xml", "-i", "-stdout", "-zoom", "1", "-"], pdf);
  const sizes = [...pages.matchAll(/<fontspec [^>]*size="(\d+)"/g)].map(([, size]) => Number(size));
  return { smallest: Math.min(...sizes), largest: Math.max(...sizes) };
}

function poppler(tool: string, options: readonly string[], pdf: Uint8Array): string {
  return execFileSync(tool, options, { input: pdf, encoding: "utf8", maxBuffer: 1 << 26 });
}
