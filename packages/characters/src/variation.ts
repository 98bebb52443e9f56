import { withoutVariant } from "./character-variants.ts";
import type { Variation } from "./four-items.ts";
import type { WrittenUnit } from "./written-units.ts";

const hyphens = /^[-‐‑‒–—―−－ーｰ]$/u;

/** Foldings from the least to the most, each applied to the result of the one before; the first that makes two
 * characters equal names how they differ. The last is for addresses alone: in a name ひ and ヒ are different. */
const foldings: readonly {
  readonly reason: Variation;
  readonly addressOnly?: true;
  readonly fold: (text: string) => string;
}[] = [
  {
    reason: "composition",
    fold: (text) =>
      text
        .replaceAll("゛", "\u3099")
        .replaceAll("゜", "\u309a")
        .replaceAll(/[ぁ-ヿ][\u3099\u309a]/gu, (kana) => kana.normalize("NFC")),
  },
  {
    reason: "width",
    fold: (text) =>
      text
        .replaceAll(/[\uff01-\uffef]+/gu, (wide) => wide.normalize("NFKC"))
        .replaceAll(/[ァ-ヿ][\u3099\u309a]/gu, (kana) => kana.normalize("NFC")),
  },
  { reason: "hyphen", fold: (text) => (hyphens.test(text) ? "-" : text) },
  { reason: "variant", fold: withoutVariant },
  { reason: "letterCase", fold: (text) => text.toUpperCase() },
  { reason: "smallKana", fold: (text) => (text === "ヶ" ? "ケ" : text === "ヵ" ? "カ" : text) },
  {
    reason: "smallKana",
    addressOnly: true,
    fold: (text) => (text === "が" || text === "ガ" ? "ケ" : text === "っ" || text === "ッ" ? "ツ" : text),
  },
  {
    reason: "kanaScript",
    addressOnly: true,
    fold: (text) => text.replaceAll(/[ぁ-ゖ]/gu, (kana) => String.fromCodePoint((kana.codePointAt(0) ?? 0) + 0x60)),
  },
];

/**
 * Says how two units write the same thing: `"same"` character by character, the way of writing in which they differ,
 * or `undefined` when they are not the same.
 */
export function variationBetween(
  a: WrittenUnit,
  b: WrittenUnit,
  item: "name" | "address",
): Variation | "same" | undefined {
  if (a.text === b.text) return "same";
  if (a.kind !== b.kind) return undefined;
  if (a.kind === "number") {
    if (a.value !== b.value) return undefined;
    return a.text.normalize("NFKC") === b.text.normalize("NFKC") ? "width" : "numeral";
  }
  if (a.kind === "divider") return dividerVariation(a, b);
  if (a.kind === "space") return "space";
  if (a.kind !== "character") return undefined;
  const variation = foldedVariation(a.value, b.value, item);
  const iterated = a.text === "々" || b.text === "々";
  return iterated && variation !== undefined ? "iterationMark" : variation;
}

/** Names how a unit that one side lacks may be left off; `undefined` when its lack is a difference. */
export function omissionOf(unit: WrittenUnit): Variation | undefined {
  if (unit.needed) return undefined;
  if (unit.kind === "space") return "space";
  if (unit.kind === "prefecture") return "prefectureOmitted";
  if (unit.kind === "district") return "districtOmitted";
  if (unit.kind === "aza") return "azaOmitted";
  return unit.kind === "divider" ? "blockNotation" : undefined;
}

/** 丁目, 番 and 号 are ranks: a hyphen may stand for each, one rank for another may not. */
function dividerVariation(a: WrittenUnit, b: WrittenUnit): Variation | undefined {
  if (a.value === "any" && b.value === "any") return foldedVariation(a.text, b.text, "address") ?? "blockNotation";
  return a.value === "any" || b.value === "any" || a.value === b.value ? "blockNotation" : undefined;
}

function foldedVariation(a: string, b: string, item: "name" | "address"): Variation | undefined {
  let [left, right] = [a, b];
  for (const { reason, addressOnly, fold } of foldings) {
    if (addressOnly && item === "name") continue;
    [left, right] = [fold(left), fold(right)];
    if (left === right) return reason;
  }
  return undefined;
}
