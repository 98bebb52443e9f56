import { accessMethods, japaneseDay, reportColumns } from "@mitome/ca";
import { column, dayOf, facts, type Html, html, monthOf, table } from "@mitome/ui/pages";
import { openReports, reportPaperPath } from "./open-reports.ts";
import type { Page } from "./page-frame.ts";
import type { PublicView, PublishedReport } from "./public-view.ts";

/** 失効情報等の提供状況報告書: those of the last five years. */
export function provisionReportsPage(view: PublicView): Page {
  const rows = openReports(view).map((one) => {
    const { id, title, report, publishedAt } = one;
    return html`<tr><th scope="row"><a href="/provision-reports/${id}">${title}</a></th><td>${dayOf(japaneseDay(publishedAt))}</td><td>${report.madeBy.name}</td>
<td>${linkToPaper(one, html`<span class="hidden">${title}の</span>PDF`) ?? "–"}</td></tr>`;
  });
  const head = [column("報告書"), column("公表した日"), column("作成した者"), column("PDF")];
  const body = html`<p>失効情報と失効情報ファイルを誰にどれだけ提供したかの報告書です。指定認証機関が作り、官報にも公告します。指定認証機関がないあいだは、知事が作ります。5年間、誰でも見られます（運用規程<a href="/statement#4-5">4-5</a>）。</p>
${rows.length === 0 ? html`<p>公表している報告書はありません。</p>` : table("失効情報等の提供状況報告書", head, rows)}`;
  return { title: "失効情報等の提供状況の報告書", publisher: "both", body };
}

/** One report: 提供先, 提供を行った年月, 件数, 提供の方法, and nothing more. */
export function provisionReportPage(view: PublicView, id: string): Page | undefined {
  const found = openReports(view).find((one) => one.id === id);
  if (found === undefined) return undefined;
  const { title, report, publishedAt } = found;
  const rows = report.rows.map(
    ({ recipient, month, count, method }) => html`<tr><th scope="row">${recipient}</th><td>${monthOf(month)}</td>
<td class="number">${count.toLocaleString("ja-JP")}</td><td>${accessMethods[method].ja}</td></tr>`,
  );
  const head = reportColumns.map((name) => column(name, name === "件数" ? "number" : "words"));
  const body = html`${facts([
    ["作成した者", report.madeBy.name],
    ["期間", html`${monthOf(report.period.from)}から${monthOf(report.period.to)}まで`],
    ["公表した日", dayOf(japaneseDay(publishedAt))],
  ])}
${rows.length === 0 ? html`<p>提供の実績はありません。</p>` : table("失効情報等の提供状況", head, rows)}
${paragraph(linkToPaper(found, html`この報告書のPDF`))}
<p><a href="/provision-reports">報告書の一覧へ</a></p>`;
  return { title, publisher: "both", body };
}

/** To the PDF, with its size; none for a report that is not on paper. */
function linkToPaper({ id, pdf }: PublishedReport, words: Html): Html | undefined {
  if (pdf === undefined) return undefined;
  return html`<a href="${reportPaperPath({ id })}" type="application/pdf">${words}</a>（${Math.ceil(pdf.length / 1_000)} KB）`;
}

function paragraph(content: Html | undefined): Html | undefined {
  return content && html`<p>${content}</p>`;
}
