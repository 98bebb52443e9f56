/** What is done again and again by itself. */
import { log } from "./log.ts";

/**
 * Runs a task again and again once what comes first is over; the answer stops it when its last run has ended. A run that
 * takes longer than the time between two is not made up for: nothing gathers while what it needs is away.
 */
export function repeating(
  milliseconds: number,
  task: () => Promise<void>,
  first = Promise.resolve(),
): () => Promise<void> {
  let isUnderWay = false;
  const run = async (work: Promise<void>) => {
    isUnderWay = true;
    await work;
    isUnderWay = false;
  };
  let running = run(first);
  const timer = setInterval(() => {
    if (!isUnderWay) running = run(quietly(task));
  }, milliseconds);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** Runs a task whose failure is only logged. */
export async function quietly(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    log("warn", "CA008", { name: nameOf(error) });
  }
}

/** What a log says of a failure: never its message, which may name a person. */
export function nameOf(problem: unknown): string {
  return problem instanceof Error ? problem.name : "unknown";
}
