/**
 * A text cut into the units that are compared as one: a character with its marks, and in an address also a number,
 * what divides two numbers (丁目, 番地, －) and the parts that people leave off.
 */
export interface WrittenUnit {
  readonly text: string;
  /** In code points, from 1. */
  readonly position: number;
  readonly kind: "character" | "number" | "divider" | "space" | "prefecture" | "district" | "aza";
  /** number: its value; divider: its rank (`丁目`, `番`, `号`, or `any` for a hyphen); otherwise what the text is compared as. */
  readonly value: string;
  /** True for what cannot be left off: characters, numbers, a divider between two numbers. */
  readonly needed: boolean;
}

const oneCharacter = /[々〻]|\P{M}[\p{M}\p{Variation_Selector}ﾞﾟ゛゜]*|\p{M}/uy;
const spaces = /[\s\u3000]+/uy;
const prefecture = /(?:東京都|北海道|京都府|大阪府|[^都道府県]{2,3}県)/uy;
const district = /[^市町村区]{1,4}郡(?=[^市区]{1,6}[町村])/uy;
const aza = /大字|(?<!文)字(?=\P{Nd}*\p{Nd})/uy;
const number = /[0-9０-９]+|[〇一二三四五六七八九十百]+(?=丁目|番地|番|号|の[0-9０-９])/uy;
const divider = /丁目|番地[のノ]|番地|番[のノ]|番|号室|号棟|号[のノ]|号|[-‐‑‒–—―−－ーｰ]|[のノ](?=[0-9０-９])/uy;

/** Cuts a name: characters and spaces. */
export function cutName(text: string): WrittenUnit[] {
  return cut(
    text,
    (units, at) => match(spaces, text, at, "space", units) ?? match(oneCharacter, text, at, "character", units),
  );
}

/** Cuts two addresses that are to be compared: a prefecture or 郡 that both name cannot be left off. */
export function cutAddresses(a: string, b: string): [WrittenUnit[], WrittenUnit[]] {
  const [left, right] = [cutAddress(a), cutAddress(b)];
  const neededBeside =
    (other: readonly WrittenUnit[]) =>
    (unit: WrittenUnit): WrittenUnit =>
      (unit.kind === "prefecture" || unit.kind === "district") && other.some(({ kind }) => kind === unit.kind)
        ? { ...unit, needed: true }
        : unit;
  return [left.map(neededBeside(right)), right.map(neededBeside(left))];
}

function cutAddress(text: string): WrittenUnit[] {
  return cut(text, (units, at) => {
    const last = units.at(-1);
    return (
      (at === 0 ? match(prefecture, text, at, "prefecture", units) : undefined) ??
      (last === undefined || last.kind === "prefecture" ? match(district, text, at, "district", units) : undefined) ??
      match(spaces, text, at, "space", units) ??
      match(aza, text, at, "aza", units) ??
      match(number, text, at, "number", units) ??
      (last?.kind === "number" ? match(divider, text, at, "divider", units) : undefined) ??
      match(oneCharacter, text, at, "character", units)
    );
  });
}

type Found = Omit<WrittenUnit, "position" | "needed">;

function cut(text: string, next: (units: readonly WrittenUnit[], at: number) => Found | undefined): WrittenUnit[] {
  const units: WrittenUnit[] = [];
  let position = 1;
  for (let at = 0; at < text.length; ) {
    const found = next(units, at) ?? { text: text.charAt(at), kind: "character", value: text.charAt(at) };
    units.push({ ...found, position, needed: found.kind === "character" || found.kind === "number" });
    at += found.text.length;
    position += [...found.text].length;
  }
  return units.map((unit, index) =>
    unit.kind === "divider" && units[index + 1]?.kind === "number" ? { ...unit, needed: true } : unit,
  );
}

function match(
  pattern: RegExp,
  text: string,
  at: number,
  kind: WrittenUnit["kind"],
  before: readonly WrittenUnit[],
): Found | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  return found === undefined ? undefined : { text: found, kind, value: comparedValue(found, kind, before) };
}

function comparedValue(text: string, kind: WrittenUnit["kind"], before: readonly WrittenUnit[]): string {
  if (kind === "number") return String(numberOf(text));
  if (kind === "divider") return /^(丁目|番|号)/u.exec(text)?.[1] ?? "any";
  // 々 stands for the character before it.
  return text === "々" ? (before.at(-1)?.value ?? text) : text;
}

/** The value of decimal digits of either width, or of 二十三, 百五, 二三 and 二〇. */
function numberOf(text: string): number {
  const digits = text.normalize("NFKC");
  if (/^\d+$/.test(digits)) return Number(digits);
  if (!/[十百]/.test(digits)) return Number([...digits].map((digit) => "〇一二三四五六七八九".indexOf(digit)).join(""));
  let total = 0;
  let pending = 0;
  for (const digit of digits) {
    if (digit === "百" || digit === "十") {
      total += (pending || 1) * (digit === "百" ? 100 : 10);
      pending = 0;
    } else pending = "〇一二三四五六七八九".indexOf(digit);
  }
  return total + pending;
}
