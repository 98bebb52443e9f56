import { japaneseDay } from "@mitome/ca";
import { column, dayOf, type Html, html, table } from "@mitome/ui/pages";
import type { Page } from "./page-frame.ts";
import type { PublicView } from "./public-view.ts";
import {
  type Block,
  depthOf,
  reference,
  type Section,
  type StatementText,
  textInForce,
  textsOfStatement,
} from "./statement/statement.ts";

/** The address of a version's text. */
function textPath({ version }: { readonly version: string }): string {
  return `/statement/${version}`;
}

/** The address of what changed between two texts. */
function differencesPath(older: StatementText, newer: StatementText): string {
  return `/statement/${older.version}..${newer.version}`;
}

/** 運用規程 as it is in force now: its text with an anchor for every section, and its history. */
export function statementPage(view: PublicView): Page {
  const current = textInForce(view.statement, view.now);
  if (current === undefined) return { title: view.statement.title, publisher: "both", body: historyOf(view) };
  return textPage(view, current, true);
}

/** One version's text, whether or not it is in force. */
export function statementVersionPage(view: PublicView, version: string): Page | undefined {
  const text = textsOfStatement(view.statement).find((one) => one.version === version);
  if (text === undefined) return undefined;
  return textPage(view, text, textInForce(view.statement, view.now)?.version === version);
}

function textPage(view: PublicView, text: StatementText, inForce: boolean): Page {
  const { title, remark, notes, publisher } = view.statement;
  const standing = inForce
    ? html`現在の版です。`
    : text.date > japaneseDay(view.now)
      ? html`<strong>まだ効力がありません。</strong><a href="/statement">現在の版</a>`
      : html`<strong>古い版です。</strong><a href="/statement">現在の版</a>`;
  const body = html`<p class="edition">第${text.version}版　${dayOf(text.date)}　${publisher}　${standing}</p>
${remark === undefined ? undefined : html`<p class="remark">${remark}</p>`}
${notes.map((note) => html`<p>${linked(note)}</p>`)}
${historyOf(view)}
${contentsOf(text)}
<div class="statement">${text.sections.map(sectionOf)}</div>`;
  return { title: `${title} 第${text.version}版`, publisher: "both", body };
}

function historyOf({ statement }: PublicView): Html {
  const texts = textsOfStatement(statement);
  const rows = statement.versions.toReversed().map(({ version, date, change }) => {
    const index = texts.findIndex((text) => text.version === version);
    const [text, previous] = [texts[index], texts[index - 1]];
    return html`<tr><th scope="row">${version}</th><td>${dayOf(date)}</td><td>${change}</td>
<td>${text === undefined ? "–" : html`<a href="${textPath(text)}">第${version}版の本文</a>`}</td>
<td>${text === undefined || previous === undefined ? "–" : html`<a href="${differencesPath(previous, text)}">${previous.version}との違い</a>`}</td></tr>`;
  });
  const head = [column("版"), column("日付"), column("改版の内容"), column("本文"), column("違い")];
  return html`<section class="history" aria-labelledby="history"><h2 id="history">改訂履歴</h2>${table("版ごとの日付と内容（新しい順）", head, rows)}</section>`;
}

function contentsOf({ sections }: StatementText): Html {
  const chapters = sections.filter((section) => depthOf(section) === 1);
  const items = chapters.map((chapter) => {
    const within = sections.filter(
      (section) => depthOf(section) === 2 && section.number.startsWith(`${chapter.number}-`),
    );
    return html`<li><a href="#${chapter.number}">${chapter.number} ${chapter.heading}</a>
<ul>${within.map(({ number, heading }) => html`<li><a href="#${number}">${number} ${heading}</a></li>`)}</ul></li>`;
  });
  return html`<nav class="contents" aria-labelledby="contents"><h2 id="contents">目次</h2><ul>${items}</ul></nav>`;
}

const headings: readonly ((content: Html, id: string) => Html)[] = [
  (content, id) => html`<h2 id="${id}">${content}</h2>`,
  (content, id) => html`<h3 id="${id}">${content}</h3>`,
  (content, id) => html`<h4 id="${id}">${content}</h4>`,
  (content, id) => html`<h5 id="${id}">${content}</h5>`,
  (content, id) => html`<h6 id="${id}">${content}</h6>`,
];

function sectionOf(section: Section): Html {
  const { number } = section;
  const level = Math.min(depthOf(section), headings.length) - 1;
  const content = html`<a class="anchor" href="#${number}">${number}</a> ${section.heading}`;
  const heading = headings[level]?.(content, number);
  if (section.kind === "notStipulated") return html`${heading}<p class="not-stipulated">規定しない</p>`;
  const { governedBy, body } = section;
  return html`${heading}${body.map(blockOf)}${
    governedBy === undefined ? undefined : html`<p class="governed">くわしい内容を定めるもの：${governedBy}</p>`
  }`;
}

function blockOf(block: Block): Html {
  if (typeof block === "string") return html`<p>${linked(block)}</p>`;
  if ("list" in block) return html`<ul>${block.list.map((item) => html`<li>${linked(item)}</li>`)}</ul>`;
  if ("numbered" in block)
    return html`<ol class="clauses">${block.numbered.map((item) => html`<li>${linked(item)}</li>`)}</ol>`;
  const rows = block.rows.map(
    ([first = "", ...rest]) =>
      html`<tr><th scope="row">${linked(first)}</th>${rest.map((cell) => html`<td>${linked(cell)}</td>`)}</tr>`,
  );
  return table(
    block.caption,
    block.head.map((title) => column(title)),
    rows,
  );
}

/** Text whose references lead to the sections they name. */
function linked(text: string): Html {
  const pieces = text
    .split(reference)
    .map((piece, index) => (index % 2 === 1 ? html`<a href="#${piece}">${piece}</a>` : piece));
  return html`${pieces}`;
}
