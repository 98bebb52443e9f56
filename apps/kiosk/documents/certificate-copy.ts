import { html, joined, paper, rows } from "@mitome/paper";
import type { CertificateCopyDocument } from "@mitome/ra";
import { formatHex, formatInstant } from "../screens/calendar.ts";

/** 電子証明書の写し. 千葉県運用規程 4-3-1 ②: handed over with the notices of 4-3-2, which stand on it. */
export function certificateCopyPaper({ municipality, certificate, person, notices }: CertificateCopyDocument): string {
  return paper("電子証明書の写し", [
    html`<p class="right">${municipality}</p><h2>電子証明書</h2>`,
    rows([
      ["氏名", person.name],
      ...(person.alias === null ? [] : [["通称", person.alias] as const]),
      ["住所", person.address],
      ["生年月日", person.dateOfBirth],
      ["性別", person.gender.ja],
      ["発行者", certificate.issuer],
      ["シリアル番号", html`<span class="code">${formatHex(certificate.serial)}</span>`],
      ["有効期間の開始", formatInstant(certificate.notBefore)],
      ["有効期間の終了", formatInstant(certificate.notAfter)],
    ]),
    html`<h2>ご利用にあたって</h2><ol>${joined(
      notices.map(
        ({ heading, body, clause }) =>
          html`<li><h3>${heading.ja}</h3>${body.ja}<span class="clause">（${clause}）</span></li>`,
      ),
    )}</ol>`,
  ]);
}
