import { dayOf, type Html, html } from "@mitome/ui/pages";
import type { Page } from "./page-frame.ts";
import type { PublicView } from "./public-view.ts";
import { textsOfStatement } from "./statement/statement.ts";
import { type SectionDifference, statementDifferences, type WordRun } from "./statement/statement-differences.ts";

/** What changed between two versions of the 運用規程 (8-2), word by word. */
export function statementDifferencesPage(view: PublicView, older: string, newer: string): Page | undefined {
  const texts = textsOfStatement(view.statement);
  const from = texts.findIndex(({ version }) => version === older);
  const to = texts.findIndex(({ version }) => version === newer);
  const [before, after] = [texts[from], texts[to]];
  if (before === undefined || after === undefined || from >= to) return undefined;
  const differences = statementDifferences(before, after);
  const body = html`<p>第${before.version}版（${dayOf(before.date)}）から第${after.version}版（${dayOf(after.date)}）への変更です：${after.change}</p>
<p>消えた語は<del>このように</del>、加わった語は<ins>このように</ins>示します。変わったところは${differences.length}項です。</p>
${differences.map((difference) => section(difference, after.version))}
<p><a href="/statement/${after.version}">第${after.version}版の本文</a>　<a href="/statement/${before.version}">第${before.version}版の本文</a></p>`;
  return { title: `${view.statement.title} 第${older}版と第${newer}版の違い`, publisher: "both", body };
}

const kinds = { changed: "変更", added: "追加", removed: "削除" } as const;

function section({ number, heading, kind, lines }: SectionDifference, version: string): Html {
  const place =
    kind === "removed" ? html`${number}` : html`<a class="anchor" href="/statement/${version}#${number}">${number}</a>`;
  return html`<section class="difference" aria-labelledby="d-${number}"><h2 id="d-${number}">${place} ${heading}<span class="hidden">：</span> <span class="label">${kinds[kind]}</span></h2>
${lines.map((runs) => html`<p>${runs.map(run)}</p>`)}</section>`;
}

function run({ kind, text }: WordRun): Html {
  if (kind === "same") return html`${text}`;
  if (kind === "added")
    return html`<ins><span class="hidden">［追加］</span>${text}<span class="hidden">［追加終わり］</span></ins>`;
  return html`<del><span class="hidden">［削除］</span>${text}<span class="hidden">［削除終わり］</span></del>`;
}
