/** Changes that were set aside and can be decided now. */
import { byItself } from "../caller.ts";
import { japaneseDay } from "../japanese-calendar.ts";
import type { Acting } from "../ports.ts";
import { type ChangeNotTaken, decideAgain, type RegisterAuthority } from "./apply-register-change.ts";
import type { WorkListReason } from "./decide-register-change.ts";
import type { ChangeAnswer } from "./register-change-ledger.ts";

const atOnce = 200;

/** Decides again what waited for an issuance or for its day. Resolves with how many changes that settled. */
export async function decideDueChanges(authority: RegisterAuthority): Promise<number> {
  const { definition, registerChanges, clockGuard } = authority;
  const now = clockGuard.read();
  if (!(now instanceof Date)) return 0;
  let settled = 0;
  for (const earlier of await registerChanges.dueAgain(definition.id, japaneseDay(now), atOnce)) {
    const answer = await decideAgain(authority, byItself, earlier);
    if (!("why" in answer) || answer.why !== earlier.why) settled += 1;
  }
  return settled;
}

/** What a person makes of work: the change is the holder's and one (`revoke`), or nothing follows from it (`leave`). */
export type WorkDecision = "revoke" | "leave";

/**
 * What one person may make of work. What the brake stopped takes two; an issuance is resolved by the authority itself; and
 * nothing has changed before its day, but what was announced may be called off.
 */
const decisionsOfOne: Readonly<Record<WorkListReason, readonly WorkDecision[]>> = {
  malformedLine: ["leave"],
  noSubscriber: ["leave"],
  differentContentUnderSameName: ["revoke", "leave"],
  municipalityDiffers: ["revoke", "leave"],
  severalCertificates: ["revoke", "leave"],
  unclearDifference: ["revoke", "leave"],
  issuanceUnderWay: [],
  occursLater: ["leave"],
  versionFarAhead: ["revoke", "leave"],
  waitsForTwoApprovers: [],
  releaseDeclined: ["revoke", "leave"],
};

/** Settles one piece of work as a person decided; `noSuchWork` when it is settled, or not his to settle so. */
export async function settleRegisterWork(
  authority: RegisterAuthority,
  acting: Acting,
  id: number,
  decision: WorkDecision,
): Promise<ChangeAnswer | ChangeNotTaken | { readonly outcome: "left" | "noSuchWork" }> {
  const { definition, registerChanges } = authority;
  const work = await registerChanges.openWork(definition.id, id);
  if (work === undefined || !decisionsOfOne[work.why].includes(decision)) return { outcome: "noSuchWork" };
  const { change, why } = work;
  if (decision === "leave") {
    const event = { kind: "registerWork.left", result: "done", detail: { work: id, why } } as const;
    return { outcome: (await registerChanges.settleWork(acting, definition.id, id, event)) ? "left" : "noSuchWork" };
  }
  if (change === undefined) throw new Error(`work ${id} without the change that it is about`);
  return await decideAgain(authority, acting, { id, why, change }, { found: true });
}
