/** What stands around every page of the desk. */
import { readFileSync } from "node:fs";
import { type Html, html, pageStyle } from "@mitome/ui/pages";
import type { Complaint } from "./complaints.ts";

/** The desk's style sheet. */
export const deskStyle = `${pageStyle}\n${readFileSync(new URL("./style.css", import.meta.url), "utf8")}`;

/** Nothing runs, nothing is loaded but the style sheet, and forms go to the desk itself. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** What every page is shown with. */
export interface PageContext {
  readonly operator: string;
  /** Of this visit, in every form. */
  readonly token: string;
  readonly now: Date;
  /** What was just done, if something was. */
  readonly said: string | undefined;
  readonly complaint: Complaint | undefined;
  /** What was entered into a form that was refused, by the name of the field. */
  readonly entered: (field: string) => string;
}

/** The content of one page. */
export interface DeskPage {
  readonly title: string;
  /** The pages above it. */
  readonly trail: readonly (readonly [path: string, title: string])[];
  readonly body: Html;
}

/** A whole page as HTML. */
export function framed({ title, trail, body }: DeskPage, context: PageContext): string {
  const page = html`<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${context.complaint ? "エラー：" : ""}${title}｜認証局 運営卓</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<a class="skip" href="#main">本文へ</a>
<header class="top">
<p class="site"><a href="/">認証局 運営卓</a></p>
<p class="operator"><span class="label">担当</span> ${context.operator}</p>
</header>
<aside class="remark site-remark" aria-label="この運営卓について"><p>ログインと二人での承認はまだありません。この運営卓はこの機械の中からだけ開け、行ったことは設定にある担当の名前で監査証跡に残ります。</p></aside>
<div class="columns">
<main id="main" tabindex="-1">
${trail.length === 0 ? undefined : trailOf(trail, title)}
<h1>${title}</h1>
${complaintBox(context.complaint)}
${context.said === undefined ? undefined : html`<p class="summary good" role="status">${context.said}</p>`}
${body}
</main>
</div>
</body>
</html>
`;
  return `<!doctype html>\n${page.markup}`;
}

function trailOf(trail: DeskPage["trail"], title: string): Html {
  const above = trail.map(([path, name]) => html`<li><a href="${path}">${name}</a></li>`);
  return html`<nav class="trail" aria-label="現在の位置"><ol>${above}<li aria-current="page">${title}</li></ol></nav>`;
}

function complaintBox(complaint: Complaint | undefined): Html | undefined {
  if (complaint === undefined) return undefined;
  const { what, why, next, field } = complaint;
  return html`<section class="complaint" role="alert" aria-labelledby="complaint" tabindex="-1" autofocus>
<h2 id="complaint">${what}</h2>
<dl><div><dt>理由</dt><dd>${why}</dd></div>
<div><dt>次にすること</dt><dd>${next}${field === undefined ? undefined : html` <a href="#${field}">その項目へ</a>`}</dd></div></dl></section>`;
}

/** A section of a page. */
export function section(id: string, title: string, ...content: readonly (Html | undefined)[]): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`;
}
