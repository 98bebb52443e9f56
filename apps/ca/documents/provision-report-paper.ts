import {
  accessMethods,
  formatJapaneseDay,
  formatJapaneseMonth,
  type ProvisionReport,
  reportColumns,
  signatureLines,
} from "@mitome/ca";
import { type Html, html, joined, pageNumbers, paper, table } from "@mitome/paper";

/** 失効情報等の提供状況報告書: the four items of 千葉県運用規程 4-5 and no other, who made it and when. */
export function provisionReportPaper(report: ProvisionReport, mark: Html): string {
  const { period, madeBy, madeAt, rows } = report;
  const [from, to] = [formatJapaneseMonth(period.from), formatJapaneseMonth(period.to)];
  const lines = rows.map(({ recipient, month, count, method }) => [
    ...[recipient, formatJapaneseMonth(month), count, accessMethods[method].ja],
  ]);
  return paper(
    "失効情報等の提供状況報告書",
    [
      html`<p>${from}から${to}までの失効情報及び失効情報ファイルの提供状況を、次のとおり報告します。</p>`,
      rows.length === 0 ? html`<p>提供の実績はありません。</p>` : table(reportColumns, lines),
      html`<div class="signature"><p>${formatJapaneseDay(madeAt)}</p>${joined(signatureLines(madeBy).map((line) => html`<p>${line}</p>`))}</div>`,
    ],
    { head: mark, style: pageNumbers },
  );
}
