// node bench/src/card.ts
import { apduRoundTrips } from "./apdu-round-trips.ts";
import { below, percentile, printFigures } from "./figures.ts";

const times = await apduRoundTrips(1_000);
printFigures("card", [
  below("APDU round trip through pcscd, p50", percentile(times, 0.5), "ms", 2),
  { name: "APDU round trip through pcscd, p95", value: percentile(times, 0.95), unit: "ms" },
  { name: "APDU round trip through pcscd, p99", value: percentile(times, 0.99), unit: "ms" },
]);
