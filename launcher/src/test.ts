import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildAll } from "./build.ts";
import { root, testResultsPath } from "./places.ts";
import { runLoudly, runQuietly } from "./run-command.ts";
import { CannotGoOn, cross, heading, say, tick } from "./say.ts";
import { parseTestResults, type TestResults } from "./test-results.ts";

/** One of the checks that look at the code as a whole rather than at what it does. */
interface StaticCheck {
  readonly name: string;
  readonly command: readonly string[];
}

const STATIC_CHECKS: readonly StaticCheck[] = [
  { name: "format, lint and import arrows (biome)", command: ["biome", "check", "."] },
  { name: "types (tsc, every package)", command: ["turbo", "run", "typecheck", "--output-logs=errors-only"] },
  { name: "nothing unused (knip)", command: ["knip"] },
];

/**
 * Runs everything continuous integration runs and ends with the line `N passed, N failed, N skipped`.
 * A PATTERN narrows it to the test files whose path holds it or, if there is none, to the tests whose title does.
 */
export async function test(args: readonly string[]): Promise<number> {
  const full = args.includes("--full");
  const pattern = args.find((arg) => !arg.startsWith("--"));
  await buildAll();
  const checks = pattern === undefined ? await runStaticChecks() : { passed: 0, failed: 0 };
  const results = await runTests(pattern, full);
  for (const failure of results.failures) say(`${cross()} ${failure}`);
  const passed = results.passed.length + checks.passed;
  const failed = results.failures.length + checks.failed;
  say(`${passed} passed, ${failed} failed, ${results.skipped} skipped`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function runStaticChecks(): Promise<{ passed: number; failed: number }> {
  heading("Checks");
  let failed = 0;
  for (const { name, command } of STATIC_CHECKS) {
    const outcome = await runQuietly("pnpm", ["exec", ...command]);
    say(`${outcome.code === 0 ? tick() : cross()} ${name}`);
    if (outcome.code !== 0) {
      failed += 1;
      say(outcome.output.trimEnd());
    }
  }
  return { passed: STATIC_CHECKS.length - failed, failed };
}

async function runTests(pattern: string | undefined, full: boolean): Promise<TestResults> {
  heading("Tests");
  await mkdir(join(root, ".mitome/test"), { recursive: true });
  const narrowed = pattern === undefined ? [] : await narrowing(pattern);
  const outputFile = pattern === undefined ? testResultsPath : join(root, ".mitome/test/narrowed.json");
  await runLoudly(
    "pnpm",
    ["exec", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${outputFile}`, ...narrowed],
    { MITOME_FULL: full ? "1" : "" },
  );
  const text = await readFile(outputFile, "utf8").catch(() => {
    throw new CannotGoOn("The test runner ended without writing its results.", "Its last lines above say why.");
  });
  return parseTestResults(text);
}

async function narrowing(pattern: string): Promise<string[]> {
  const list = await runQuietly("pnpm", ["exec", "vitest", "list", "--filesOnly", pattern]);
  return list.code === 0 && list.output.includes(".test.ts") ? [pattern] : ["-t", pattern];
}
