import { japaneseDay } from "@mitome/ca";
import { column, dayOf, facts, type Html, html, instantOf, table } from "@mitome/ui/pages";
import { type Page, publisherName } from "./page-frame.ts";
import type { PublicView } from "./public-view.ts";
import type { Publication } from "./publication.ts";

/** 根拠法と関係法令 in their newest version (運用規程 2-4-1, 2-6-1, 2-6-2). */
export function lawsPage({ publication }: PublicView): Page {
  const { list, remark } = publication.laws;
  const rows = (role: "governing" | "related") =>
    list
      .filter((law) => law.role === role)
      .map(
        ({
          name,
          number,
          inForceSince,
          address,
        }) => html`<tr><th scope="row">${address === undefined ? name : html`<a href="${address}" rel="external">${name}</a>`}</th>
<td>${number}</td><td>${dayOf(inForceSince)}</td></tr>`,
      );
  const head = [column("名称"), column("番号"), column("最新の版の施行日")];
  const body = html`<p>${publication.names.authority}の業務が依拠する法令です。いつも最新の版を載せます。</p>
${remark === undefined ? undefined : html`<p class="remark">${remark}</p>`}
<h2>根拠法</h2>${table("根拠法の番号と最新の版の施行日", head, rows("governing"))}
<h2>関係法令</h2>${table("関係法令の番号と最新の版の施行日", head, rows("related"))}`;
  return { title: "根拠法と関係法令", publisher: "council", body };
}

/** 運営体制の変更 (運用規程 2-4-2). */
export function operatingStructurePage({ publication }: PublicView): Page {
  const changes = publication.structureChanges.toSorted((one, other) => other.date.localeCompare(one.date));
  const body = html`<p>サービスの分割や統合、運営の体制の変更を、運用会議と${publication.names.prefecture}の両方のウェブサイトで知らせます（運用規程<a href="/statement#2-4-2">2-4-2</a>）。</p>
${
  changes.length === 0
    ? html`<p>お知らせする変更はありません。</p>`
    : changes.map(
        ({ date, title, text }, index) =>
          html`<article aria-labelledby="change-${index}"><h2 id="change-${index}">${title}</h2><p>${dayOf(date)}</p>${text.map((paragraph) => html`<p>${paragraph}</p>`)}</article>`,
      )
}`;
  return { title: "運営体制の変更", publisher: "both", body };
}

/** 相互認証 (運用規程 2-6-1): names of the authorities that are, and of those that were. */
export function crossCertificationPage({ publication }: PublicView): Page {
  const { crossCertified, crossCancelled } = publication;
  const certified = crossCertified.map(
    ({ name, since }) => html`<tr><th scope="row">${name}</th><td>${dayOf(since)}</td></tr>`,
  );
  const cancelled = crossCancelled.map(
    ({ name, since, cancelledOn }) =>
      html`<tr><th scope="row">${name}</th><td>${dayOf(since)}</td><td>${dayOf(cancelledOn)}</td></tr>`,
  );
  const body = html`<p>取り交わした証明書は<a href="/certificates">認証局の証明書</a>にあります。</p>
<h2>相互認証している認証局</h2>
${certified.length === 0 ? html`<p>ありません。</p>` : table("名称と相互認証した日", [column("名称"), column("相互認証した日")], certified)}
<h2>相互認証を取り消した認証局</h2>
${cancelled.length === 0 ? html`<p>ありません。</p>` : table("名称と取り消した日", [column("名称"), column("相互認証した日"), column("取り消した日")], cancelled)}`;
  return { title: "相互認証", publisher: "council", body };
}

/** お知らせ, the newest first; the governor's key compromise before all (運用規程 2-6-1). */
export function noticesPage(view: PublicView): Page {
  const { publication } = view;
  const { compromise } = publication;
  const notices = publishedNotices(view);
  const { governor } = publication.names;
  const body = html`${
    compromise === undefined
      ? html`<h2 id="compromise">${governor}の秘密鍵の危殆化に関する情報</h2><p>現在、${governor}の秘密鍵の危殆化はありません。</p>`
      : html`<article aria-labelledby="compromise"><h2 id="compromise">${governor}の秘密鍵の危殆化に関する情報</h2>
<p><strong>${compromise.title}</strong></p><p>${instantOf(compromise.since)}</p>${compromise.text.map((text) => html`<p>${text}</p>`)}</article>`
  }
${notices.map(
  (
    { date, title, text, publisher },
    index,
  ) => html`<article aria-labelledby="notice-${index}"><h2 id="notice-${index}">${title}</h2>
<p>${dayOf(date)}　${publisherName(publisher, publication)}</p>${text.map((paragraph) => html`<p>${paragraph}</p>`)}</article>`,
)}
${notices.length === 0 ? html`<p>ほかのお知らせはありません。</p>` : undefined}
<p><a href="/feed.atom">更新の配信（Atom）</a></p>`;
  return { title: "お知らせ", publisher: "both", body };
}

/** The notices whose day has come, the newest first. */
export function publishedNotices({ publication, now }: PublicView): Publication["notices"] {
  const today = japaneseDay(now);
  return publication.notices
    .filter(({ date }) => date <= today)
    .toSorted((one, other) => other.date.localeCompare(one.date));
}

/** アクセシビリティ: the aim, what is checked whenever these pages change, and what is not. */
export function accessibilityPage(): Page {
  const body = html`<p>このサイトは、JIS X 8341-3:2016のレベルAAに準拠し、WCAG 2.2のレベルAAを満たすことを目標に作っています。</p>
<h2>確かめていること</h2>
<p>ソフトウェアを変更するたびに、すべての種類のページを次の方法で自動的に検査し、問題が見つかれば直してから公開します。</p>
<ul>
<li>axe-coreによる検査（WCAG 2.2のAとAA、推奨事項）を、幅320ピクセルと1280ピクセルの画面で行う</li>
<li>どちらの幅でも、ページが横にはみ出さない</li>
<li>スクリプトを使わずに、キーボードだけで本文とメニューのすべてのページに着ける</li>
<li>色だけで状態や変更を伝えず、必ず言葉を添える</li>
</ul>
<h2>まだ確かめていないこと</h2>
<p>自動の検査では分からないことがあります。音声読み上げソフトを使う人による試験は、まだ行っていません。</p>
<p>使いにくいところは<a href="/contact">問い合わせ窓口</a>にお知らせください。</p>`;
  return { title: "アクセシビリティ", publisher: "prefecture", body };
}

/** 問い合わせ (運用規程 1-3-4). */
export function contactPage({ publication }: PublicView): Page {
  const { organisation, department, address, hours, telephone, fax, email } = publication.contact;
  const items: readonly (readonly [string, Html | string])[] = [
    ["名称", organisation],
    ["部署", department],
    ["住所", address],
    ["受付時間", hours],
    ["電話", html`<a href="tel:${telephone.replaceAll(/[^\d+]/g, "")}">${telephone}</a>`],
    ["ファクシミリ", fax],
    ["電子メール", html`<a href="mailto:${email}">${email}</a>`],
  ];
  const body = html`<p>運用規程と${publication.names.authority}についての問い合わせは、次の窓口で受け付けます。証明書の指紋を電話で確かめることもできます。</p>
${facts(items)}
<p>電子証明書の申請、ICカードの紛失、パスワードのロックについては、住民票のある市区町村の窓口にお越しください。</p>`;
  return { title: "問い合わせ", publisher: "prefecture", body };
}
