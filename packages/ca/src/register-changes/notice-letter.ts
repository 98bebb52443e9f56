/** Letters to people whose certificate was revoked without their asking (千葉県運用規程 4-2-3, 4-4-1-1②③). */
import type { SerialNumber } from "@mitome/x509";
import { formatJapaneseDay } from "../japanese-calendar.ts";
import type { RevocationCause } from "../revocation/revocation-reason.ts";

interface LetterText {
  readonly clause: string;
  readonly title: string;
  readonly why: readonly string[];
}

// A change of address or name, and a death, are known to those they concern; these two are not.
const letters = {
  recordWrong: {
    clause: "千葉県運用規程 2-1-2(9)、4-4-1-1",
    title: "電子証明書の失効のお知らせ（記録の誤りがあったため）",
    why: [
      "あなたの電子証明書に書かれている内容が、住民票に書かれている内容とちがっていることが分かりました。",
      "正しくない電子証明書は使えないため、下の電子証明書を失効させました。",
    ],
  },
  doubleIssue: {
    clause: "千葉県運用規程 4-2-3",
    title: "電子証明書の失効のお知らせ（二重に発行されていたため）",
    why: [
      "あなたに、有効な電子証明書が二つ発行されていたことが分かりました。",
      "持てる電子証明書は一つだけです。そのため、発行日の新しい下の電子証明書を失効させました。",
      "先に発行された電子証明書は、そのまま使えます。",
    ],
  },
} as const satisfies Partial<Record<RevocationCause, LetterText>>;

/** A cause after which the person is written to. */
export type LetterCause = keyof typeof letters;

/** Whether a revocation for this cause needs a letter. */
export function needsLetter(cause: RevocationCause): cause is LetterCause {
  return cause in letters;
}

/** What a letter is about. Name and address are the register's, as they are now: the certificate's may be the wrong ones. */
export interface LetterSubject {
  readonly cause: LetterCause;
  readonly serial: SerialNumber;
  readonly notBefore: Date;
  readonly revokedAt: Date;
  readonly person: { readonly name: string; readonly address: string };
  /** The municipality at whose counter the person may ask for a new certificate. */
  readonly counter: string;
  readonly sender: string;
  /** Office, hours and telephone, a line each (1-3-4). */
  readonly contact: readonly string[];
}

/** A letter as data; a page and a PDF are made of it. Everything is Japanese text ready to print. */
export interface NoticeLetter {
  readonly title: string;
  readonly clause: string;
  readonly date: string;
  readonly addressee: { readonly name: string; readonly address: string };
  readonly sender: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly contact: readonly string[];
}

/** Writes the letter that goes out at `now`. */
export function noticeLetter(subject: LetterSubject, now: Date): NoticeLetter {
  const { cause, serial, notBefore, revokedAt, person, counter, sender, contact } = subject;
  const { title, clause, why } = letters[cause];
  return {
    ...{ title, clause, date: formatJapaneseDay(now), sender, contact },
    addressee: { name: `${person.name}　様`, address: person.address },
    paragraphs: [
      ...why,
      "失効した電子証明書は、元に戻せません。",
      ...(cause === "recordWrong" ? [`電子証明書が必要なときは、${counter}の窓口で新しく申請してください。`] : []),
      "このお知らせに心当たりがないときや、分からないことがあるときは、下の連絡先へお問い合わせください。",
    ],
    facts: [
      { label: "発行の番号（シリアル番号）", value: serial },
      { label: "発行した日", value: formatJapaneseDay(notBefore) },
      { label: "失効した日", value: formatJapaneseDay(revokedAt) },
    ],
    contact,
  };
}
