import { dayOf, facts, type Html, html } from "@mitome/ui/pages";
import { publishedNotices } from "./announcement-pages.ts";
import { allCertificateFacts } from "./certificate-facts.ts";
import { groupedFingerprint } from "./fingerprint.ts";
import type { Page } from "./page-frame.ts";
import type { PublicView } from "./public-view.ts";
import { textInForce } from "./statement/statement.ts";
import { statusSummary } from "./status-page.ts";

/** 入口: what this site is for, how the service is, and what is new. */
export function homePage(view: PublicView): Page {
  const { names } = view.publication;
  const newest = publishedNotices(view).slice(0, 3);
  const body = html`<p>${names.prefecture}に住む人がオンラインの手続で使う電子証明書を、${names.governor}が発行しています。ここでは、証明書を受け取って確かめる人のための情報を公開しています。</p>
${statusSummary(view)}
<ul class="cards">
${card("/certificates", "証明書と指紋を確かめる", "自己署名証明書・リンク証明書・相互認証証明書を取得し、指紋を見比べます。")}
${card("/revocation-lists", "失効を確かめる", "誰でも取得できる失効リストと、届け出た署名検証者等が使う方法です。")}
${card("/status", "動いているか確かめる", "失効リストの鮮度、サービスの稼働状況、保守の予定です。")}
${card("/statement", "決まりを読む", "運用規程の本文、改訂履歴、版の違いです。")}
</ul>
${current(view)}
<section aria-labelledby="news"><h2 id="news">新しいお知らせ</h2>
${newest.length === 0 ? html`<p>お知らせはありません。</p>` : html`<ul>${newest.map(({ date, title }) => html`<li>${dayOf(date)}　<a href="/notices">${title}</a></li>`)}</ul>`}</section>
<section aria-labelledby="resident"><h2 id="resident">電子証明書を使う人へ</h2>
<p>申請、更新、パスワード、失効の手続は、住民票のある市区町村の窓口で行います。ICカードをなくしたときは、すぐに窓口へ届け出てください。</p></section>`;
  return { title: `${names.authority} 公開情報`, publisher: "both", body };
}

function card(path: string, title: string, text: string): Html {
  return html`<li><a href="${path}">${title}</a><p>${text}</p></li>`;
}

function current(view: PublicView): Html {
  const statement = textInForce(view.statement, view.now);
  const selfSigned = allCertificateFacts(view.certificates).find(({ published }) => published.kind === "selfSigned");
  return html`<section aria-labelledby="current"><h2 id="current">いま有効なもの</h2>
${facts([
  [
    "運用規程",
    statement === undefined
      ? "公開している版はありません"
      : html`<a href="/statement">第${statement.version}版</a>（${dayOf(statement.date)}）`,
  ],
  [
    "自己署名証明書",
    selfSigned === undefined
      ? "公開している証明書はありません"
      : html`<a href="/certificates/${selfSigned.sha256}">${selfSigned.title}</a><br>SHA-256 ${groupedFingerprint(selfSigned.sha256)}`,
  ],
])}</section>`;
}
