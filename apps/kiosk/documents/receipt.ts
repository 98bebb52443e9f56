import { html, paper, rows } from "@mitome/paper";
import type { ReceiptDocument } from "@mitome/ra";
import { formatDay } from "../screens/calendar.ts";

/** 領収書 of the issue fee (千葉県運用規程 2-1-3(13)). */
export function receiptPaper({ municipality, caseId, payer, yen, receivedOn }: ReceiptDocument): string {
  return paper("領収書", [
    html`<p class="right">${formatDay(receivedOn)}</p><p class="large">${payer}　様</p><p class="large">${yen.toLocaleString("ja-JP")} 円</p>`,
    rows([
      ["ただし", "電子証明書の発行手数料として"],
      ["受領した日", formatDay(receivedOn)],
      ["受付番号", html`<span class="code">${caseId}</span>`],
    ]),
    html`<p class="right">上記のとおり領収しました。</p><p class="right">${municipality}長</p>`,
  ]);
}
