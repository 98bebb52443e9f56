import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { log } from "./log.ts";
import { repeating } from "./repeating.ts";

vi.mock("./log.ts", () => ({ log: vi.fn() }));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A task that ends when it is told to. */
function slowTask() {
  const runs: PromiseWithResolvers<void>[] = [];
  const task = () => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  };
  return { task, runs };
}

it("leaves out what comes while a task is under way: nothing is made up for once it ends", async () => {
  const { task, runs } = slowTask();
  const stop = repeating(1_000, task);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs).toHaveLength(1);
  runs[0]?.resolve();
  await vi.advanceTimersByTimeAsync(999);
  expect(runs).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(runs).toHaveLength(2);
  runs[1]?.resolve();
  await stop();
});

it("begins once what comes first is over, and stops when the last run is", async () => {
  const { task, runs } = slowTask();
  const first = Promise.withResolvers<void>();
  const stop = repeating(1_000, task, first.promise);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(runs).toHaveLength(0);
  first.resolve();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(runs).toHaveLength(1);
  let stopped = false;
  const stopping = stop().then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(stopped).toBe(false);
  runs[0]?.resolve();
  await stopping;
  expect(runs).toHaveLength(1);
});

it("goes on after a failure, which is logged by its name alone", async () => {
  const task = vi.fn().mockRejectedValue(new RangeError("a person's name"));
  const stop = repeating(1_000, task);
  await vi.advanceTimersByTimeAsync(2_000);
  await stop();
  expect(task).toHaveBeenCalledTimes(2);
  expect(vi.mocked(log).mock.calls).toEqual([1, 2].map(() => ["warn", "CA008", { name: "RangeError" }]));
});
