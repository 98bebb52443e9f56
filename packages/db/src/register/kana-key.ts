/**
 * ふりがな as it is searched: hiragana, no spaces or middle dots, full-width and half-width katakana turned into hiragana.
 * Null when something else than kana stands in it.
 */
export function kanaKey(kana: string): string | null {
  const hiragana = kana
    .normalize("NFKC")
    .replaceAll(/[\s・]/g, "")
    .replaceAll(/[ァ-ヶ]/g, (katakana) => String.fromCodePoint((katakana.codePointAt(0) ?? 0) - 0x60));
  return /^[ぁ-ゖー]+$/.test(hiragana) ? hiragana : null;
}
