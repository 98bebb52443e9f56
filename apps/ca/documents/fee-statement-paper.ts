import {
  accessMethods,
  type FeeStatement,
  formatJapaneseDay,
  formatJapaneseMonth,
  type InCharge,
  signatureLines,
} from "@mitome/ca";
import { type Html, html, joined, pageNumbers, paper, rows, table } from "@mitome/paper";

/** A verifier's uses of a month and what they cost, as its paper says it. */
export interface StatedFees {
  readonly statement: FeeStatement;
  /** The verifier's name. */
  readonly verifier: string;
  /** 千葉県運用規程 2-1-4(10): who collects the fee. */
  readonly madeBy: InCharge;
  readonly madeAt: Date;
}

/** 情報提供手数料の明細書 of one verifier and month (千葉県運用規程 2-5): how often by which method, the fee a use, and the sum. */
export function feeStatementPaper({ statement, verifier, madeBy, madeAt }: StatedFees, mark: Html): string {
  const { verifierId, month, lines, totalYen } = statement;
  return paper(
    "情報提供手数料 明細書",
    [
      rows([
        ["提供を行った年月", formatJapaneseMonth(month)],
        ["提供先ID", verifierId],
        ["合計", html`<span class="large">${totalYen.toLocaleString("ja-JP")} 円</span>`],
      ]),
      html`<h2>内訳</h2>`,
      table(
        ["提供の方法", "件数", "1件の手数料（円）", "金額（円）"],
        lines.map(({ method, count, yenPerUse, yen }) => [accessMethods[method].ja, count, yenPerUse, yen]),
      ),
      html`<p>照会した証明書と、取得した失効記録・失効情報・ファイルを、それぞれ1件と数えます。</p>`,
    ],
    {
      style: `${pageNumbers}.sender { text-align: right; margin: 2mm 0 8mm; }`,
      head: html`${mark}<p class="right">${formatJapaneseDay(madeAt)}</p><p class="large">${verifier}　御中</p>
<div class="sender">${joined(signatureLines(madeBy).map((line) => html`<p>${line}</p>`))}</div>`,
    },
  );
}
