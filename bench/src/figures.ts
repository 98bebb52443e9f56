/** One line of a benchmark. A figure without a goal is there to be read beside the others. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is held against, as it is printed: `≥ 0.3`. */
  readonly goal?: string;
  readonly met?: boolean;
}

/** A figure that should be at least so much. */
export function atLeast(name: string, value: number, unit: string, least: number): Figure {
  return { name, value, unit, goal: `≥ ${rounded(least)}`, met: value >= least };
}

/** A figure that should be at most so much. */
export function atMost(name: string, value: number, unit: string, most: number): Figure {
  return { name, value, unit, goal: `≤ ${rounded(most)}`, met: value <= most };
}

/** A figure that should stay below so much. */
export function below(name: string, value: number, unit: string, limit: number): Figure {
  return { name, value, unit, goal: `< ${rounded(limit)}`, met: value < limit };
}

/** Prints the table, what could not be measured and why, and as the last line the figures as JSON. */
export function printFigures(bench: string, figures: readonly Figure[], absent: readonly string[] = []): void {
  const rows = figures.map(({ name, value, unit, goal = "", met }) => [
    name,
    `${rounded(value)} ${unit}`.trimEnd(),
    goal,
    met === undefined ? "" : met ? "met" : "not met",
  ]);
  const table = [["figure", "value", "goal", ""], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  for (const row of table) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
  for (const reason of absent) console.log(`absent: ${reason}`);
  const results = figures.map((figure) => ({ ...figure, value: rounded(figure.value) }));
  console.log(JSON.stringify({ bench, results }));
}

/** Four significant digits: more would be noise. */
const rounded = (value: number): number => Number(value.toPrecision(4));

/** The value below which a share of the values lies (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
