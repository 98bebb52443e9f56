import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { findOutsideRepertoire, isInRepertoire, standardOf } from "./repertoire.ts";

const jisTable = (name: string): { codePoints: Set<number>; disagreements: string[][] } => {
  const bytes = readFileSync(new URL(`../data/${name}.json.gz`, import.meta.url));
  const table: { kutenToUcs: Record<string, string>; disagreementsWithWhatwg: Record<string, string[]> } = JSON.parse(
    gunzipSync(bytes).toString("utf8"),
  );
  const parse = (ucs: string): number => Number.parseInt(ucs.slice(2), 16);
  return {
    codePoints: new Set(Object.values(table.kutenToUcs).map(parse)),
    disagreements: Object.values(table.disagreementsWithWhatwg),
  };
};

const jisX0208 = jisTable("jisx0208");
const jisX0212 = jisTable("jisx0212");
describe("千葉県運用規程 3-1-8", () => {
  it("[C-3-1-8.1] allows the 6,879 characters of JIS X 0208, the 6,067 of JIS X 0212 and no other code point", () => {
    const found = { "JIS X 0208": new Set<number>(), "JIS X 0212": new Set<number>() };
    const others: number[] = [];
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += 1) {
      const standard = standardOf(codePoint);
      if (standard === undefined) continue;
      if (jisX0208.codePoints.has(codePoint) || jisX0212.codePoints.has(codePoint)) found[standard].add(codePoint);
      else others.push(codePoint);
    }
    expect(new Set(others)).toEqual(new Set([0x7e, 0x2225, 0xff0d, 0xffe0, 0xffe1, 0xffe2]));
    expect(found["JIS X 0208"]).toEqual(jisX0208.codePoints);
    expect(found["JIS X 0212"]).toEqual(jisX0212.codePoints);
    expect([jisX0208.codePoints.size, jisX0212.codePoints.size]).toEqual([6879, 6067]);
  });

  it("accepts both spellings of the seven cells that Unicode tables disagree about", () => {
    expect(jisX0208.disagreements).toHaveLength(6);
    for (const spellings of [...jisX0208.disagreements, ["U+007E", "U+FF5E"]]) {
      for (const ucs of spellings) expect(standardOf(Number.parseInt(ucs.slice(2), 16)), ucs).toBeDefined();
    }
  });

  it("[C-3-1-7.1] allows kanji, hiragana, katakana, letters and Arabic digits, each in full width", () => {
    const range = (first: string, last: string): string[] => {
      const [from, to] = [first.codePointAt(0) ?? 0, last.codePointAt(0) ?? 0];
      return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));
    };
    const scripts = [range("ぁ", "ん"), range("ァ", "ヶ"), range("Ａ", "Ｚ"), range("ａ", "ｚ"), range("０", "９")];
    for (const script of scripts) expect(findOutsideRepertoire(script.join(""))).toEqual([]);
    expect(isInRepertoire("千葉県千葉市中央区市場町１番１号　コーポＡ棟・ヴィラ々〆ー－")).toBe(true);
  });

  it("[C-3-1-8.1] names the position and the character of what it refuses, and replaces nothing", () => {
    expect(findOutsideRepertoire("山田　花子")).toEqual([]);
    expect(findOutsideRepertoire("髙橋　德子")).toEqual([
      { position: 1, character: "髙", codePoint: "U+9AD9", kind: "notInStandards" },
      { position: 4, character: "德", codePoint: "U+5FB7", kind: "notInStandards" },
    ]);
  });

  it("counts a character beyond the basic plane as one", () => {
    expect(findOutsideRepertoire("𠮷野家𠮷")).toEqual([
      { position: 1, character: "𠮷", codePoint: "U+20BB7", kind: "notInStandards" },
      { position: 4, character: "𠮷", codePoint: "U+20BB7", kind: "notInStandards" },
    ]);
  });

  it.each([..."髙﨑𠮷德增瀨橫黑寬栁賴薰①㈱Ⅰⅰ—–"])("refuses %s", (character) => {
    expect(findOutsideRepertoire(character)).toMatchObject([{ position: 1, character }]);
  });

  it.each([..."濱濵邉邊齋齊嶋澤廣槗祇葛辻鷗々〆ヶヵ－−‐ー―～〜"])("allows %s", (character) => {
    expect(isInRepertoire(character)).toBe(true);
  });

  it("judges the raw text: a compatibility ideograph is not taken for the character it normalises to", () => {
    expect("\u{fa19}".normalize("NFC")).toBe("神");
    expect(isInRepertoire("神")).toBe(true);
    expect(findOutsideRepertoire("\u{fa19}谷")[0]).toMatchObject({ position: 1, codePoint: "U+FA19" });
  });

  it.each([
    ["an ideographic variation sequence", "葛\u{e0100}城", 2, "U+E0100", "variationSelector"],
    ["a standardised variation selector", "辻\u{fe00}", 2, "U+FE00", "variationSelector"],
    ["a combining voiced mark", "か\u{3099}", 2, "U+3099", "combining"],
    ["a lone high surrogate", "山\u{d842}", 2, "U+D842", "loneSurrogate"],
    ["a lone low surrogate", "\u{dfb7}田", 1, "U+DFB7", "loneSurrogate"],
    ["a line feed", "山\n田", 2, "U+000A", "control"],
    ["a NUL", "\u{0}", 1, "U+0000", "control"],
    ["a right-to-left override", "山\u{202e}田", 2, "U+202E", "control"],
    ["a zero-width space", "山\u{200b}田", 2, "U+200B", "control"],
    ["a byte order mark", "\u{feff}山", 1, "U+FEFF", "control"],
    ["a half-width letter", "A", 1, "U+0041", "notInStandards"],
    ["a half-width katakana", "ﾔ", 1, "U+FF94", "notInStandards"],
    ["an ASCII space", "山 田", 2, "U+0020", "notInStandards"],
    ["an NEC special character", "①", 1, "U+2460", "notInStandards"],
  ])("refuses %s", (_what, text, position, codePoint, kind) => {
    expect(findOutsideRepertoire(text)).toMatchObject([{ position, codePoint, kind }]);
    expect(isInRepertoire(text)).toBe(false);
  });
});
