/** Changes that were set aside and can be decided now. */
import { byItself } from "../caller.ts";
import { japaneseDay } from "../japanese-calendar.ts";
import type { Acting } from "../ports.ts";
import { type Approvers, type ChangeNotTaken, decideAgain, type RegisterAuthority } from "./apply-register-change.ts";
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

/** Settles one piece of work as a person decided; `noSuchWork` when it is settled, or says no change to revoke by. */
export async function settleRegisterWork(
  authority: RegisterAuthority,
  acting: Acting,
  id: number,
  decision: WorkDecision,
): Promise<ChangeAnswer | ChangeNotTaken | { readonly outcome: "left" | "noSuchWork" }> {
  const { definition, registerChanges } = authority;
  const work = await registerChanges.openWork(definition.id, id);
  // What the brake stopped takes two people.
  if (work === undefined || work.why === "waitsForTwoApprovers") return { outcome: "noSuchWork" };
  const { change, why } = work;
  if (decision === "leave") {
    const event = { kind: "registerWork.left", result: "done", detail: { work: id, why } } as const;
    return { outcome: (await registerChanges.settleWork(acting, definition.id, id, event)) ? "left" : "noSuchWork" };
  }
  if (change === undefined) return { outcome: "noSuchWork" };
  return await decideAgain(authority, acting, { id, why, change }, { found: true });
}

/** Raised when one person approves alone. */
export class OneApproverOnly extends Error {
  override readonly name = "OneApproverOnly";
}

/**
 * Two people let go through what the brake stopped for a municipality, as far as it still stands. Resolves with how many
 * changes that settled. Throws OneApproverOnly.
 */
export async function approveRegisterChanges(
  authority: RegisterAuthority,
  acting: Acting,
  municipality: string,
  approvers: Approvers,
): Promise<number> {
  const [first, second] = approvers;
  if (first === second || first === "" || second === "") throw new OneApproverOnly("two people approve");
  const { definition, registerChanges } = authority;
  let settled = 0;
  for (;;) {
    const waiting = await registerChanges.waitingForApprovers(definition.id, municipality, atOnce);
    for (const earlier of waiting) {
      const answer = await decideAgain(authority, acting, earlier, { approvers });
      if (answer.outcome === "notTaken") return settled;
      settled += 1;
    }
    if (waiting.length < atOnce) return settled;
  }
}
