/** How a run went: each call's latency in milliseconds, and what the calls that failed said. */
export interface LoadOutcome {
  readonly latencies: readonly number[];
  readonly errors: readonly string[];
  /** From the first call to the last answer. */
  readonly seconds: number;
}

/**
 * Calls as long as there is work, each worker one call at a time, taking the next piece of its own queue: a closed loop,
 * so the rate is what the other side gives. `reached` hears how many calls are done.
 */
export async function closedLoop<Work>(
  queues: readonly Work[][],
  workersPerQueue: number,
  call: (work: Work, queue: number) => Promise<void>,
  reached: (done: number) => void = () => {},
): Promise<LoadOutcome> {
  const latencies: number[] = [];
  const errors: string[] = [];
  const begin = performance.now();
  const worker = async (index: number, queue: Work[]): Promise<void> => {
    for (let work = queue.pop(); work !== undefined; work = queue.pop()) {
      const start = performance.now();
      try {
        await call(work, index);
        latencies.push(performance.now() - start);
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
      }
      reached(latencies.length + errors.length);
    }
  };
  const workers = queues.flatMap((queue, index) => Array.from({ length: workersPerQueue }, () => worker(index, queue)));
  await Promise.all(workers);
  return { latencies, errors, seconds: (performance.now() - begin) / 1_000 };
}
