import type {
  CardKey,
  CardProblem,
  CaseRefusal,
  HeldCertificate,
  IssuedCertificate,
  KeyFailure,
  ResidentRecord,
} from "./case-context.ts";
import type { ComparedItemName, DoubtGround } from "./views.ts";

/** An instant, ISO 8601 in UTC; events bring the time, the machine has no clock. */
type Instant = string;

/** Everything that can happen to a case: what people do, and what card, agent and authority answer. */
export type CaseEvent =
  // The clerk.
  | { readonly type: "chooseResident"; readonly resident: ResidentRecord; readonly at: Instant }
  | { readonly type: "enterItem"; readonly item: ComparedItemName; readonly value: string }
  | { readonly type: "enterFurigana"; readonly furigana: string }
  | { readonly type: "confirmItem"; readonly item: ComparedItemName }
  | { readonly type: "finishComparison" }
  | {
      readonly type: "recordIdentity";
      readonly document: string;
      /** `YYYY-MM-DD`; null where the document shows no date. */
      readonly expiresOn: string | null;
      readonly photoMatches: boolean;
      readonly copyTaken: boolean;
      readonly clerk: string;
      readonly at: Instant;
    }
  | { readonly type: "applicationReceived"; readonly at: Instant }
  | { readonly type: "giveCard" }
  | { readonly type: "cardReceived" }
  | { readonly type: "issue" }
  | { readonly type: "newKey" }
  | { readonly type: "compareAgain" }
  | { readonly type: "feeReceived"; readonly at: Instant }
  | { readonly type: "copyGiven"; readonly at: Instant }
  | { readonly type: "cardReturned"; readonly at: Instant }
  | { readonly type: "back" }
  | { readonly type: "suspend" }
  | { readonly type: "resume"; readonly counter: string }
  | { readonly type: "doubt"; readonly ground: DoubtGround; readonly at: Instant }
  | { readonly type: "withdraw"; readonly at: Instant }
  | { readonly type: "end"; readonly at: Instant }
  | { readonly type: "nextPerson" }
  // The resident.
  | { readonly type: "chooseLanguage"; readonly language: "ja" | "en" }
  | { readonly type: "chooseTextSize"; readonly textSize: "normal" | "large" | "largest" }
  | { readonly type: "confirmData" }
  | { readonly type: "disputeData" }
  | { readonly type: "acceptTerms"; readonly version: string; readonly at: Instant }
  | { readonly type: "passwordSealed" }
  | { readonly type: "acknowledge"; readonly notice: string; readonly at: Instant }
  | { readonly type: "cardGiven" }
  // Card, agent and authority.
  | { readonly type: "cardPlaced"; readonly cardNumber: string }
  | { readonly type: "cardRemoved" }
  | { readonly type: "cardSuitable" }
  | { readonly type: "cardUnsuitable"; readonly problem: CardProblem }
  | { readonly type: "holdsNone" }
  | { readonly type: "holds"; readonly held: HeldCertificate }
  | { readonly type: "attemptOpened"; readonly caseChallenge: string }
  | { readonly type: "refused"; readonly refusal: CaseRefusal; readonly held: HeldCertificate | null }
  | { readonly type: "keyMade"; readonly key: CardKey }
  | { readonly type: "keyFailed"; readonly failure: KeyFailure }
  | { readonly type: "issued"; readonly certificate: IssuedCertificate }
  | { readonly type: "stored"; readonly readBackHash: string }
  | { readonly type: "delivered" }
  | { readonly type: "deliveryRefused" }
  | { readonly type: "attemptEnded" }
  | { readonly type: "abandoned"; readonly at: Instant };

export type CaseEventType = CaseEvent["type"];
