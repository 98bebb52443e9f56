import type { CaseContext, CaseState } from "./case-context.ts";
import type { CaseEvent } from "./case-event.ts";
import { compareWithRegister } from "./comparison.ts";
import { refusalOfResident } from "./eligibility.ts";
import { identityProblem } from "./identity-documents.ts";
import { japaneseDay } from "./japanese-day.ts";
import { notices, termsVersion } from "./notices.ts";

interface Asked {
  readonly context: CaseContext;
  readonly event: CaseEvent;
}

/** On what the steps of a case depend, by the names that the machine has for it. */
export const caseGuards = {
  cameFrom: ({ context }: Asked, params: { state: CaseState }) => context.suspendedFrom === params.state,
  attemptIsOpen: ({ context }: Asked) => context.attemptOpen,
  afterAttemptSearch: ({ context }: Asked) => context.afterAttempt === "searching",
  // 千葉県運用規程 3-1-9 ①: every item of the application stands against the register, and the clerk confirmed each.
  everyItemConfirmed: ({ context }: Asked) => {
    if (context.application === null || context.resident === null) return false;
    const items = compareWithRegister(context.application, context.resident);
    return items.every(({ item, result }) => result !== "hard" && context.confirmed.includes(item));
  },
  itemAgrees: ({ context, event }: Asked) => {
    if (event.type !== "confirmItem" || context.application === null || context.resident === null) return false;
    const items = compareWithRegister(context.application, context.resident);
    return items.some(({ item, result }) => item === event.item && result !== "hard");
  },
  // 3-1-9 ②: an official document with a photograph that matches, not expired, of which a copy was taken.
  identityProves: ({ event }: Asked) =>
    event.type === "recordIdentity" && identityProblem(event, japaneseDay(event.at)) === null,
  residentMayApply: ({ context, event }: Asked) =>
    event.type === "chooseResident" && refusalOfResident(event.resident, context.municipality) === null,
  presentTerms: ({ event }: Asked) => event.type === "acceptTerms" && event.version === termsVersion,
  knownNotice: ({ event }: Asked) => event.type === "acknowledge" && notices.some(({ id }) => id === event.notice),
  lastNotice: ({ context, event }: Asked) =>
    event.type === "acknowledge" &&
    notices.every(({ id }) => id === event.notice || context.acknowledged[id] !== undefined),
  feeWasReceived: ({ context }: Asked) => context.feeReceivedAt !== null,
  copyWasGiven: ({ context }: Asked) => context.copyGivenAt !== null,
  alreadyHolds: ({ event }: Asked) => event.type === "refused" && event.held !== null,
  // Only where an attempt is open: a refusal before the password must not lead past what comes before it.
  newKeyMends: ({ context }: Asked) =>
    context.attemptOpen && context.refusal !== null && waysOutOf(context.refusal.reason).includes("newKey"),
  comparisonMends: ({ context }: Asked) =>
    context.attemptOpen && context.refusal !== null && waysOutOf(context.refusal.reason).includes("compareAgain"),
};

/** What can still be done after a refusal besides ending the case. */
export function waysOutOf(reason: string): readonly ("newKey" | "compareAgain")[] {
  switch (reason) {
    case "publicKeyRefused":
    case "publicKeySeenBefore":
    case "proofOfPossessionWrong":
    case "keyNotMadeOnCard":
    case "keyTooOld":
    case "attemptEnded":
    case "differentRequestUnderSameKey":
      return ["newKey"];
    case "registerChangedSince":
      return ["compareAgain"];
    default:
      return [];
  }
}
