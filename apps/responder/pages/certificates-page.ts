import { japaneseDay, wholeSecond } from "@mitome/ca";
import { column, dayOf, facts, type Html, html, instantOf, table } from "@mitome/ui/pages";
import { allCertificateFacts, type CertificateFacts } from "./certificate-facts.ts";
import { groupedFingerprint, groupsOf, readingOf } from "./fingerprint.ts";
import type { Page } from "./page-frame.ts";
import type { PublicView } from "./public-view.ts";
import { certificatePath } from "./repository-paths.ts";
import { validityBar } from "./validity-bar.ts";
import { certificateKinds, reasonWords } from "./words.ts";

/** 認証局の証明書 (運用規程 2-6-1, 6-1-1-6): all of them, with their fingerprints and the way to check them. */
export function certificatesPage(view: PublicView): Page {
  const all = allCertificateFacts(view.certificates);
  const used = [...new Set(all.map(({ published }) => published.kind))];
  const body = html`<p>${view.publication.names.governor}の鍵を確かめるための証明書です。誰でも、届出なしに取得できます。取得したら、<strong>別の方法で得た指紋と見比べてから</strong>使ってください。</p>
${all.length === 0 ? html`<p>まだ公開している証明書はありません。</p>` : timeline(all, view)}
${used.map(
  (kind) => html`<section aria-labelledby="${kind}"><h2 id="${kind}">${certificateKinds[kind].name}</h2>
<p>${certificateKinds[kind].use}</p>
${all.filter(({ published }) => published.kind === kind).map((facts) => article(facts, view))}</section>`,
)}
${howToCheck()}`;
  return { title: "認証局の証明書", publisher: "prefecture", body };
}

/** One certificate on a sheet to be printed, filed and read out over the telephone. */
export function certificateSheet(view: PublicView, sha256: string): Page | undefined {
  const found = allCertificateFacts(view.certificates).find((one) => one.sha256 === sha256);
  if (found === undefined) return undefined;
  const body = html`<p>${certificateKinds[found.published.kind].use}</p>
${certificateTable(found, view)}
<section aria-labelledby="sha256"><h2 id="sha256">指紋（SHA-256）</h2>
<p>4けたずつ、左から右、上から下へ読みます。電話で確かめるときは、番号と読みを伝えてください。</p>
${spelled(found.sha256)}</section>
<section aria-labelledby="sha1"><h2 id="sha1">指紋（SHA-1）</h2>
<p>SHA-1しか表示できない古いソフトウェアのために示します。両方を見られるときはSHA-256で確かめてください。</p>
${spelled(found.sha1)}</section>
<section class="record" aria-labelledby="record"><h2 id="record">見比べた記録</h2>
${facts([
  ["見比べた日", "　　　　年　　　　月　　　　日"],
  ["見比べた相手・方法", "　"],
  ["見比べた人", "　"],
])}</section>
<p class="screen-only"><a href="/certificates">認証局の証明書の一覧へ</a></p>`;
  return { title: `指紋の確認票：${found.title}`, publisher: "prefecture", body };
}

function timeline(all: readonly CertificateFacts[], { now, publication }: PublicView): Html {
  const from = Math.min(...all.map(({ notBefore }) => notBefore.getTime()));
  const until = Math.max(...all.map(({ notAfter }) => notAfter.getTime()));
  const rows = all.map(
    (one) => html`<tr><th scope="row"><a href="#c-${one.sha256.slice(0, 16)}">${one.title}</a></th>
<td>${dayOf(japaneseDay(one.notBefore))}〜${dayOf(japaneseDay(one.notAfter))}${validityBar(one, { from, until, now })}</td></tr>`,
  );
  return html`<section aria-labelledby="timeline"><h2 id="timeline">鍵のつながりと有効期間</h2>
<p>自己署名証明書の鍵は5年ごとに替わり、古い鍵と新しい鍵はリンク証明書が、${publication.names.prefecture}と個人認証BCAは相互認証証明書がつなぎます。縦の線は今日です。</p>
${table("証明書の有効期間", [column("証明書"), column("有効期間")], rows)}</section>`;
}

function article(one: CertificateFacts, view: PublicView): Html {
  const id = `c-${one.sha256.slice(0, 16)}`;
  return html`<article aria-labelledby="${id}"><h3 id="${id}">${one.title}</h3>
${certificateTable(one, view)}
<p class="fingerprint"><span class="label">指紋（SHA-256）</span> ${groupedFingerprint(one.sha256)}</p>
<p class="fingerprint"><span class="label">指紋（SHA-1）</span> ${groupedFingerprint(one.sha1)}</p>
<ul class="actions">
<li><a href="${certificatePath(one.published, "cer")}" type="application/pkix-cert">DERを取得<span class="hidden">（${one.title}）</span></a></li>
<li><a href="${certificatePath(one.published, "pem")}">PEMを取得<span class="hidden">（${one.title}）</span></a></li>
<li><a href="/certificates/${one.sha256}">指紋の読みと確認票<span class="hidden">（${one.title}）</span></a></li>
</ul></article>`;
}

function certificateTable(one: CertificateFacts, view: PublicView): Html {
  const { revocation } = one.published;
  const state =
    revocation !== undefined
      ? html`<strong class="bad">失効</strong>　${instantOf(revocation.at)}　事由：${reasonWords[revocation.reason]}（${revocation.reason}）`
      : wholeSecond(view.now) > one.notAfter
        ? html`有効期間が終わっています`
        : view.now < one.notBefore
          ? html`有効期間はまだ始まっていません`
          : html`有効`;
  return facts([
    ["状態", state],
    ["有効期間", html`${instantOf(one.notBefore)} から ${instantOf(one.notAfter)} まで（日本時間）`],
    ["発行者", html`<span class="name">${one.issuer}</span>`],
    ["主体者", html`<span class="name">${one.subject}</span>`],
    ["シリアル番号", html`<code>${one.serialNumber}</code>`],
    ["公開鍵", one.key],
  ]);
}

// 64 digits are four lines of four groups, 40 digits two lines of five.
function spelled(hex: string): Html {
  const groups = groupsOf(hex);
  const items = groups.map((group) => {
    const digits = readingOf(group).map(
      (digit, index) => html`<span>${digit}${index === group.length - 1 ? "" : "・"}</span>`,
    );
    return html`<li><code>${group}</code><span class="reading">${digits}</span></li>`;
  });
  return html`<ol class="groups ${groups.length % 5 === 0 ? "five" : "four"}">${items}</ol>`;
}

function howToCheck(): Html {
  return html`<section aria-labelledby="check"><h2 id="check">指紋の確かめ方</h2>
<ol>
<li>証明書をこのページから取得し、下の命令で手元の指紋を表示します。</li>
<li>印刷した確認票や、問い合わせ窓口への電話など、<strong>このサイトとは別の方法</strong>で得た指紋と、4けたずつ見比べます。</li>
<li>一つでも違えば使わず、<a href="/contact">問い合わせ窓口</a>に知らせてください。</li>
</ol>
${facts([
  [
    "OpenSSL",
    html`<code class="line">openssl x509 -inform DER -in 取得したファイル.cer -noout -fingerprint -sha256</code>`,
  ],
  ["Windows（PowerShell）", html`<code class="line">Get-FileHash -Algorithm SHA256 取得したファイル.cer</code>`],
  ["macOS・Linux", html`<code class="line">shasum -a 256 取得したファイル.cer</code>`],
])}</section>`;
}
