import { column, facts, type Html, html, instantOf, table } from "@mitome/ui/pages";
import { fingerprintOf, groupedFingerprint } from "./fingerprint.ts";
import type { Page } from "./page-frame.ts";
import type { PublicView, PublishedList } from "./public-view.ts";
import { listPath } from "./repository-paths.ts";
import { reasonWords } from "./words.ts";

/** 失効リスト (運用規程 2-6-1, 2-6-3, 2-8-3): the lists for anyone, and who may have the others and why. */
export function revocationListsPage(view: PublicView): Page {
  const lists = view.lists.toSorted(
    (one, other) => one.kind.localeCompare(other.kind) || other.generation - one.generation,
  );
  const body = html`<p>失効リストは、有効期間が終わる前に使えなくなった証明書の一覧です。毎日1回新しくし、発行から72時間有効です。</p>
<section aria-labelledby="public"><h2 id="public">誰でも取得できるもの</h2>
<p>自己署名証明書・リンク証明書・相互認証証明書の失効リスト（ARL）と、運用のための証明書の失効リスト（CRL）です。公表するのは失効の事由の区分までです。</p>
${lists.length === 0 ? html`<p>まだ公開している失効リストはありません。</p>` : lists.map(article)}
<p>同じものをLDAP（<code>${view.addresses.ldap}</code>）でも取得できます。</p></section>
${restricted(view)}`;
  return { title: "失効リスト", publisher: "prefecture", body };
}

function article(list: PublishedList): Html {
  const kind =
    list.kind === "authority" ? "認証局の証明書の失効リスト（ARL）" : "運用のための証明書の失効リスト（CRL）";
  const title = `${kind} 第${list.generation}世代`;
  const id = `${list.kind}-${list.generation}`;
  const { issue } = list;
  return html`<article aria-labelledby="${id}"><h3 id="${id}">${title}</h3>
${facts([
  ["番号", String(issue.number)],
  ["発行", html`${instantOf(issue.thisUpdate)}（日本時間）`],
  ["次の発行の予定", instantOf(issue.nextPublish)],
  ["有効期間の終わり", instantOf(issue.nextUpdate)],
  ["大きさ", `${list.der.length.toLocaleString("ja-JP")} バイト`],
  ["SHA-256", groupedFingerprint(fingerprintOf(list.der, "SHA-256"))],
])}
${entries(list, title)}
<ul class="actions"><li><a href="${listPath(list)}" type="application/pkix-crl">DERを取得<span class="hidden">（${title}）</span></a></li></ul></article>`;
}

/** 運用規程 2-8-3: the reason's code, and nothing of the circumstances. */
function entries(list: PublishedList, title: string): Html {
  if (list.entries.length === 0) return html`<p>載っている証明書はありません。</p>`;
  const rows = list.entries.map(
    ({
      serialNumber,
      revokedAt,
      reason,
    }) => html`<tr><th scope="row"><code>${serialNumber.toUpperCase()}</code></th><td>${instantOf(revokedAt)}</td>
<td>${reason === undefined ? "示していません" : `${reasonWords[reason]}（${reason}）`}</td></tr>`,
  );
  const head = [column("シリアル番号"), column("失効した時"), column("事由")];
  return table(`${title}に載っている証明書`, head, rows);
}

function restricted({ addresses }: PublicView): Html {
  return html`<section aria-labelledby="restricted"><h2 id="restricted">届け出た人だけが取得できるもの</h2>
<p><strong>利用者の電子証明書の失効リスト（CRL）は、届け出て利用を認められた署名検証者と団体署名検証者だけが取得できます。</strong>誰がいつ電子証明書を使えなくなったかは、その人の暮らしに関わる情報だからです。根拠法第17条に基づき、運用規程の<a href="/statement#2-6-3">2-6-3</a>と<a href="/statement#2-8-3">2-8-3</a>が定めています。</p>
<h3>利用を始めるには</h3>
<ol>
<li>知事に届け出ます（根拠法第17条第1項、団体署名検証者は第5項）。</li>
<li>知事と取決めを結びます。義務は運用規程の<a href="/statement#2-1-6">2-1-6</a>（署名検証者）、<a href="/statement#2-1-7">2-1-7</a>（団体署名検証者）、<a href="/statement#2-1-8">2-1-8</a>（署名確認者）にあります。</li>
<li>利用を認められると、クライアント証明書とLDAPの識別名を渡します。</li>
</ol>
${facts([
  ["OCSP", html`<code>${addresses.ocsp}</code>`],
  ["CRL（LDAP）", html`<code>${addresses.ldap}</code>`],
  ["CRL（HTTPS）", html`<code>${addresses.ocsp.replace(/\/ocsp$/, "")}/crl/世代/団体コード.crl</code>`],
])}
<p>署名検証者は、知事が発行する失効リストで電子証明書の有効性を確かめなければなりません（<a href="/statement#4-4-11">4-4-11</a>）。申し込みは<a href="/contact">問い合わせ窓口</a>へ。</p></section>`;
}
