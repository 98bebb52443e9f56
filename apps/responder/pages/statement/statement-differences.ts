import { diffArrays } from "diff";
import { type Block, reference, type Section, type StatementText, textsOf } from "./statement.ts";

/** A run of words that stands in both texts, in the older one only, or in the newer one only. */
export interface WordRun {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** A section that differs between two versions; `heading` is the newer one's where there is one. */
export interface SectionDifference {
  readonly number: string;
  readonly heading: string;
  readonly kind: "changed" | "added" | "removed";
  /** Line by line: a paragraph, an item of a list or a row of a table. */
  readonly lines: readonly (readonly WordRun[])[];
}

// Japanese has no spaces between words: the Unicode dictionary finds them.
const segmenter = new Intl.Segmenter("ja", { granularity: "word" });

function wordsOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** What differs between two versions of a statement, section by section and word by word, in the newer one's order. */
export function statementDifferences(older: StatementText, newer: StatementText): readonly SectionDifference[] {
  const before = new Map(older.sections.map((section) => [section.number, section]));
  const after = new Set(newer.sections.map(({ number }) => number));
  const removed = older.sections
    .filter(({ number }) => !after.has(number))
    .map((section) => difference("removed", section, runsOf(linesOf(section), [])));
  const kept = newer.sections.flatMap((section) => {
    const previous = before.get(section.number);
    if (previous === undefined) return [difference("added", section, runsOf([], linesOf(section)))];
    const lines = runsOf(linesOf(previous), linesOf(section));
    return lines.length === 0 ? [] : [difference("changed", section, lines)];
  });
  return [...kept, ...removed];
}

function difference(
  kind: SectionDifference["kind"],
  { number, heading }: Section,
  lines: SectionDifference["lines"],
): SectionDifference {
  return { kind, number, heading, lines };
}

function linesOf(section: Section): string[] {
  if (section.kind === "notStipulated") return [section.heading, "規定しない"];
  const governed = section.governedBy === undefined ? [] : [section.governedBy];
  return [section.heading, ...governed, ...section.body.flatMap(linesOfBlock)].map((line) =>
    line.replaceAll(reference, "$1"),
  );
}

function linesOfBlock(block: Block): readonly string[] {
  if (typeof block === "string" || !("rows" in block)) return textsOf(block);
  return [block.caption, ...[block.head, ...block.rows].map((row) => row.join("："))];
}

/** Lines that differ; those that were replaced are compared pair by pair, in order. */
function runsOf(before: string[], after: string[]): readonly (readonly WordRun[])[] {
  const lines: (readonly WordRun[])[] = [];
  let removed: readonly string[] = [];
  const flush = () => {
    lines.push(...removed.map((text): readonly WordRun[] => [{ kind: "removed", text }]));
    removed = [];
  };
  for (const change of diffArrays(before, after)) {
    if (change.removed) {
      flush();
      removed = change.value;
    } else if (change.added) {
      const pairs = Math.min(removed.length, change.value.length);
      lines.push(...change.value.slice(0, pairs).map((text, index) => wordRuns(removed[index] ?? "", text)));
      removed = removed.slice(pairs);
      flush();
      lines.push(...change.value.slice(pairs).map((text): readonly WordRun[] => [{ kind: "added", text }]));
    } else flush();
  }
  flush();
  return lines;
}

function wordRuns(before: string, after: string): readonly WordRun[] {
  return diffArrays(wordsOf(before), wordsOf(after)).map(({ value, added, removed }) => ({
    kind: added ? "added" : removed ? "removed" : "same",
    text: value.join(""),
  }));
}
