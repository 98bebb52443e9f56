import { type Html, html, joined } from "./html.ts";
import { fontFaces, paperOrigin } from "./paper-fonts.ts";

const style = `
@page { size: A4; margin: 14mm 18mm; }
* { box-sizing: border-box; }
body { margin: 0; font-family: "Noto Sans JP"; font-size: 10pt; line-height: 1.5; color: #1a1a1a; }
h1 { font-size: 17pt; text-align: center; margin: 0 0 5mm; letter-spacing: 0.2em; }
h2 { font-size: 11.5pt; margin: 4mm 0 1.5mm; }
h3 { font-size: 10pt; margin: 0; }
p { margin: 0 0 2mm; }
table { width: 100%; border-collapse: collapse; }
table + p { margin-top: 6mm; }
tr { break-inside: avoid; }
th, td { border: 0.4pt solid #4d4d4d; padding: 1.3mm 3mm; text-align: left; vertical-align: top; }
th { font-weight: 700; background: #f2f2f2; }
tr { break-inside: avoid; }
.facts th { width: 38mm; }
td { overflow-wrap: anywhere; }
thead th, td.right { white-space: nowrap; }
ol, ul { margin: 0; padding-left: 6mm; }
li { margin-bottom: 1.2mm; break-inside: avoid; }
.clause { font-size: 8.5pt; color: #4d4d4d; white-space: nowrap; }
.right { text-align: right; }
.remark { border: 0.8pt solid #1a1a1a; margin-bottom: 5mm; padding: 1.5mm 3mm; font-weight: 700; text-align: center; }
.signature { margin-top: 8mm; text-align: right; break-inside: avoid; }
.large { font-size: 16pt; font-weight: 700; }
.code { font-family: "Noto Sans JP"; letter-spacing: 0.05em; }
.sign { margin-top: 4mm; border-bottom: 0.4pt solid #4d4d4d; width: 90mm; margin-left: auto; padding-top: 6mm; }
`;

/** Style of a paper that may take several sheets: each says which of how many it is. */
export const pageNumbers = `
@page { @bottom-right { content: counter(page) " / " counter(pages); font-family: "Noto Sans JP"; font-size: 9pt; } }
`;

/**
 * A whole A4 paper in Japanese: title, language and headings are what its PDF's tags and outline are made of. `head`
 * stands above the title; `style` is CSS that this paper needs beyond the common.
 */
export function paper(
  title: string,
  body: readonly Html[],
  { head = html``, style: own = "" }: { readonly head?: Html; readonly style?: string } = {},
): string {
  const content = html`<title>${title}</title><style>${{ markup: fontFaces + style + own }}</style></head><body>${head}<h1>${title}</h1>${joined(body)}</body></html>`;
  return `<!doctype html><html lang="ja"><head><meta charset="utf-8"><base href="${paperOrigin}/">${content.markup}`;
}

/** A table with a head, which every sheet of it has again; the first cell names its line, numbers stand at the right. */
export function table(head: readonly string[], lines: readonly (readonly (string | number)[])[]): Html {
  const columns = head.map((title, index) =>
    typeof lines[0]?.[index] === "number"
      ? html`<th scope="col" class="right">${title}</th>`
      : html`<th scope="col">${title}</th>`,
  );
  const body = lines.map((cells) => html`<tr>${joined(cells.map(cellOf))}</tr>`);
  return html`<table><thead><tr>${joined(columns)}</tr></thead><tbody>${joined(body)}</tbody></table>`;
}

function cellOf(cell: string | number, index: number): Html {
  if (typeof cell === "number") return html`<td class="right">${cell.toLocaleString("ja-JP")}</td>`;
  return index === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`;
}

/** A table of names and values. */
export function rows(items: readonly (readonly [name: string, value: string | Html])[]): Html {
  const lines = items.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
  return html`<table class="facts"><tbody>${joined(lines)}</tbody></table>`;
}
