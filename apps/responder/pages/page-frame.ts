import { type Html, html, instantOf } from "@mitome/ui/pages";
import type { PublicView } from "./public-view.ts";
import type { Publication, Publisher } from "./publication.ts";

/** The content of one page, without what stands around every page. */
export interface Page {
  readonly title: string;
  readonly publisher: Publisher;
  readonly body: Html;
}

/** The pages of the menu in their order. */
export const menu = [
  ["/", "入口"],
  ["/certificates", "認証局の証明書"],
  ["/revocation-lists", "失効リスト"],
  ["/status", "鮮度と稼働状況"],
  ["/statement", "運用規程"],
  ["/laws", "根拠法と関係法令"],
  ["/operating-structure", "運営体制の変更"],
  ["/cross-certification", "相互認証"],
  ["/notices", "お知らせ"],
  ["/provision-reports", "提供状況の報告書"],
  ["/contact", "問い合わせ"],
] as const;

/** Who publishes, in words. */
export function publisherName(publisher: Publisher, { names }: Publication): string {
  if (publisher === "both") return `${names.council}・${names.prefecture}`;
  return publisher === "council" ? names.council : names.prefecture;
}

/** A whole page: banner of an emergency, who publishes it, its content, the menu. No script, no style of its own. */
export function framed({ title, publisher, body }: Page, view: PublicView, path: string): string {
  const { names } = view.publication;
  const site = `${names.authority} 公開情報`;
  const page = html`<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === site ? site : `${title}｜${site}`}</title>
<link rel="stylesheet" href="/style.css">
<link rel="alternate" type="application/atom+xml" href="/feed.atom" title="${names.authority} お知らせと運用規程の変更">
</head>
<body>
<a class="skip" href="#main">本文へ</a>
<header class="top">
<p class="service">${names.service}</p>
<p class="site"><a href="/">${site}</a></p>
<a class="to-menu" href="#menu">メニュー</a>
</header>
${emergency(view.publication)}
${remarks(view)}
<div class="columns">
<main id="main" tabindex="-1">
<p class="publisher"><span class="label">公表</span> ${publisherName(publisher, view.publication)}</p>
<h1>${title}</h1>
${body}
</main>
${menuOf(path)}
</div>
<footer class="site-footer">
<p>${names.authority}（${names.governor}）　<a href="/contact">問い合わせ</a>　<a href="/accessibility">アクセシビリティ</a></p>
<p>このページの内容の時点：${instantOf(view.now)}（日本時間）</p>
</footer>
</body>
</html>
`;
  return `<!doctype html>\n${page.markup}`;
}

/** 運用規程 2-6-1, 4-4-1-3: the governor's key is compromised. On every page, before everything else. */
function emergency({ compromise }: Publication): Html | undefined {
  if (compromise === undefined) return undefined;
  return html`<section class="emergency" aria-labelledby="emergency">
<h2 id="emergency"><span class="label">緊急</span> ${compromise.title}</h2>
${compromise.text.map((text) => html`<p>${text}</p>`)}
<p>${instantOf(compromise.since)}　<a href="/notices">くわしい知らせ</a>　<a href="/contact">問い合わせ</a></p>
</section>`;
}

function remarks({ authority, publication }: PublicView): Html | undefined {
  const practice = authority.practice ? "練習用の認証局です。ここに載せる証明書は手続に使えません。" : undefined;
  const shown = [practice, publication.remark].filter((remark) => remark !== undefined);
  if (shown.length === 0) return undefined;
  return html`<aside class="remark site-remark" aria-label="このサイトについて">${shown.map((remark) => html`<p>${remark}</p>`)}</aside>`;
}

function menuOf(path: string): Html {
  const items = menu.map(([address, label]) => {
    const current = address === path ? html` aria-current="page"` : html``;
    const within = address !== "/" && path.startsWith(`${address}/`) ? html` class="within"` : html``;
    return html`<li><a href="${address}"${current}${within}>${label}</a></li>`;
  });
  return html`<nav class="menu" id="menu" aria-label="メニュー"><ul>${items}</ul></nav>`;
}
