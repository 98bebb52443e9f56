import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root, testResultsPath } from "./places.ts";
import { heading, say } from "./say.ts";
import { test } from "./test.ts";
import { parseTestResults } from "./test-results.ts";

/** One implementable line of the two governing documents. */
interface Requirement {
  readonly id: string;
  readonly actor: string;
  readonly requirement: string;
  readonly kind: string;
  readonly owner: string;
}

/**
 * Holds the requirement lines against the last whole test run (and runs the tests if there is none), writes
 * docs/conformance.md, and prints one line an owner and the total. A test names the lines it shows in its title.
 */
export async function conformance(): Promise<number> {
  const requirements = parseRequirements(await readFile(join(root, "docs/requirements.tsv"), "utf8"));
  const passed = await passedTitles();
  const shownBy = testsByRequirement(passed);
  const unknown = [...shownBy.keys()].filter((id) => !requirements.some((line) => line.id === id));
  const paperOnly = requirements.filter((line) => line.kind === "paper-only");
  const implementable = requirements.filter((line) => line.kind !== "paper-only");
  await writeFile(join(root, "docs/conformance.md"), page(implementable, paperOnly, shownBy));
  for (const id of unknown) say(`a test names ${id}, which is no requirement line`);
  heading("Requirement lines shown by a passing test");
  for (const [owner, lines] of Map.groupBy(implementable, (line) => line.owner))
    say(`${owner} ${lines.filter((line) => shownBy.has(line.id)).length} of ${lines.length}`);
  const shown = implementable.filter((line) => shownBy.has(line.id)).length;
  say(`${shown} of ${implementable.length} requirement lines shown by a passing test`);
  return unknown.length === 0 ? 0 : 1;
}

async function passedTitles(): Promise<readonly string[]> {
  const report = await readFile(testResultsPath, "utf8").catch(async () => {
    await test([]);
    return readFile(testResultsPath, "utf8");
  });
  return parseTestResults(report).passed;
}

function parseRequirements(tsv: string): Requirement[] {
  return tsv
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [id = "", , actor = "", requirement = "", kind = "", owner = ""] = line.split("\t");
      return { id, actor, requirement, kind, owner };
    });
}

function testsByRequirement(titles: readonly string[]): Map<string, string[]> {
  const shownBy = new Map<string, string[]>();
  for (const title of titles)
    for (const [, id = ""] of title.matchAll(/\[([CS]-[0-9][0-9a-z.-]*)\]/g))
      shownBy.set(id, [...(shownBy.get(id) ?? []), title]);
  return shownBy;
}

function page(
  implementable: readonly Requirement[],
  paperOnly: readonly Requirement[],
  shownBy: ReadonlyMap<string, readonly string[]>,
): string {
  const rows = (lines: readonly Requirement[]): string =>
    lines.map((line) => `| ${line.id} | ${cell(line.requirement)} | ${cell(tests(shownBy.get(line.id)))} |`).join("\n");
  const sections = [...Map.groupBy(implementable, (line) => line.owner)].map(
    ([owner, lines]) =>
      `## ${owner}: ${lines.filter((line) => shownBy.has(line.id)).length} of ${lines.length}\n\n` +
      `| line | requirement | shown by |\n|---|---|---|\n${rows(lines)}\n`,
  );
  return [
    "# Conformance",
    "",
    "Made by `./mitome conformance` from the last whole test run; not edited by hand. A line is shown when a passing",
    "test names it in its title. C lines are of the prefectural CPS, S lines of the support CA's CP/CPS.",
    "",
    ...sections,
    `## Lines of paper and people: ${paperOnly.length}`,
    "",
    "These lines oblige people outside the software; no test can show them.",
    "",
    "| line | requirement |\n|---|---|",
    ...paperOnly.map((line) => `| ${line.id} | ${cell(line.requirement)} |`),
    "",
  ].join("\n");
}

function tests(titles: readonly string[] | undefined): string {
  return titles?.map((title) => title.replaceAll(/\[[CS]-[^\]]+\]\s*/g, "")).join("; ") ?? "";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
