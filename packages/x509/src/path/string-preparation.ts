// RFC 4518 §2.2 Map: characters that say how text is shown, and controls, count for nothing; RFC 5280 §7.1 refers to it.
const mappedToNothing = /[^\P{Cc}\s\u0085]|[\p{Cf}\u1806\ufffc]|\p{Variation_Selector}|\u034f/gu;
const mappedToSpace = /[\s\u0085\p{Z}]+/gu;
// RFC 4518 §2.4 Prohibit: unassigned, private use, surrogates, replacement character.
const prohibited = /[\p{Cn}\p{Co}\p{Cs}\ufffd]/u;
const printableAscii = /^[ -~]*$/;

/**
 * Text made comparable for caseIgnoreMatch (RFC 5280 §7.1, RFC 4518 §2): mapped, case-folded, in normal form KC, without
 * insignificant space. `undefined` when it holds a character whose comparison is not defined (RFC 4518 §2.4).
 */
export function prepareString(text: string): string | undefined {
  if (printableAscii.test(text)) return text.toLowerCase().trim().replaceAll(/ +/g, " ");
  const mapped = text.replaceAll(mappedToNothing, "").normalize("NFKC");
  const folded = Array.from(mapped, foldCase).join("").normalize("NFKC").replaceAll(mappedToSpace, " ");
  return prohibited.test(folded) ? undefined : folded.trim().replaceAll(/ +/g, " ");
}

/** Case folding of one character (RFC 3454 table B.2): ECMAScript has none, and its lower case keeps ß, ς and their like. */
function foldCase(character: string): string {
  const upper = character.toUpperCase();
  if (upper.length > character.length || character === "\u0345")
    return Array.from(upper, (one) => one.toLowerCase()).join("");
  return character === "ς" ? "σ" : character.toLowerCase();
}
