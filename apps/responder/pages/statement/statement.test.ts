import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chibaTextFiles, readTexts } from "../texts.ts";
import {
  parseStatement,
  StatementRefused,
  type StatementText,
  textInForce,
  textsOf,
  textsOfStatement,
} from "./statement.ts";

const { statement } = readTexts(chibaTextFiles);
const texts = textsOfStatement(statement);
const numbersOf = ({ sections }: StatementText) => sections.map(({ number }) => number);

// How many subsections each section of 千葉県運用規程 1.8 has, in the order of RFC 2527; those without any are left out.
const outline: Readonly<Record<string, number>> = {
  "": 8,
  "1": 3,
  "1-3": 4,
  "2": 9,
  "2-1": 9,
  "2-2": 8,
  "2-4": 4,
  "2-6": 4,
  "2-7": 6,
  "2-8": 8,
  "3": 4,
  "3-1": 11,
  "3-4": 2,
  "4": 18,
  "4-1": 3,
  "4-2": 3,
  "4-3": 2,
  "4-4": 11,
  "4-4-1": 3,
  "4-4-2": 5,
  "4-4-4": 5,
  "4-10": 3,
  "4-11": 9,
  "4-12": 2,
  "4-12-1": 4,
  "4-12-2": 6,
  "4-14": 3,
  "5": 3,
  "5-1": 2,
  "5-1-1": 10,
  "5-1-2": 4,
  "5-2": 3,
  "5-2-1": 2,
  "5-3": 5,
  "6": 8,
  "6-1": 2,
  "6-1-1": 6,
  "6-1-2": 5,
  "6-2": 2,
  "6-2-1": 9,
  "6-2-2": 7,
  "6-3": 2,
  "6-3-1": 2,
  "6-4": 2,
  "6-4-1": 2,
  "6-4-2": 2,
  "6-5": 2,
  "6-6": 2,
  "6-6-2": 2,
  "7": 2,
  "7-1": 4,
  "7-2": 4,
  "8": 3,
};

function outlineFrom(parent: string): readonly string[] {
  return Array.from({ length: outline[parent] ?? 0 }, (_, index) => {
    const number = parent === "" ? `${index + 1}` : `${parent}-${index + 1}`;
    return [number, ...outlineFrom(number)];
  }).flat();
}

describe("the practice statement that is shipped", () => {
  it.each(texts)("[C-1.1] has every section of the outline in the order of RFC 2527: version $version", (text) => {
    expect(numbersOf(text)).toEqual(outlineFrom(""));
    expect(text.sections.every(({ heading }) => heading.length > 1)).toBe(true);
  });

  it.each(texts)(
    "[C-0.2] keeps the headings of what is not stipulated, and of nothing else: version $version",
    (text) => {
      const unstipulated = text.sections.filter(({ kind }) => kind === "notStipulated").map(({ number }) => number);
      expect(unstipulated).toEqual([
        "2-8-4",
        "2-8-5",
        "2-8-7",
        "2-9",
        "3-1-5",
        "3-1-6",
        "4-4-6",
        "4-4-7",
        "4-4-8",
        "4-17",
        "5-1-1-10",
      ]);
    },
  );

  it.each(texts)("says something in every other section that has no subsection: version $version", (text) => {
    const silent = text.sections.filter(
      (section) => section.kind === "stipulated" && section.body.length === 0 && outline[section.number] === undefined,
    );
    expect(silent).toEqual([]);
  });

  it.each(texts)("names the rule where another one governs: version $version", (text) => {
    const governed = text.sections.flatMap((section) =>
      section.kind === "stipulated" && section.governedBy !== undefined ? [section.number] : [],
    );
    expect(governed).toEqual([
      "4-6",
      "4-10-3",
      "4-16",
      "6-8",
      ...["7-1-1", "7-1-2", "7-1-3", "7-1-4", "7-2-1", "7-2-2", "7-2-3", "7-2-4"],
    ]);
  });

  it("[C-0.1] has the history from 1.0 of 2004-01-29 to 1.8 of 2014-04-01, and 1.8 in force from that day", () => {
    expect(statement.versions.slice(0, 9).map(({ version, date }) => `${version} ${date}`)).toEqual([
      "1.0 2004-01-29",
      "1.1 2004-04-01",
      "1.2 2005-01-19",
      "1.3 2005-04-06",
      "1.4 2006-11-01",
      "1.5 2008-09-19",
      "1.6 2011-04-01",
      "1.7 2013-07-08",
      "1.8 2014-04-01",
    ]);
    expect(statement.versions.every(({ change }) => change.length > 3)).toBe(true);
    expect(textInForce(statement, new Date("2014-03-31T14:59:59Z"))).toBeUndefined();
    expect(textInForce(statement, new Date("2014-03-31T15:00:00Z"))?.version).toBe("1.8");
    expect(textInForce(statement, new Date("2026-09-30T14:59:59Z"))?.version).toBe("1.8");
    expect(textInForce(statement, new Date("2026-09-30T15:00:00Z"))?.version).toBe("1.9");
  });

  it("shows the text of 1.8 unchanged once a later version amends it", () => {
    const of = (version: string, number: string) => {
      const found = texts.find((text) => text.version === version)?.sections.find((one) => one.number === number);
      return found?.kind === "stipulated" ? found.body.flatMap(textsOf).join("") : "";
    };
    expect([of("1.8", "6-1-2-3"), of("1.9", "6-1-2-3")]).toEqual(["RSAの1024ビットです。", "RSAの2048ビットです。"]);
    expect(of("1.9", "4-4-9")).toBe(of("1.8", "4-4-9"));
  });
});

const version = { version: "1.0", date: "2020-01-01", change: "初版" };
const section = (number: string, body: readonly unknown[] = ["本文"]) => ({ number, heading: "見出し", body });
const statementOf = (...versions: readonly object[]) => ({
  title: "規程",
  publisher: "県",
  notes: ["[1]による"],
  versions,
});

describe("a statement from configuration", () => {
  it.each([
    ["a field nobody knows", statementOf({ ...version, author: "a" })],
    [
      "a section without text that says nothing of it",
      statementOf({ ...version, sections: [{ number: "1", heading: "a" }] }),
    ],
    [
      "a section both stipulated and not",
      statementOf({ ...version, sections: [{ ...section("1"), notStipulated: true }] }),
    ],
    [
      "no chapter 1, to which its note refers",
      { ...statementOf({ ...version, sections: [section("1")] }), notes: ["[2]による"] },
    ],
    ["a gap", statementOf({ ...version, sections: [section("1"), section("1-2")] })],
    ["a section before its parent", statementOf({ ...version, sections: [section("1-1"), section("1")] })],
    ["a section twice", statementOf({ ...version, sections: [section("1"), section("1")] })],
    ["a reference to nothing", statementOf({ ...version, sections: [section("1", ["[9-9]を見よ"])] })],
    [
      "a row of another length than the head",
      statementOf({ ...version, sections: [section("1", [{ caption: "表", head: ["a", "b"], rows: [["1"]] }])] }),
    ],
    ["a day that does not exist", statementOf({ ...version, date: "2021-02-29" })],
    ["versions out of order", statementOf(version, { ...version, version: "1.1", date: "2019-12-31" })],
    ["a version twice", statementOf(version, version)],
    [
      "an amendment of no text",
      statementOf(version, { ...version, version: "1.1", amends: "1.0", sections: [section("1")] }),
    ],
    [
      "an amendment of a section that is not there",
      statementOf(
        { ...version, sections: [section("1")] },
        { ...version, version: "1.1", amends: "1.0", sections: [section("2")] },
      ),
    ],
  ])("is refused with %s", (_case, value) => {
    expect(() => parseStatement(value)).toThrow(StatementRefused);
  });

  it("is a statement or is refused, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          parseStatement(value);
        } catch (error) {
          expect(error).toBeInstanceOf(StatementRefused);
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});
