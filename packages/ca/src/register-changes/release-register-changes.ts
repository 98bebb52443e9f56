/** What the revocation brake stopped for a municipality: two people let it go through, or decline to. */
import type { Acting } from "../ports.ts";
import type { TwoPeople } from "../two-people.ts";
import { decideAgain, type RegisterAuthority } from "./apply-register-change.ts";
import type { DeclinedOutcome, SetAsideChange } from "./register-change-ledger.ts";

const atOnce = 200;

/** Lets go through what waits, as far as it still stands. Resolves with how many changes that settled. */
export async function approveRegisterChanges(
  authority: RegisterAuthority,
  acting: Acting,
  municipality: string,
  approvers: TwoPeople,
): Promise<number> {
  return await settleEach(authority, municipality, async (waiting) => {
    const answer = await decideAgain(authority, acting, waiting, { approvers });
    return answer.outcome === "notTaken" ? "stop" : "settled";
  });
}

/** Who declined, and why, in their own words: without a word of anybody whose change it is. */
export interface Declining {
  readonly by: TwoPeople;
  readonly because: string;
  readonly outcome: DeclinedOutcome;
}

/** Lets nothing that waits go through. Resolves with how many changes that settled; their versions stay. */
export async function declineRegisterChanges(
  authority: RegisterAuthority,
  acting: Acting,
  municipality: string,
  { by: [first, second], because, outcome }: Declining,
): Promise<number> {
  const { definition, registerChanges } = authority;
  return await settleEach(authority, municipality, async ({ id, change: { feed, sequence } }) => {
    const detail = { work: id, municipality, feed, sequence, outcome, because, first, second };
    const event = { kind: "registerChange.declined", result: "done", detail } as const;
    const declined = await registerChanges.declineWork(acting, { authority: definition.id, id, outcome }, event);
    return declined ? "settled" : "settledBefore";
  });
}

async function settleEach(
  { definition, registerChanges }: RegisterAuthority,
  municipality: string,
  settle: (waiting: SetAsideChange) => Promise<"settled" | "settledBefore" | "stop">,
): Promise<number> {
  let settled = 0;
  for (;;) {
    const waiting = await registerChanges.waitingForApprovers(definition.id, municipality, atOnce);
    for (const change of waiting) {
      const outcome = await settle(change);
      if (outcome === "stop") return settled;
      if (outcome === "settled") settled += 1;
    }
    if (waiting.length < atOnce) return settled;
  }
}
