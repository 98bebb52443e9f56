import { assign, setup } from "xstate";
import type { CaseContext, CaseState } from "./case-context.ts";
import type { CaseEvent } from "./case-event.ts";
import { caseGuards } from "./case-guards.ts";
import { enterItem, expectedApplication } from "./comparison.ts";
import { refusalOfResident } from "./eligibility.ts";
import { japaneseDay } from "./japanese-day.ts";

/** Rises when a stored case could no longer be read by the machine below. */
export const caseMachineVersion = 1;

const noAttempt = { attemptOpen: false, caseChallenge: null, key: null, cardGiven: false } as const;

const base = setup({
  types: { context: {} as CaseContext, events: {} as CaseEvent, input: {} as CaseContext },
  guards: caseGuards,
  actions: {
    rememberState: assign((_, params: { state: CaseState }) => ({ suspendedFrom: params.state })),
    takeUp: assign(({ event }) => (event.type === "resume" ? { suspendedFrom: null, counter: event.counter } : {})),
    concludeDoubt: assign(({ event }) =>
      event.type === "doubt" ? { outcome: "doubt" as const, doubt: event.ground, endedAt: event.at } : {},
    ),
    concludeWithdrawal: assign(({ event }) =>
      event.type === "withdraw" ? { outcome: "withdrawn" as const, endedAt: event.at } : {},
    ),
    recordRefusal: assign(({ event }) =>
      event.type === "refused" ? { refusal: event.refusal, held: event.held } : {},
    ),
  },
});

const suspend = (state: CaseState) => ({
  target: "suspended" as const,
  actions: { type: "rememberState" as const, params: { state } },
});

// 3-1-9, 4-1-1 ②: doubt about the person at any step before issue, and nothing is issued.
const stopped = {
  doubt: [
    { guard: "attemptIsOpen" as const, target: "abandoning" as const, actions: "concludeDoubt" as const },
    { target: "ended" as const, actions: "concludeDoubt" as const },
  ],
  withdraw: [
    { guard: "attemptIsOpen" as const, target: "abandoning" as const, actions: "concludeWithdrawal" as const },
    { target: "ended" as const, actions: "concludeWithdrawal" as const },
  ],
};

// The authority may have opened the attempt although its answer is still on the way: it is ended there in any case.
const stoppedWhileOpening = {
  doubt: { target: "abandoning" as const, actions: "concludeDoubt" as const },
  withdraw: { target: "abandoning" as const, actions: "concludeWithdrawal" as const },
};

const resumable = [
  "awaitingCard",
  "readingCard",
  "searching",
  "checkingHolding",
  "comparing",
  "identifying",
  "applying",
  "givingCard",
  "confirmingData",
  "acceptingTerms",
  "openingAttempt",
  "settingPassword",
  "makingKey",
  "receivingCard",
  "confirmingIssuance",
  "issuing",
  "storing",
  "confirmingDelivery",
  "notifying",
  "handingPapers",
  "returningCard",
] as const satisfies CaseState[];

/**
 * 新規発行 for a resident who comes in person (千葉県運用規程 3-1-9, 4-1 to 4-3), from the card on the reader to the next
 * person. Pure: guards, assignments and names only; what a state has the server do is told by `effectOf`.
 */
export const caseMachine = base.createMachine({
  id: "newIssue",
  context: ({ input }) => input,
  initial: "awaitingCard",
  on: {
    chooseLanguage: { actions: assign(({ event }) => ({ language: event.language })) },
    chooseTextSize: { actions: assign(({ event }) => ({ textSize: event.textSize })) },
  },
  states: {
    // 4-1-1 ①: the applicant hands in the application with the IC card.
    awaitingCard: {
      on: {
        cardPlaced: {
          target: "readingCard",
          actions: assign(({ event }) => ({ cardNumber: event.cardNumber, cardProblem: null })),
        },
        cardRemoved: { actions: assign({ cardNumber: null, cardProblem: null }) },
        suspend: suspend("awaitingCard"),
        ...stopped,
      },
    },
    readingCard: {
      on: {
        cardSuitable: { target: "searching" },
        cardUnsuitable: { target: "awaitingCard", actions: assign(({ event }) => ({ cardProblem: event.problem })) },
        cardRemoved: { target: "awaitingCard", actions: assign({ cardNumber: null }) },
        suspend: suspend("readingCard"),
        ...stopped,
      },
    },
    searching: {
      on: {
        chooseResident: [
          {
            guard: "residentMayApply",
            target: "checkingHolding",
            actions: assign(({ event }) => ({
              resident: event.resident,
              application: expectedApplication(event.resident, japaneseDay(event.at)),
              confirmed: [],
              disputed: false,
            })),
          },
          {
            target: "refused",
            actions: assign(({ context, event }) => ({
              resident: event.resident,
              refusal: refusalOfResident(event.resident, context.municipality),
            })),
          },
        ],
        back: { target: "awaitingCard", actions: assign({ cardNumber: null, cardProblem: null }) },
        suspend: suspend("searching"),
        ...stopped,
      },
    },
    checkingHolding: {
      on: {
        holdsNone: { target: "comparing" },
        holds: { target: "doubleIssue", actions: assign(({ event }) => ({ held: event.held })) },
        suspend: suspend("checkingHolding"),
        ...stopped,
      },
    },
    // 3-1-9 ①, 4-1-1 ②: 実在性の確認.
    comparing: {
      on: {
        enterItem: {
          actions: assign(({ context, event }) =>
            context.application === null
              ? {}
              : {
                  application: enterItem(context.application, event.item, event.value),
                  confirmed: context.confirmed.filter((item) => item !== event.item),
                },
          ),
        },
        enterFurigana: {
          actions: assign(({ context, event }) =>
            context.application === null ? {} : { application: { ...context.application, furigana: event.furigana } },
          ),
        },
        confirmItem: {
          guard: "itemAgrees",
          actions: assign(({ context, event }) => ({
            confirmed: [...context.confirmed.filter((item) => item !== event.item), event.item],
          })),
        },
        finishComparison: { guard: "everyItemConfirmed", target: "identifying", actions: assign({ disputed: false }) },
        back: {
          target: "searching",
          actions: assign({ resident: null, application: null, confirmed: [], disputed: false }),
        },
        suspend: suspend("comparing"),
        ...stopped,
      },
    },
    // 3-1-9 ②: 本人性の確認.
    identifying: {
      on: {
        recordIdentity: {
          guard: "identityProves",
          target: "applying",
          actions: assign(({ event }) => ({
            proof: {
              document: event.document,
              expiresOn: event.expiresOn,
              copyTaken: event.copyTaken,
              clerk: event.clerk,
              at: event.at,
            },
          })),
        },
        back: { target: "comparing" },
        suspend: suspend("identifying"),
        ...stopped,
      },
    },
    // 4-1-2: the application form, printed, read and signed.
    applying: {
      on: {
        applicationReceived: {
          target: "givingCard",
          actions: assign(({ event }) => ({ applicationReceivedAt: event.at })),
        },
        back: { target: "identifying" },
        suspend: suspend("applying"),
        ...stopped,
      },
    },
    givingCard: {
      on: {
        giveCard: { target: "confirmingData", actions: assign({ holder: "resident" }) },
        back: { target: "applying" },
        suspend: suspend("givingCard"),
        ...stopped,
      },
    },
    confirmingData: {
      on: {
        confirmData: { target: "acceptingTerms" },
        disputeData: { target: "comparing", actions: assign({ disputed: true, confirmed: [], holder: "clerk" }) },
        suspend: suspend("confirmingData"),
        ...stopped,
      },
    },
    // 2-1-5, 6-2-2-2: the duties, accepted before a key exists.
    acceptingTerms: {
      on: {
        acceptTerms: {
          guard: "presentTerms",
          target: "openingAttempt",
          actions: assign(({ event }) => ({ terms: { version: event.version, acceptedAt: event.at } })),
        },
        suspend: suspend("acceptingTerms"),
        ...stopped,
      },
    },
    openingAttempt: {
      on: {
        attemptOpened: {
          target: "settingPassword",
          actions: assign(({ event }) => ({ attemptOpen: true, caseChallenge: event.caseChallenge })),
        },
        refused: { target: "refused", actions: "recordRefusal" },
        suspend: suspend("openingAttempt"),
        ...stoppedWhileOpening,
      },
    },
    settingPassword: {
      on: {
        passwordSealed: { target: "makingKey", actions: assign({ keyFailure: null }) },
        suspend: suspend("settingPassword"),
        ...stopped,
      },
    },
    // 4-1-1 ③, 3-1-11: the key pair is made by the resident at the key-pair device, on the card.
    makingKey: {
      on: {
        keyMade: { target: "receivingCard", actions: assign(({ event }) => ({ key: event.key })) },
        keyFailed: {
          target: "endingAttempt",
          actions: assign(({ event }) => ({ keyFailure: event.failure, afterAttempt: "openingAttempt" as const })),
        },
        suspend: suspend("makingKey"),
      },
    },
    endingAttempt: {
      on: {
        attemptEnded: [
          {
            guard: "afterAttemptSearch",
            target: "searching",
            actions: assign(({ context }) => ({
              ...noAttempt,
              attempt: context.attempt + 1,
              afterAttempt: "openingAttempt" as const,
            })),
          },
          {
            target: "openingAttempt",
            actions: assign(({ context }) => ({ ...noAttempt, attempt: context.attempt + 1 })),
          },
        ],
      },
    },
    receivingCard: {
      on: {
        cardGiven: { actions: assign({ cardGiven: true }) },
        cardReceived: { target: "confirmingIssuance", actions: assign({ holder: "clerk", cardGiven: true }) },
        suspend: suspend("receivingCard"),
        ...stopped,
      },
    },
    // 4-2-1 ①: the clerk reads everything once more; then the four items and the public key go to the governor.
    confirmingIssuance: {
      on: { issue: { target: "issuing" }, suspend: suspend("confirmingIssuance"), ...stopped },
    },
    issuing: {
      on: {
        issued: { target: "storing", actions: assign(({ event }) => ({ certificate: event.certificate })) },
        refused: [
          { guard: "alreadyHolds", target: "doubleIssue", actions: "recordRefusal" },
          { target: "refused", actions: "recordRefusal" },
        ],
        suspend: suspend("issuing"),
      },
    },
    // 4-3-1 ①: the certificate and the governor's self-signed certificate onto the card.
    storing: {
      on: {
        stored: {
          target: "confirmingDelivery",
          actions: assign(({ event }) => ({ readBackHash: event.readBackHash })),
        },
        suspend: suspend("storing"),
      },
    },
    confirmingDelivery: {
      on: {
        delivered: { target: "notifying", actions: assign({ attemptOpen: false }) },
        deliveryRefused: {
          target: "storing",
          actions: assign(({ context }) => ({ readBackHash: null, deliveriesRefused: context.deliveriesRefused + 1 })),
        },
        suspend: suspend("confirmingDelivery"),
      },
    },
    // 4-3-1 ②, 4-3-2: the notices, one by one, then the copy of the certificate and the fee.
    notifying: {
      on: {
        acknowledge: [
          { guard: "lastNotice", target: "handingPapers", actions: assign(acknowledged) },
          { guard: "knownNotice", actions: assign(acknowledged) },
        ],
        suspend: suspend("notifying"),
      },
    },
    handingPapers: {
      on: {
        feeReceived: [
          {
            guard: "copyWasGiven",
            target: "returningCard",
            actions: assign(({ event }) => ({ feeReceivedAt: event.at })),
          },
          { actions: assign(({ event }) => ({ feeReceivedAt: event.at })) },
        ],
        copyGiven: [
          {
            guard: "feeWasReceived",
            target: "returningCard",
            actions: assign(({ event }) => ({ copyGivenAt: event.at })),
          },
          { actions: assign(({ event }) => ({ copyGivenAt: event.at })) },
        ],
        suspend: suspend("handingPapers"),
      },
    },
    returningCard: {
      on: {
        cardReturned: {
          target: "ended",
          actions: assign(({ event }) => ({
            holder: "resident" as const,
            outcome: "delivered" as const,
            endedAt: event.at,
          })),
        },
        suspend: suspend("returningCard"),
      },
    },
    // 4-2-3: who holds a valid certificate gets no second one.
    doubleIssue: {
      on: {
        end: [
          {
            guard: "attemptIsOpen",
            target: "abandoning",
            actions: assign(({ event }) => ({ outcome: "doubleIssue" as const, endedAt: event.at })),
          },
          { target: "ended", actions: assign(({ event }) => ({ outcome: "doubleIssue" as const, endedAt: event.at })) },
        ],
      },
    },
    refused: {
      on: {
        newKey: {
          guard: "newKeyMends",
          target: "endingAttempt",
          actions: assign({ refusal: null, holder: "resident", afterAttempt: "openingAttempt" }),
        },
        compareAgain: {
          guard: "comparisonMends",
          target: "endingAttempt",
          actions: assign({
            refusal: null,
            resident: null,
            application: null,
            proof: null,
            confirmed: [],
            afterAttempt: "searching",
          }),
        },
        end: [
          {
            guard: "attemptIsOpen",
            target: "abandoning",
            actions: assign(({ event }) => ({ outcome: "refused" as const, endedAt: event.at })),
          },
          { target: "ended", actions: assign(({ event }) => ({ outcome: "refused" as const, endedAt: event.at })) },
        ],
        ...stopped,
      },
    },
    // The unused key is erased from the card where it lies, and the authority closes the attempt.
    abandoning: { on: { abandoned: { target: "ended", actions: assign(noAttempt) } } },
    // Put aside by the clerk: taken up again at the same state, at any counter of the municipality.
    suspended: {
      on: {
        resume: resumable.map((state) => ({
          guard: { type: "cameFrom" as const, params: { state } },
          target: state,
          actions: "takeUp" as const,
        })),
      },
    },
    ended: { on: { nextPerson: { target: "closed" } } },
    closed: { type: "final" },
  },
});

function acknowledged({ context, event }: { context: CaseContext; event: CaseEvent }): Partial<CaseContext> {
  return event.type === "acknowledge" ? { acknowledged: { ...context.acknowledged, [event.notice]: event.at } } : {};
}
