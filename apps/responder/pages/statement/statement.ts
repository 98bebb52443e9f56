import { japaneseDay } from "@mitome/ca";
import { z } from "zod";

/** A part of a section: a paragraph, a list, a numbered list or a table. `[4-4-9]` in its text refers to a section. */
export type Block =
  | string
  | { readonly list: readonly string[] }
  | { readonly numbered: readonly string[] }
  | { readonly caption: string; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** One numbered section. What is not stipulated (規定しない) keeps its heading and has no body (運用規程 1). */
export type Section = { readonly number: string; readonly heading: string } & (
  | {
      readonly kind: "stipulated";
      /** The other rule or document that governs the subject. */
      readonly governedBy: string | undefined;
      readonly body: readonly Block[];
    }
  | { readonly kind: "notStipulated" }
);

/** One version; `date` is a day in Japan, `YYYY-MM-DD`. Versions before the electronic text have no sections. */
interface StatementVersion {
  readonly version: string;
  readonly date: string;
  readonly change: string;
  readonly sections: readonly Section[] | undefined;
}

/** A version whose text can be shown. */
export interface StatementText extends StatementVersion {
  readonly sections: readonly Section[];
}

/** A certification practice statement (運用規程) with its whole history, the oldest version first. */
export interface Statement {
  readonly title: string;
  readonly publisher: string;
  /** What a reader must know about the text as such, before reading it. */
  readonly remark: string | undefined;
  /** What the statement is and how it is made known; stands above every version. */
  readonly notes: readonly string[];
  readonly versions: readonly StatementVersion[];
}

const text = z.string().min(1).max(2_000);
const number = z.string().regex(/^[1-9]\d?(-[1-9]\d?){0,5}$/);

const blockSchema = z.union([
  text,
  z.strictObject({ list: z.array(text).min(1) }),
  z.strictObject({ numbered: z.array(text).min(1) }),
  z
    .strictObject({ caption: text, head: z.array(text).min(1), rows: z.array(z.array(text)).min(1) })
    .refine(({ head, rows }) => rows.every((row) => row.length === head.length), "a row as long as the head"),
]);

const sectionSchema = z.union([
  z
    .strictObject({ number, heading: text, notStipulated: z.literal(true) })
    .transform(({ number, heading }): Section => ({ kind: "notStipulated", number, heading })),
  z
    .strictObject({ number, heading: text, governedBy: text.optional(), body: z.array(blockSchema) })
    .transform(({ governedBy, ...section }): Section => ({ kind: "stipulated", ...section, governedBy })),
]);

const statementSchema = z.strictObject({
  title: text,
  publisher: text,
  remark: text.optional(),
  notes: z.array(text),
  versions: z
    .array(
      z.strictObject({
        version: z.string().regex(/^\d{1,2}\.\d{1,2}$/),
        date: z.iso.date(),
        change: text,
        /** The version that `sections` amend; without it `sections` are the whole text. */
        amends: z.string().optional(),
        sections: z.array(sectionSchema).min(1).optional(),
      }),
    )
    .min(1),
});

/** A statement that cannot be published as it is. */
export class StatementRefused extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the practice statement is refused: ${problems.join("; ")}`);
    this.name = "StatementRefused";
    this.problems = problems;
  }
}

/**
 * Reads a statement from configuration. A version that amends another is stored as the sections it changes and is
 * returned with its whole text; one that adds or takes away a section is stored whole. Throws `StatementRefused` for unknown fields, versions out of order, sections out of order or with a gap, and
 * references to sections that are not there.
 */
export function parseStatement(value: unknown): Statement {
  const parsed = statementSchema.safeParse(value);
  if (!parsed.success) {
    throw new StatementRefused(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
  }
  const versions: StatementVersion[] = [];
  for (const { version, date, change, amends, sections } of parsed.data.versions) {
    const last = versions.at(-1);
    if (last !== undefined && (last.date > date || versions.some((other) => other.version === version))) {
      throw new StatementRefused([`${version}: a version out of order`]);
    }
    const base = amends === undefined ? undefined : versions.find((other) => other.version === amends)?.sections;
    if (amends !== undefined && base === undefined) throw new StatementRefused([`${version}: amends no text`]);
    versions.push({ version, date, change, sections: amended(version, base, sections) });
  }
  const problems = versions.flatMap(({ version, sections }) =>
    sections === undefined ? [] : problemsOf(sections, parsed.data.notes).map((problem) => `${version}: ${problem}`),
  );
  if (problems.length > 0) throw new StatementRefused(problems);
  const { title, publisher, remark, notes } = parsed.data;
  return { title, publisher, remark, notes, versions };
}

function amended(
  version: string,
  base: readonly Section[] | undefined,
  changed: readonly Section[] | undefined,
): readonly Section[] | undefined {
  if (base === undefined) return changed;
  const byNumber = new Map(changed?.map((section) => [section.number, section]));
  const sections = base.map((section) => byNumber.get(section.number) ?? section);
  const unknown = [...byNumber.keys()].filter((number) => !base.some((section) => section.number === number));
  if (unknown.length > 0) throw new StatementRefused(unknown.map((number) => `${version}: no section ${number}`));
  return sections;
}

/** Sections stand in the order of RFC 2527 without gaps (運用規程 1), and what they refer to is there. */
function problemsOf(sections: readonly Section[], notes: readonly string[]): readonly string[] {
  const numbers = new Set(sections.map(({ number }) => number));
  const order = sections.flatMap(({ number }, index) =>
    followersOf(sections[index - 1]?.number).includes(number) ? [] : [`${number}: a section out of order`],
  );
  const texts = [...notes, ...sections.flatMap(textsOfSection)];
  const references = texts
    .flatMap((text) => Array.from(text.matchAll(reference), ([, number]) => number ?? ""))
    .filter((number) => !numbers.has(number))
    .map((number) => `a reference to ${number}, which is not there`);
  return [...order, ...references];
}

/** The numbers that may come after this one: its first child, or the next sibling of it or of an ancestor. */
function followersOf(number: string | undefined): readonly string[] {
  if (number === undefined) return ["1"];
  const parts = number.split("-").map(Number);
  const siblings = parts.map((part, depth) => [...parts.slice(0, depth), part + 1].join("-"));
  return [`${number}-1`, ...siblings];
}

/** How a reference to a section is written in a text. */
export const reference = /\[(\d+(?:-\d+)*)\]/g;

function textsOfSection(section: Section): readonly string[] {
  return section.kind === "notStipulated" ? [] : section.body.flatMap(textsOf);
}

/** Every text of a block in reading order. */
export function textsOf(block: Block): readonly string[] {
  if (typeof block === "string") return [block];
  if ("list" in block) return block.list;
  if ("numbered" in block) return block.numbered;
  return [block.caption, ...block.head, ...block.rows.flat()];
}

/** How deep a section stands: 1 for a chapter. */
export function depthOf({ number }: Section): number {
  return number.split("-").length;
}

/** The versions whose text can be shown, the oldest first. */
export function textsOfStatement({ versions }: Statement): readonly StatementText[] {
  return versions.flatMap(({ sections, ...version }) => (sections === undefined ? [] : [{ ...version, sections }]));
}

/** The text in force at an instant: the newest whose day has come in Japan. */
export function textInForce(statement: Statement, now: Date): StatementText | undefined {
  const today = japaneseDay(now);
  return textsOfStatement(statement).findLast(({ date }) => date <= today);
}
