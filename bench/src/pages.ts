// node bench/src/pages.ts [--full]
import { startCounterRun } from "./counter-run.ts";
import { below, percentile, printFigures } from "./figures.ts";
import { watchInteractions } from "./interaction-times.ts";

const people = process.argv.includes("--full") ? 50 : 10;

const run = await startCounterRun(people);
const { clerk, resident } = run.counter;
const [clerks, residents] = [await watchInteractions(clerk.context()), await watchInteractions(resident.context())];
try {
  // What watches them is put in when they load.
  await Promise.all([clerk.reload(), resident.reload()]);
  for (let served = 0; served < people; served += 1) await run.serve();
} finally {
  await run.stop();
}

const [pressed, tapped] = [clerks.durations(), residents.durations()];
printFigures("pages", [
  below("interaction on the clerk's screens, p95", percentile(pressed, 0.95), "ms", 200),
  { name: "interaction on the clerk's screens, slowest", value: Math.max(...pressed), unit: "ms" },
  { name: "interactions on the clerk's screens", value: pressed.length, unit: "" },
  { name: "interaction on the resident's screens, p95", value: percentile(tapped, 0.95), unit: "ms" },
  { name: "interactions on the resident's screens", value: tapped.length, unit: "" },
]);
