/** Why a certificate is not issued: a closed vocabulary with the data a screen needs to say what to do next. */
import type { SerialNumber } from "@mitome/x509";

/** A refusal of an issuance request. It is an answer, not a failure; see `isFinal` for which are kept. */
export type IssuanceRefusal =
  /** 千葉県運用規程 4-2-3: which one, until when, and from where. */
  | {
      readonly reason: "subscriberAlreadyHasCertificate";
      readonly serial: SerialNumber;
      readonly notAfter: Date;
      readonly municipality: string;
    }
  | {
      readonly reason: "characterOutsideRepertoire";
      readonly field: string;
      readonly position: number;
      readonly character: string;
    }
  | { readonly reason: "publicKeyRefused"; readonly check: string }
  | { readonly reason: "ruleBroken"; readonly rule: string; readonly clause: string }
  | { readonly reason: PlainRefusalReason };

/** Reasons that say everything by their name. */
export const plainRefusalReasons = [
  "municipalityNotOfThisPrefecture",
  "municipalityNotTheCallers",
  "unknownProfile",
  "publicKeySeenBefore",
  "proofOfPossessionWrong",
  "keyNotMadeOnCard",
  "unknownCard",
  "cardNotInStock",
  "caseNotOpen",
  "authorityNotActivated",
  "doubtRecorded",
  "sameItemsUnderAnotherResident",
  "registerChangedSince",
  "registerVersionFarAhead",
  "attemptEnded",
  "differentRequestUnderSameKey",
  "keyTooOld",
  "clockUntrusted",
  "requestSignatureWrong",
] as const;
/** A reason without further data. */
export type PlainRefusalReason = (typeof plainRefusalReasons)[number];
/** Every reason. */
export type IssuanceRefusalReason = IssuanceRefusal["reason"];

const passing: ReadonlySet<IssuanceRefusalReason> = new Set([
  // The authority's own state, not the request's content: the same request may succeed later.
  "authorityNotActivated",
  "clockUntrusted",
  // Nothing of this attempt is touched by these.
  "caseNotOpen",
  "attemptEnded",
  "differentRequestUnderSameKey",
  "municipalityNotTheCallers",
  "requestSignatureWrong",
]);

/** Whether a refusal stands as this attempt's stored answer: the same request will get it again. */
export function isFinal(reason: IssuanceRefusalReason): boolean {
  return !passing.has(reason);
}
