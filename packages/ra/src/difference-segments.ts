import type { Difference, ItemComparison, Mismatch, Variation } from "@mitome/characters";
import type { Segment, Text } from "./views.ts";

/** The two texts of an item cut at their differences, for marking on the screen. Positions count code points. */
export function segmentsOf(comparison: ItemComparison): {
  application: readonly Segment[];
  register: readonly Segment[];
} {
  const { application, register, differences } = comparison;
  return {
    application: cut(application, differences, ({ position, application }) => [position, application]),
    register: cut(register, differences, ({ registerPosition, register }) => [registerPosition, register]),
  };
}

function cut(
  text: string,
  differences: readonly Difference[],
  placeOf: (difference: Difference) => readonly [position: number, text: string],
): readonly Segment[] {
  const characters = [...text];
  const segments: Segment[] = [];
  let at = 0;
  for (const difference of differences) {
    const [position, differing] = placeOf(difference);
    const start = position - 1;
    const end = start + [...differing].length;
    if (start > at) segments.push({ kind: "same", text: characters.slice(at, start).join("") });
    if (end > start) segments.push({ kind: difference.severity, text: characters.slice(start, end).join("") });
    at = Math.max(at, end);
  }
  if (at < characters.length) segments.push({ kind: "same", text: characters.slice(at).join("") });
  return segments;
}

const words: Readonly<Record<Variation | Mismatch, Text>> = {
  width: { ja: "全角と半角", en: "full and half width" },
  letterCase: { ja: "大文字と小文字", en: "upper and lower case" },
  hyphen: { ja: "横棒の種類", en: "kind of hyphen" },
  variant: { ja: "異体字", en: "variant character" },
  composition: { ja: "濁点の書き方", en: "composed character" },
  smallKana: { ja: "小書きのかな", en: "small kana" },
  kanaScript: { ja: "ひらがなとカタカナ", en: "hiragana and katakana" },
  iterationMark: { ja: "くり返し記号", en: "iteration mark" },
  space: { ja: "空白", en: "space" },
  numeral: { ja: "数字の書き方", en: "way of writing a number" },
  blockNotation: { ja: "番地の書き方", en: "way of writing a block number" },
  prefectureOmitted: { ja: "県名の省略", en: "prefecture left off" },
  buildingOmitted: { ja: "建物名の省略", en: "building left off" },
  azaOmitted: { ja: "「字」の省略", en: "aza left off" },
  districtOmitted: { ja: "郡名の省略", en: "district left off" },
  eraNotation: { ja: "元号の書き方", en: "way of writing the era" },
  different: { ja: "文字が違う", en: "other characters" },
  missing: { ja: "申請書にない", en: "not on the form" },
  added: { ja: "住民票にない", en: "not in the register" },
  unknown: { ja: "日付の一部が不詳", en: "part of the date unknown" },
};

/** What differs, in words, each once. */
export function differenceWords({ differences }: ItemComparison): readonly Text[] {
  return [...new Set(differences.map(({ reason }) => reason))].map((reason) => words[reason]);
}
