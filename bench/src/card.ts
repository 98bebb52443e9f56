// node bench/src/card.ts [--full]
import { apduRoundTrips } from "./apdu-round-trips.ts";
import { startCounterRun } from "./counter-run.ts";
import { below, percentile, printFigures } from "./figures.ts";

const people = process.argv.includes("--full") ? 100 : 20;

const roundTrips = await apduRoundTrips(1_000);
const run = await startCounterRun(people);
const issues: number[] = [];
try {
  while (issues.length < people) issues.push(await run.serve());
} finally {
  await run.stop();
}

printFigures("card", [
  below("APDU round trip through pcscd, p50", percentile(roundTrips, 0.5), "ms", 2),
  { name: "APDU round trip through pcscd, p99", value: percentile(roundTrips, 0.99), unit: "ms" },
  { name: "発行 pressed to certificate verified on the card, p50", value: percentile(issues, 0.5), unit: "ms" },
  below("発行 pressed to certificate verified on the card, p95", percentile(issues, 0.95), "ms", 1_500),
  { name: "certificates put onto cards", value: issues.length, unit: "" },
]);
