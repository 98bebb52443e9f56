import { html } from "./html.ts";
import { dayOf, japaneseDay } from "./japanese-time.ts";
import { column, facts, type Page, table } from "./page-frame.ts";
import type { ProvisionReport, PublicView } from "./public-view.ts";

/** 運用規程 4-5: a report can be seen by anyone for five years; on the day after, it is gone. */
function openReports({ reports, now }: PublicView): readonly ProvisionReport[] {
  const [year = 0, ...rest] = japaneseDay(now).split("-");
  const oldest = [Number(year) - 5, ...rest].join("-");
  return reports
    .filter(({ publishedOn }) => publishedOn >= oldest)
    .toSorted((one, other) => other.publishedOn.localeCompare(one.publishedOn));
}

/** 失効情報等の提供状況報告書: those of the last five years. */
export function provisionReportsPage(view: PublicView): Page {
  const rows = openReports(view).map(
    ({
      id,
      title,
      maker,
      publishedOn,
      pdf,
    }) => html`<tr><th scope="row"><a href="/provision-reports/${id}">${title}</a></th><td>${dayOf(publishedOn)}</td><td>${maker}</td>
<td>${pdf === undefined ? "–" : html`<a href="${pdf}" type="application/pdf">PDF<span class="hidden">（${title}）</span></a>`}</td></tr>`,
  );
  const head = [column("報告書"), column("公表した日"), column("作成した者"), column("PDF")];
  const body = html`<p>失効情報と失効情報ファイルを誰にどれだけ提供したかの報告書です。官報に公告し、5年間、誰でも見られるようにします（運用規程<a href="/statement#4-5">4-5</a>）。</p>
${rows.length === 0 ? html`<p>公表している報告書はありません。</p>` : table("失効情報等の提供状況報告書", head, rows)}`;
  return { title: "失効情報等の提供状況の報告書", publisher: "both", body };
}

/** One report: 提供先, 提供を行った年月, 件数, 提供の方法, and nothing more. */
export function provisionReportPage(view: PublicView, id: string): Page | undefined {
  const report = openReports(view).find((one) => one.id === id);
  if (report === undefined) return undefined;
  const rows = report.lines.map(({ recipient, month, count, method }) => {
    const [year, number] = month.split("-").map(Number);
    return html`<tr><th scope="row">${recipient}</th><td><time datetime="${month}">${year}年${number}月</time></td><td class="number">${count.toLocaleString("ja-JP")}</td><td>${method}</td></tr>`;
  });
  const head = [column("提供先"), column("提供を行った年月"), column("件数"), column("提供の方法")];
  const body = html`${facts([
    ["作成した者", report.maker],
    ["公表した日", dayOf(report.publishedOn)],
  ])}
${table("失効情報等の提供状況", head, rows)}
<p>${report.pdf === undefined ? undefined : html`<a href="${report.pdf}" type="application/pdf">PDF</a>　`}<a href="/provision-reports">報告書の一覧へ</a></p>`;
  return { title: report.title, publisher: "both", body };
}
