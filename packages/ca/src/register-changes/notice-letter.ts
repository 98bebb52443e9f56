/** Letters to people whose certificate was revoked without their asking (千葉県運用規程 4-2-3, 4-4-1-1). */
import type { SerialNumber } from "@mitome/x509";
import { formatJapaneseDay } from "../japanese-calendar.ts";
import type { RevocationCause } from "../revocation/revocation-reason.ts";

interface LetterText {
  readonly clause: string;
  readonly happened: readonly string[];
  readonly why: readonly string[];
  /** What to do now, at the counter of a municipality. */
  readonly next: (counter: string) => readonly string[];
}

const gone = "失効した電子証明書は、元に戻せません。";

// A change of address or name, and a death, are known to those they concern; these two are not.
const letters = {
  recordWrong: {
    clause: "千葉県運用規程 2-1-2(9)、4-4-1-1",
    happened: ["あなたの電子証明書を失効させました。この電子証明書は、もう使えません。", gone],
    why: ["電子証明書に書かれている内容が、住民票に書かれている内容とちがっていることが分かったためです。"],
    next: (counter) => [
      // 3-1-9, 4-3-1: the identity document with a photograph, and the card that the certificate is written to.
      `電子証明書が必要なときは、${counter}の窓口で新しく申請してください。ＩＣカードと、顔写真の付いた身分証明書をお持ちください。`,
      "電子証明書が必要でないときは、何もしなくてかまいません。",
    ],
  },
  doubleIssue: {
    clause: "千葉県運用規程 4-2-3、4-4-1-1",
    happened: [
      "あなたに、有効な電子証明書が重ねて発行されていました。",
      "そのうち、発行日の新しい下の電子証明書を失効させました。この電子証明書は、もう使えません。",
      gone,
    ],
    why: ["有効な電子証明書は、お一人に一つと決められているためです。"],
    next: () => ["先に発行された電子証明書は、そのまま使えます。", "何もしなくてかまいません。"],
  },
} as const satisfies Partial<Record<RevocationCause, LetterText>>;

/** A cause after which the person is written to. */
export type LetterCause = keyof typeof letters;

/** Whether a revocation for this cause needs a letter. */
export function needsLetter(cause: RevocationCause): cause is LetterCause {
  return cause in letters;
}

/** What a letter is about. Name and address are those to which it goes: the certificate's may be the wrong ones. */
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

/** A letter as data, of which its paper is made. Everything is Japanese text ready to print. */
export interface NoticeLetter {
  readonly title: string;
  readonly date: string;
  readonly addressee: { readonly name: string; readonly address: string };
  readonly sender: string;
  readonly happened: readonly string[];
  readonly why: readonly string[];
  /** The rule by which it was done. */
  readonly clause: string;
  /** The certificate that was revoked. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly next: readonly string[];
  readonly contact: readonly string[];
}

/** Writes the letter that goes out at `now`. */
export function noticeLetter(subject: LetterSubject, now: Date): NoticeLetter {
  const { cause, serial, notBefore, revokedAt, person, counter, sender, contact } = subject;
  const { clause, happened, why, next } = letters[cause];
  return {
    ...{ title: "電子証明書の失効のお知らせ", date: formatJapaneseDay(now), sender, contact },
    addressee: { name: `${person.name}　様`, address: person.address },
    ...{ happened, why, clause, next: next(counter) },
    facts: [
      { label: "シリアル番号", value: readableHex(serial) },
      { label: "発行した日", value: formatJapaneseDay(notBefore) },
      { label: "失効した日", value: formatJapaneseDay(revokedAt) },
    ],
  };
}

/** As on the copy of the certificate that the person was given (4-3-1): capitals in groups of four. */
function readableHex(serial: SerialNumber): string {
  return serial.toUpperCase().replaceAll(/(.{4})(?=.)/g, "$1 ");
}
