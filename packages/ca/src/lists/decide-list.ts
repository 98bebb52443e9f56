/** When a list of revoked certificates is due, and what its fields are (千葉県運用規程 4-4-9, 7-2). */
import type { AuthorityDefinition } from "../authority-definition.ts";
import { maximumClockSkew, wholeSecond } from "../validity.ts";

/** A list's own fields, and which of the partition's revocations are on it. Instants are whole seconds. */
export interface ListPlan {
  /** Rises with every list of the partition, from 1. */
  readonly number: number;
  /** The instant of the snapshot. */
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** When the next list is due. */
  readonly nextPublish: Date;
  /** The newest revocation on it, by its number within the partition. */
  readonly through: number;
  /** A certificate that ended before is left out: it has been on a list made after its end (RFC 5280 §3.3). */
  readonly keptFrom: Date;
}

/** A partition as it is when its next list is planned. */
export interface PartitionState {
  /** How many revocations it has had. */
  readonly revocations: number;
  /** The highest number given to any of its lists, 0 when none was. */
  readonly lastNumber: number;
  /** Its newest signed list. */
  readonly newest: ListPlan | undefined;
}

/** 千葉県運用規程 4-4-9: every 24 hours, whether anything was revoked or not. */
export function isDue({ newest }: Pick<PartitionState, "newest">, now: Date): boolean {
  return newest === undefined || now >= newest.nextPublish;
}

const hour = 3_600_000;

/**
 * How long after its acceptance a revocation is recorded at the latest, in milliseconds: a list has all that was accepted
 * this long before it, and what it can have missed is on the next one.
 */
export const longestRecording = 300_000;

/**
 * Plans the next list of a partition. 千葉県運用規程 7-2: it ends three days after its beginning, and the next one is due
 * after one.
 */
export function decideList(
  definition: AuthorityDefinition,
  { revocations, lastNumber, newest }: PartitionState,
  now: Date,
): ListPlan {
  const { validityHours, cycleHours } = definition.lists;
  // Two lists of one second would tell a verifier nothing of their order.
  const earliest = newest === undefined ? 0 : newest.thisUpdate.getTime() + 1000;
  const thisUpdate = new Date(Math.max(wholeSecond(now).getTime(), earliest));
  return {
    number: lastNumber + 1,
    thisUpdate,
    nextUpdate: new Date(thisUpdate.getTime() + validityHours * hour),
    nextPublish: new Date(thisUpdate.getTime() + cycleHours * hour),
    through: revocations,
    keptFrom: new Date(newest === undefined ? 0 : newest.thisUpdate.getTime() - longestRecording),
  };
}

/** How old a recorded list may be when it is signed: one that waited longer says too little of today. */
const oldestToSign = hour;

/** What is wrong with a list's own fields, as far as they alone say; `undefined` when nothing is. */
export function listFault(
  definition: AuthorityDefinition,
  plan: ListPlan,
  now: Date,
): "clock" | "tooOld" | "period" | undefined {
  const { validityHours, cycleHours } = definition.lists;
  const begun = plan.thisUpdate.getTime();
  if (begun > now.getTime() + maximumClockSkew) return "clock";
  if (begun < now.getTime() - oldestToSign) return "tooOld";
  const right =
    plan.nextUpdate.getTime() === begun + validityHours * hour &&
    plan.nextPublish.getTime() === begun + cycleHours * hour &&
    plan.keptFrom.getTime() < begun;
  return right ? undefined : "period";
}
