import { html, joined, paper, rows } from "@mitome/paper";
import type { ApplicationDocument } from "@mitome/ra";
import { formatDay } from "../screens/calendar.ts";

/** Which characters are substitutes, in words: 「2文字目「崎」」; 「なし」 when none is. */
function substitutes(text: string, flags: string): string {
  const found = [...text].flatMap((character, index) =>
    flags[index] === "1" ? [`${index + 1}文字目「${character}」`] : [],
  );
  return found.length === 0 ? "なし" : found.join("、");
}

/**
 * 電子証明書発行申請書. 千葉県運用規程 4-1-2: date; name with reading, alias where the record carries one, address, birth
 * date and sex; substitute characters of name, alias and address. Nothing else is asked.
 */
export function applicationPaper({ municipality, date, person, substitutions, terms }: ApplicationDocument): string {
  const { alias } = person;
  return paper("電子証明書発行申請書", [
    html`<p>${municipality}長　様</p><p>電子証明書の発行を申請します。</p>`,
    rows([
      ["申請の年月日", formatDay(date)],
      ["ふりがな", person.furigana],
      ["氏名", person.name],
      ...(alias === null ? [] : [["通称", alias] as const]),
      ["住所", person.address],
      ["生年月日", person.dateOfBirth],
      ["性別", person.gender.ja],
      ["氏名の代替文字", substitutes(person.name, substitutions.name)],
      ...(alias === null ? [] : [["通称の代替文字", substitutes(alias, substitutions.alias ?? "")] as const]),
      ["住所の代替文字", substitutes(person.address, substitutions.address)],
    ]),
    html`<h2>利用者の約束</h2><ol>${joined(
      terms.map(
        ({ heading, body, clause }) =>
          html`<li><h3>${heading.ja}</h3>${body.ja}<span class="clause">（${clause}）</span></li>`,
      ),
    )}</ol>`,
    html`<p class="sign">申請者の署名</p>`,
  ]);
}
