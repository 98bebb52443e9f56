import type { NoticeLetter } from "@mitome/ca";
import { type Html, html, joined, paper, rows } from "@mitome/paper";

// For eyes of any age: nothing is smaller than 12 points, and an ordinary letter is one sheet.
const style = `
@page { margin: 16mm 20mm; }
body { font-size: 13pt; line-height: 1.6; }
.clause { font-size: 12pt; color: inherit; white-space: normal; }
.letter-head { display: flex; justify-content: space-between; min-height: 34mm; margin-bottom: 5mm; }
.letter-head p { margin-bottom: 1mm; }
.addressee { width: 100mm; }
.addressee .name { font-size: 16pt; margin-top: 3mm; }
h1 { font-size: 20pt; letter-spacing: 0.05em; line-height: 1.4; }
h2 { font-size: 15pt; margin: 5mm 0 1.5mm; border-bottom: 0.8pt solid #1a1a1a; break-after: avoid; }
.facts th { width: 36mm; }
section { break-inside: avoid; }
.contact { border: 0.8pt solid #1a1a1a; padding: 3mm 4mm; }
.contact p { margin: 0; }
`;

/**
 * The letter to a person whose certificate was revoked without his asking (千葉県運用規程 4-2-3, 4-4-1-1): to whom, what
 * happened, why and by which rule, what to do, whom to ask. `mark` stands above everything.
 */
export function noticeLetterPaper(letter: NoticeLetter, mark: Html): string {
  const { title, date, addressee, sender, happened, why, clause, facts, next, contact } = letter;
  return paper(
    title,
    [
      html`<h2>何があったか</h2>${paragraphs(happened)}`,
      rows(facts.map(({ label, value }) => [label, value])),
      html`<h2>なぜか</h2>${paragraphs(why)}<p class="clause">もとになる決まり：${clause}</p>`,
      html`<h2>これからしていただくこと</h2>${paragraphs(next)}`,
      html`<section><h2>お問い合わせ</h2><p>分からないことや心当たりのないことは、こちらへお尋ねください。</p>
<div class="contact">${paragraphs(contact)}</div></section>`,
    ],
    {
      style,
      head: html`${mark}<div class="letter-head"><div class="addressee"><p>${addressee.address}</p><p class="name">${addressee.name}</p></div>
<div class="right"><p>${date}</p><p>${sender}</p></div></div>`,
    },
  );
}

function paragraphs(texts: readonly string[]): Html {
  return joined(texts.map((text) => html`<p>${text}</p>`));
}
