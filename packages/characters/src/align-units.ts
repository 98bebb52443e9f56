/** One step of an alignment: a pair, or a unit that the other side lacks. */
export type Step<Unit> =
  | { readonly left: Unit; readonly right: Unit }
  | { readonly left: Unit; readonly right: undefined }
  | { readonly left: undefined; readonly right: Unit };

/** What the steps cost; the alignment of the lowest sum is taken. */
export interface StepCosts<Unit> {
  readonly pair: (left: Unit, right: Unit) => number;
  readonly single: (unit: Unit) => number;
}

/** Aligns two sequences at the lowest cost (Wagner–Fischer). Of equal alignments, pairs come as late as possible. */
export function alignUnits<Unit>(left: readonly Unit[], right: readonly Unit[], costs: StepCosts<Unit>): Step<Unit>[] {
  // rest[i][j] is the cost of aligning what follows left[i] and right[j].
  const rest = Array.from({ length: left.length + 1 }, () => new Float64Array(right.length + 1));
  const at = (i: number, j: number): number => rest[i]?.[j] ?? 0;
  const options = (i: number, j: number): { step: Step<Unit>; cost: number; i: number; j: number }[] => {
    const [a, b] = [left[i], right[j]];
    const found: { step: Step<Unit>; cost: number; i: number; j: number }[] = [];
    if (a !== undefined)
      found.push({ step: { left: a, right: undefined }, cost: costs.single(a) + at(i + 1, j), i: i + 1, j });
    if (b !== undefined)
      found.push({ step: { left: undefined, right: b }, cost: costs.single(b) + at(i, j + 1), i, j: j + 1 });
    if (a !== undefined && b !== undefined) {
      found.push({ step: { left: a, right: b }, cost: costs.pair(a, b) + at(i + 1, j + 1), i: i + 1, j: j + 1 });
    }
    return found;
  };
  const cheapest = (i: number, j: number) =>
    options(i, j).reduce((best, option) => (option.cost <= best.cost ? option : best));

  for (let i = left.length; i >= 0; i -= 1) {
    for (let j = right.length; j >= 0; j -= 1) {
      const row = rest[i];
      if (row !== undefined && (i < left.length || j < right.length)) row[j] = cheapest(i, j).cost;
    }
  }
  const steps: Step<Unit>[] = [];
  for (let i = 0, j = 0; i < left.length || j < right.length; ) {
    const best = cheapest(i, j);
    steps.push(best.step);
    [i, j] = [best.i, best.j];
  }
  return steps;
}
