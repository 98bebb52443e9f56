/** What one run of the test runner showed. */
export interface TestResults {
  /** Whole titles (suites and test) of the tests that passed. */
  readonly passed: readonly string[];
  /** One line for each test, or file, that failed: where, its title and the first line of the reason. */
  readonly failures: readonly string[];
  readonly skipped: number;
}

interface RunnerReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/** Reads the JSON report of the test runner. A file that could not even be loaded counts as one failure. */
export function parseTestResults(text: string): TestResults {
  const report: RunnerReport = JSON.parse(text);
  const passed: string[] = [];
  const failures: string[] = [];
  let skipped = 0;
  for (const file of report.testResults) {
    if (file.status === "failed" && file.assertionResults.every((result) => result.status !== "failed"))
      failures.push(`${file.name}: ${firstLine(file.message)}`);
    for (const result of file.assertionResults) {
      if (result.status === "passed") passed.push(result.fullName);
      else if (result.status === "failed")
        failures.push(`${file.name}: ${result.fullName}: ${firstLine(result.failureMessages?.[0] ?? "")}`);
      else skipped += 1;
    }
  }
  return { passed, failures, skipped };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
