/** The machine's clock and randomness, behind the core's ports. */
import { randomBytes, randomUUID } from "node:crypto";
import type { Clock, Randomness } from "@mitome/ca";

/** UTC, and the machine's monotonic clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
};

/** The operating system's CSPRNG. */
export const systemRandomness: Randomness = {
  bytes: (length) => randomBytes(length),
  uuid: () => randomUUID(),
};
