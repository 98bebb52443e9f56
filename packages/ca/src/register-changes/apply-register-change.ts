/**
 * 千葉県運用規程 2-1-2(8)(9), 4-4-1: what a municipality reports of its register, and the revocations that follow from it.
 * read → decide → record: the change, its revocations and the subscriber's version are in one act.
 */
import type { DesignatedBody } from "../designated-body.ts";
import type { IssuingAuthority } from "../issuing-authority.ts";
import { type Acting, LedgerUnavailable } from "../ports.ts";
import { type BrakingAuthority, readBrake } from "../revocation/revocation-brake.ts";
import type { TwoPeople } from "../two-people.ts";
import {
  decideFoundChange,
  decideRegisterChange,
  type RegisterChangeOutcome,
  type RegisterRevocation,
  setAside,
} from "./decide-register-change.ts";
import { notifyDesignatedBody } from "./notify-designated-body.ts";
import { type ChangeOfSubscriber, changeOfSubscriber, type RegisterChange } from "./register-change.ts";
import type { ChangeAnswer, ChangeEvents, RegisterChangeLedger, SetAsideChange } from "./register-change-ledger.ts";

/** What an authority needs to apply register changes. */
export interface RegisterAuthority
  extends BrakingAuthority,
    Pick<IssuingAuthority, "definition" | "ledger" | "signingKey" | "clockGuard"> {
  readonly registerChanges: RegisterChangeLedger;
  /** Every 指定認証機関 there is or was. */
  readonly designatedBodies: readonly DesignatedBody[];
}

/** A change that was not taken: it is to be sent again. */
export interface ChangeNotTaken {
  readonly outcome: "notTaken";
  readonly why: "clockUntrusted";
}

/**
 * Applies one change of a resident's record. The same one gets the same answer, and whatever it is, something is recorded.
 * Throws SigningUnavailable and LedgerUnavailable: send again.
 */
export async function applyRegisterChange(
  authority: RegisterAuthority,
  acting: Acting,
  change: RegisterChange,
): Promise<ChangeAnswer | ChangeNotTaken> {
  // 1. From here on the resident is known by the id that the signer makes; the code goes no further.
  const subscriberId = await authority.signingKey.subscriberId(change.residentCode);
  return await untilSettled(authority, acting, { change: changeOfSubscriber(change, subscriberId) });
}

/**
 * Decides a change again that was set aside; with approvers, also what the brake stopped; `found` by a person who has
 * looked at it, certificates are revoked that the change itself would leave.
 */
export async function decideAgain(
  authority: RegisterAuthority,
  acting: Acting,
  earlier: SetAsideChange,
  by: { readonly approvers?: TwoPeople; readonly found?: boolean } = {},
): Promise<ChangeAnswer | ChangeNotTaken> {
  return await untilSettled(authority, acting, { change: earlier.change, earlier, ...by });
}

interface ChangeInHand {
  readonly change: ChangeOfSubscriber;
  readonly earlier?: SetAsideChange;
  readonly approvers?: TwoPeople;
  readonly found?: boolean;
}

const mostTries = 50;

/** Another act was faster, with this subscriber or this change: what it made of them is read again. */
async function untilSettled(
  authority: RegisterAuthority,
  acting: Acting,
  inHand: ChangeInHand,
): Promise<ChangeAnswer | ChangeNotTaken> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const answer = await decideAndRecord(authority, acting, inHand);
    if (answer !== "moved") return answer;
  }
  throw new LedgerUnavailable("others were always faster with this subscriber");
}

async function decideAndRecord(
  authority: RegisterAuthority,
  acting: Acting,
  inHand: ChangeInHand,
): Promise<ChangeAnswer | ChangeNotTaken | "moved"> {
  const { definition, registerChanges, clockGuard } = authority;
  const { change, earlier } = inHand;
  const now = clockGuard.read();
  if (!(now instanceof Date)) return { outcome: "notTaken", why: "clockUntrusted" };

  // 2. What is known of the change and of the subscriber, at one instant.
  const { municipality, feed, sequence, subscriberId } = change;
  const known = await registerChanges.readForChange({
    ...{ authority: definition.id, municipality, feed, sequence, subscriberId, at: now },
  });

  // 3. Decide; the same change is decided once.
  const fresh = earlier === undefined ? known : { ...known, sameChange: undefined };
  const decided = inHand.found ? decideFoundChange(change, fresh) : decideRegisterChange(change, fresh, now);
  if (decided.kind === "alreadyKnown") {
    if (known.answered === undefined) throw new Error("a recorded change without an answer");
    return known.answered;
  }

  // 4. and 5. The brake, which counts every revocation before this one; then the record.
  const record = () => brakeAndRecord(authority, acting, inHand, { decided, revision: known.revision });
  return decided.kind === "revoke" ? await authority.revocationsInTurn.run(municipality, record) : await record();
}

async function brakeAndRecord(
  authority: RegisterAuthority,
  acting: Acting,
  inHand: ChangeInHand,
  { decided, revision }: { readonly decided: Decided; readonly revision: number },
): Promise<ChangeAnswer | ChangeNotTaken | "moved"> {
  const { definition, registerChanges, clockGuard } = authority;
  const { change, earlier } = inHand;
  // The instant of acceptance: not of the wait for those before.
  const now = clockGuard.read();
  if (!(now instanceof Date)) return { outcome: "notTaken", why: "clockUntrusted" };
  // 4. So many revocations in a day that something is wrong wait for two people.
  const outcome = await braked(authority, inHand, decided, now);
  const answer = answerOf(outcome);
  if (answer.outcome === "workList" && answer.why === earlier?.why) return answer;

  // 5. Record all of it at once, if the ledger is still as it was read.
  const revocations = outcome.kind === "revoke" ? outcome.revocations : [];
  const recorded = await registerChanges.recordChange(
    acting,
    {
      ...{ authority: definition.id, change, answer, registerVersion: outcome.registerVersion, revocations },
      ...{ notification: notificationOf(authority, change, revocations, now), revision },
      ...{ settles: earlier?.id, at: now },
    },
    eventsOf(inHand, answer, revocations),
  );
  if (recorded === "moved") return "moved";
  if (recorded === "settledBefore") return answer;
  clockGuard.recorded(now);
  return answer;
}

type Decided = Exclude<RegisterChangeOutcome, { kind: "alreadyKnown" }>;

async function braked(
  { definition, brake }: RegisterAuthority,
  { change: { municipality }, approvers, found = false }: ChangeInHand,
  decided: Decided,
  now: Date,
): Promise<Decided> {
  // What a person looks at one by one is no feed gone wrong.
  if (decided.kind !== "revoke" || approvers !== undefined || found) return decided;
  const wanted = { authority: definition.id, municipality, asked: decided.revocations.length };
  if ((await readBrake(brake, wanted, now)) === "go") return decided;
  // The version is kept although nothing is revoked yet: nobody gets a certificate from the older record meanwhile.
  return setAside("waitsForTwoApprovers", decided.registerVersion);
}

function answerOf(outcome: Decided): ChangeAnswer {
  switch (outcome.kind) {
    case "revoke":
      return { outcome: "revoked" };
    case "nothingToRevoke":
    case "older":
      return { outcome: outcome.kind };
    case "workList":
      return { outcome: outcome.kind, why: outcome.why };
  }
}

function notificationOf(
  { designatedBodies: bodies }: RegisterAuthority,
  change: ChangeOfSubscriber,
  revocations: readonly RegisterRevocation[],
  recordedAt: Date,
) {
  if (revocations.length === 0) return undefined;
  const notification = notifyDesignatedBody({ bodies, change, revocations, recordedAt });
  return notification.kind === "notification" ? notification : undefined;
}

function eventsOf(
  { change, earlier, approvers }: ChangeInHand,
  answer: ChangeAnswer,
  revocations: readonly RegisterRevocation[],
): ChangeEvents {
  const { municipality, feed, sequence, subscriberId: subscriber, registerVersion: version } = change;
  const why = answer.outcome === "workList" ? answer.why : null;
  const detail = { municipality, feed, sequence, subscriber, version, outcome: answer.outcome, why };
  const [first = null, second = null] = approvers ?? [];
  return {
    change:
      earlier === undefined
        ? { kind: "registerChange.recorded", result: "done", detail }
        : { kind: "registerChange.decidedAgain", result: "done", detail: { ...detail, first, second } },
    revocations: revocations.map(({ serial, cause, reason, requester }) => ({
      ...{ kind: "certificate.revoked", result: "done" },
      detail: { serial, cause, reason, requester, case: null },
    })),
  };
}
