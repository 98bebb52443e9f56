import { accessMethods, japaneseDay, publicUntil, wholeSecond } from "@mitome/ca";
import { column, dayOf, facts, html, monthOf, table } from "@mitome/ui/pages";
import type { Page } from "./page-frame.ts";
import type { PublicView, PublishedReport } from "./public-view.ts";

/** 運用規程 4-5: anyone can see a report for five years. The newest comes first. */
function openReports({ reports, now }: PublicView): readonly PublishedReport[] {
  return reports
    .filter(({ publishedAt }) => publishedAt <= now && wholeSecond(now) <= publicUntil(publishedAt))
    .toSorted((one, other) => other.publishedAt.getTime() - one.publishedAt.getTime());
}

/** 失効情報等の提供状況報告書: those of the last five years. */
export function provisionReportsPage(view: PublicView): Page {
  const rows = openReports(view).map(
    ({
      id,
      title,
      report,
      publishedAt,
      pdf,
    }) => html`<tr><th scope="row"><a href="/provision-reports/${id}">${title}</a></th><td>${dayOf(japaneseDay(publishedAt))}</td><td>${report.madeBy.name}</td>
<td>${pdf === undefined ? "–" : html`<a href="${pdf}" type="application/pdf">PDF<span class="hidden">（${title}）</span></a>`}</td></tr>`,
  );
  const head = [column("報告書"), column("公表した日"), column("作成した者"), column("PDF")];
  const body = html`<p>失効情報と失効情報ファイルを誰にどれだけ提供したかの報告書です。官報に公告し、5年間、誰でも見られるようにします（運用規程<a href="/statement#4-5">4-5</a>）。</p>
${rows.length === 0 ? html`<p>公表している報告書はありません。</p>` : table("失効情報等の提供状況報告書", head, rows)}`;
  return { title: "失効情報等の提供状況の報告書", publisher: "both", body };
}

/** One report: 提供先, 提供を行った年月, 件数, 提供の方法, and nothing more. */
export function provisionReportPage(view: PublicView, id: string): Page | undefined {
  const found = openReports(view).find((one) => one.id === id);
  if (found === undefined) return undefined;
  const { title, report, publishedAt, pdf } = found;
  const rows = report.rows.map(
    ({ recipient, month, count, method }) => html`<tr><th scope="row">${recipient}</th><td>${monthOf(month)}</td>
<td class="number">${count.toLocaleString("ja-JP")}</td><td>${accessMethods[method].ja}</td></tr>`,
  );
  const head = [column("提供先"), column("提供を行った年月"), column("件数", "number"), column("提供の方法")];
  const body = html`${facts([
    ["作成した者", report.madeBy.name],
    ["期間", html`${monthOf(report.period.from)}から${monthOf(report.period.to)}まで`],
    ["公表した日", dayOf(japaneseDay(publishedAt))],
  ])}
${rows.length === 0 ? html`<p>提供の実績はありません。</p>` : table("失効情報等の提供状況", head, rows)}
<p>${pdf === undefined ? undefined : html`<a href="${pdf}" type="application/pdf">PDF</a>　`}<a href="/provision-reports">報告書の一覧へ</a></p>`;
  return { title, publisher: "both", body };
}
