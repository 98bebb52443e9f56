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
tbody th { width: 38mm; }
td { overflow-wrap: anywhere; }
ol, ul { margin: 0; padding-left: 6mm; }
li { margin-bottom: 1.2mm; break-inside: avoid; }
.clause { font-size: 8.5pt; color: #4d4d4d; white-space: nowrap; }
.right { text-align: right; }
.large { font-size: 16pt; font-weight: 700; }
.code { font-family: "Noto Sans JP"; letter-spacing: 0.05em; }
.sign { margin-top: 4mm; border-bottom: 0.4pt solid #4d4d4d; width: 90mm; margin-left: auto; padding-top: 6mm; }
`;

/**
 * A whole A4 paper in Japanese: title, language and headings are what its PDF's tags and outline are made of. `own` is
 * CSS that this paper needs beyond the common style.
 */
export function paper(title: string, body: readonly Html[], own = ""): string {
  const content = html`<title>${title}</title><style>${{ markup: fontFaces + style + own }}</style></head><body><h1>${title}</h1>${joined(body)}</body></html>`;
  return `<!doctype html><html lang="ja"><head><meta charset="utf-8"><base href="${paperOrigin}/">${content.markup}`;
}

/** A table of names and values. */
export function rows(items: readonly (readonly [name: string, value: string | Html])[]): Html {
  const lines = items.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
  return html`<table><tbody>${joined(lines)}</tbody></table>`;
}
