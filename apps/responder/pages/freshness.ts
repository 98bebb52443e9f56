import { wholeSecond } from "@mitome/ca";
import type { Partition } from "./public-view.ts";

const hour = 3_600_000;

/** How new a partition's list is. */
export type Freshness = "fresh" | "late" | "critical" | "expired" | "missing";

/** Hours without a new list after which somebody is called (運用規程 4-4-9, 4-4-10: every 24, valid for 72). */
export const lateAfterHours = 25;
export const criticalAfterHours = 60;

/** The state of a partition at an instant, and the age of its newest list in milliseconds. */
export function freshnessOf(
  { newest }: Pick<Partition, "newest">,
  now: Date,
): { readonly state: Freshness; readonly age: number | undefined } {
  if (newest === undefined) return { state: "missing", age: undefined };
  const age = Math.max(0, now.getTime() - newest.thisUpdate.getTime());
  if (wholeSecond(now) > newest.nextUpdate) return { state: "expired", age };
  if (age >= criticalAfterHours * hour) return { state: "critical", age };
  return { state: age >= lateAfterHours * hour ? "late" : "fresh", age };
}
