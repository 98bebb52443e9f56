import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chibaTextFiles, readTexts } from "../texts.ts";
import { type StatementText, textsOfStatement } from "./statement.ts";
import { statementDifferences, type WordRun } from "./statement-differences.ts";

const [older, newer] = textsOfStatement(readTexts(chibaTextFiles).statement);
if (older === undefined || newer === undefined) throw new Error("two texts are shipped");

const side = (runs: readonly WordRun[], kind: "removed" | "added") =>
  runs
    .filter((run) => run.kind === "same" || run.kind === kind)
    .map(({ text }) => text)
    .join("");

function textOf(lines: readonly string[]): StatementText {
  const section = { kind: "stipulated", number: "1", heading: "見出し", governedBy: undefined, body: lines } as const;
  return { version: "1.0", date: "2020-01-01", change: "初版", sections: [section] };
}

describe("the differences of two versions", () => {
  it("are the sections that the later one amends, in order", () => {
    expect(statementDifferences(older, newer).map(({ number }) => number)).toEqual([
      ...["3-1-11", "4-2-2", "4-4-4-1", "4-4-4-4", "6-1-1-2", "6-1-2-1", "6-1-2-3", "6-1-2-4", "6-2-2-4"],
      ...["7-2-1", "7-2-2", "7-2-3", "7-2-4"],
    ]);
    expect(statementDifferences(newer, newer)).toEqual([]);
  });

  it("are words, not whole paragraphs", () => {
    const keyLength = statementDifferences(older, newer).find(({ number }) => number === "6-1-2-3");
    expect(keyLength?.lines).toEqual([
      [
        { kind: "same", text: "RSAの" },
        { kind: "removed", text: "1024" },
        { kind: "added", text: "2048" },
        { kind: "same", text: "ビットです。" },
      ],
    ]);
  });

  it("say when a section came or went", () => {
    const [first, ...rest] = newer.sections;
    const shorter = { ...newer, sections: first === undefined ? [] : [first] };
    const ways = (from: StatementText, to: StatementText) =>
      new Set(statementDifferences(from, to).map(({ kind }) => kind));
    expect(statementDifferences(shorter, newer)).toHaveLength(rest.length);
    expect([...ways(shorter, newer), ...ways(newer, shorter)]).toEqual(["added", "removed"]);
  });

  it("give back both texts: what stayed and went is the older one, what stayed and came the newer", () => {
    const line = fc.string({
      unit: fc.constantFrom("鍵", "を", "作る", "。", "2048", "証明書"),
      minLength: 1,
      maxLength: 8,
    });
    const lines = fc.array(line, { maxLength: 5 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const changed = statementDifferences(textOf(before), textOf(after)).flatMap((difference) => difference.lines);
        const removed = changed.map((runs) => side(runs, "removed")).filter((text) => text !== "");
        const added = changed.map((runs) => side(runs, "added")).filter((text) => text !== "");
        expect(withoutInOrder(before, removed)).toEqual(withoutInOrder(after, added));
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

/** What is left of the lines when those are taken out, each once. */
function withoutInOrder(lines: readonly string[], taken: readonly string[]): readonly string[] {
  const left = [...lines];
  for (const line of taken) {
    const index = left.indexOf(line);
    if (index === -1) throw new Error(`${line} was not there`);
    left.splice(index, 1);
  }
  return left.toSorted();
}
