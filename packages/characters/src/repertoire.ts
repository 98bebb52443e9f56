import { jisX0208Pages, jisX0212Pages } from "./repertoire-table.ts";

/** Which of the two standards holds a character. */
export type CharacterStandard = "JIS X 0208" | "JIS X 0212";

/** Why a character is outside: so that a screen can say more than "not allowed". */
export type OutsideKind =
  | "control" // a control or format character: never part of a name or an address
  | "variationSelector" // selects a glyph of the character before it (IVS): the plain character may be inside
  | "combining" // a mark on the character before it: the composed character may be inside
  | "loneSurrogate" // half a character: the text is damaged
  | "notInStandards"; // a whole character that neither standard holds, such as 髙 or 𠮷

/** A character that may not be used, and where it stands. */
export interface OutsideCharacter {
  /** In code points, from 1: what a person counts. */
  readonly position: number;
  /** The code point as text; a lone surrogate is given as U+FFFD. */
  readonly character: string;
  /** `U+9AD9`: what to say of a character that cannot be seen. */
  readonly codePoint: string;
  readonly kind: OutsideKind;
}

/**
 * The other spelling in Unicode of seven cells that tables disagree about (1-33, 1-34, 1-61, 1-81, 1-82, 2-44 of
 * JIS X 0208, 2-23 of JIS X 0212): the same characters of the standards, so they are inside under both spellings.
 */
const secondSpellings: ReadonlyMap<number, number> = new Map([
  [0xff5e, 0x301c], // ～ 〜
  [0x2225, 0x2016], // ∥ ‖
  [0xff0d, 0x2212], // － −
  [0xffe0, 0x00a2], // ￠ ¢
  [0xffe1, 0x00a3], // ￡ £
  [0xffe2, 0x00ac], // ￢ ¬
  [0x007e, 0xff5e], // ~ ～ (2-23)
]);

const holds = (pages: ReadonlyMap<number, string>, codePoint: number): boolean => {
  const digit = pages.get(codePoint >> 8)?.[(codePoint & 0xff) >> 2];
  return digit !== undefined && ((Number.parseInt(digit, 16) >> (codePoint & 3)) & 1) === 1;
};

/**
 * Names the standard that holds a code point, `undefined` when neither does. Both spellings of the seven ambiguous
 * cells are known. 千葉県運用規程 3-1-8: the sets of the counter's terminal are JIS X 0208 and JIS X 0212.
 */
export function standardOf(codePoint: number): CharacterStandard | undefined {
  for (const spelling of [codePoint, secondSpellings.get(codePoint)]) {
    if (spelling === undefined) continue;
    if (holds(jisX0208Pages, spelling)) return "JIS X 0208";
    if (holds(jisX0212Pages, spelling)) return "JIS X 0212";
  }
  return undefined;
}

/**
 * Finds every character of a text outside JIS X 0208 and JIS X 0212 (千葉県運用規程 3-1-8), in order. The text is taken
 * as it came: normalising first would silently replace compatibility ideographs (U+FA11 and others are not stable
 * under NFC). An empty answer means that the whole text may be used.
 */
export function findOutsideRepertoire(text: string): OutsideCharacter[] {
  const outside: OutsideCharacter[] = [];
  let position = 0;
  for (const character of text) {
    position += 1;
    const codePoint = character.codePointAt(0) ?? 0;
    if (standardOf(codePoint) !== undefined) continue;
    outside.push({
      position,
      character: isSurrogate(codePoint) ? "\u{fffd}" : character,
      codePoint: `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`,
      kind: kindOf(character, codePoint),
    });
  }
  return outside;
}

/** True when every character of the text is in JIS X 0208 or JIS X 0212; the empty text is. */
export function isInRepertoire(text: string): boolean {
  for (const character of text) {
    if (standardOf(character.codePointAt(0) ?? 0) === undefined) return false;
  }
  return true;
}

const isSurrogate = (codePoint: number): boolean => codePoint >= 0xd800 && codePoint <= 0xdfff;

function kindOf(character: string, codePoint: number): OutsideKind {
  if (isSurrogate(codePoint)) return "loneSurrogate";
  if (/^\p{Variation_Selector}$/u.test(character)) return "variationSelector";
  if (/^\p{M}$/u.test(character)) return "combining";
  if (/^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]$/u.test(character)) return "control";
  return "notInStandards";
}
