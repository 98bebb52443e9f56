import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chibaMunicipalities } from "./chiba-municipalities.ts";
import { compareFourItems } from "./compare-four-items.ts";
import type { ComparedItem, FourItems, ItemComparison } from "./four-items.ts";

const person: FourItems = {
  name: "山田　花子",
  dateOfBirth: "319640107",
  gender: "2",
  address: "千葉県千葉市中央区市場町１番１号",
};

const withItem = (item: string, text: string): FourItems =>
  item === "gender"
    ? { ...person, gender: text === "1" ? "1" : text === "2" ? "2" : "3" }
    : { ...person, [item]: item === "alias" && text === "" ? undefined : text };

const comparisonOf = (item: string, application: string, register: string): ItemComparison => {
  const comparison = compareFourItems(withItem(item, application), withItem(item, register)).find(
    (one) => one.item === item,
  );
  if (comparison === undefined) throw new Error(`${item} was not compared`);
  return comparison;
};

const summary = ({ differences }: ItemComparison): string =>
  differences.map(({ reason, position }) => `${reason}@${position}`).join(" ");

const corpus = readFileSync(new URL("../data/four-items-corpus.tsv", import.meta.url), "utf8")
  .trimEnd()
  .replaceAll(/\\u\{([0-9a-f]+)\}/g, (_, codePoint) => String.fromCodePoint(Number.parseInt(codePoint, 16)))
  .split("\n")
  .slice(1)
  .map((line): [string, string, string, string, string] => {
    const [item = "", application = "", register = "", result = "", differences = ""] = line.split("\t");
    return [item, application, register, result, differences];
  });

describe("千葉県運用規程 3-1-9: application against register", () => {
  it("finds each difference of the corpus, where it is and how much it weighs", () => {
    const found = corpus.map(([item, application, register]) => {
      const comparison = comparisonOf(item, application, register);
      return [item, application, register, comparison.result, summary(comparison)];
    });
    expect(found).toEqual(corpus);
    expect(corpus.length).toBeGreaterThanOrEqual(120);
  });

  it("weighs the notations of every municipality's addresses rightly", () => {
    let pairs = 0;
    for (const { name } of chibaMunicipalities) {
      const register = `千葉県${name}本町三丁目１２番３４号`;
      const soft = [
        "３丁目１２番３４号",
        "3-12-34",
        "３－１２－３４",
        "三丁目12番地34",
        "３の１２の３４",
        "３ー１２ー３４",
      ];
      const hard = ["３丁目１２番", "３－１２－３５", "４丁目１２番３４号", "３－１２３４", "３番１２号３４"];
      for (const numbers of soft)
        expect(comparisonOf("address", `${name}本町${numbers}`, register).result).toBe("soft");
      for (const numbers of hard)
        expect(comparisonOf("address", `${name}本町${numbers}`, register).result, numbers).toBe("hard");
      pairs += soft.length + hard.length;
    }
    expect(pairs).toBe(594);
  });

  it("gives back both texts whole: same parts and differences in order rebuild them", () => {
    for (const [item, application, register] of corpus) {
      const comparison = comparisonOf(item, application, register);
      for (const [text, place, part] of [
        [comparison.application, "position", "application"],
        [comparison.register, "registerPosition", "register"],
      ] as const) {
        for (const difference of comparison.differences) {
          const characters = [...text].slice(
            difference[place] - 1,
            difference[place] - 1 + [...difference[part]].length,
          );
          expect(characters.join("")).toBe(difference[part]);
        }
      }
    }
  });

  it("finds no difference in equal texts, some in others, and leaves equal rests, whatever the texts", () => {
    const pieces = fc.constantFrom(
      ..."髙高一二１２3-－丁目番地号のノケヶ々佐 　ｶﾞガか゛".split(""),
      "千葉県",
      "印旛郡",
      "町",
      "大字",
      "\u{e0100}",
    );
    const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(""));
    const rest = (whole: string, cuts: readonly { at: number; part: string }[]): string => {
      const characters = [...whole];
      for (const { at, part } of cuts.toReversed()) characters.splice(at - 1, [...part].length);
      return characters.join("");
    };
    fc.assert(
      fc.property(fc.constantFrom("name", "address"), text, text, (item, application, register) => {
        const { result, differences } = comparisonOf(item, application, register);
        expect(result === "same").toBe(application === register);
        expect(
          rest(
            application,
            differences.map((one) => ({ at: one.position, part: one.application })),
          ),
        ).toBe(
          rest(
            register,
            differences.map((one) => ({ at: one.registerPosition, part: one.register })),
          ),
        );
      }),
      { seed: 20_261_122, numRuns: 5_000 },
    );
  });

  it("weighs a pair the same from both sides, but for a building that only the application may leave off", () => {
    for (const [item, application, register, result] of corpus) {
      const [there, back] = [comparisonOf(item, application, register), comparisonOf(item, register, application)];
      if (`${summary(there)} ${summary(back)}`.includes("buildingOmitted")) continue;
      expect(back.result, `${register} | ${application}`).toBe(result);
    }
  });

  it("compares the four items in order, and the 通称 when one of the two has it", () => {
    const items = (a: FourItems, b: FourItems): ComparedItem[] => compareFourItems(a, b).map(({ item }) => item);
    expect(items(person, person)).toEqual(["name", "dateOfBirth", "gender", "address"]);
    expect(items(person, { ...person, alias: "田中" })).toEqual(["name", "alias", "dateOfBirth", "gender", "address"]);
  });

  it("compares the longest address of a certificate with another one in an instant", () => {
    const long = `千葉県市川市${"あ".repeat(194)}`;
    expect(comparisonOf("address", long, `${long}い`).result).toBe("hard");
  });
});
