/**
 * What a case of 新規発行 knows. It is stored as JSON after every step, so it holds plain data only: instants as ISO
 * 8601 text in UTC, bytes as base64. It never holds a password, sealed or not.
 */
import type { ComparedItemName, DoubtGround, Outcome, Station } from "./views.ts";

/** The register's record of a resident as it was when the clerk chose it (住民基本台帳). */
export interface ResidentRecord {
  /** 住民票コード, 11 digits: goes to the authority, never to a screen. */
  readonly residentCode: string;
  readonly registerVersion: number;
  readonly municipality: string;
  readonly name: string;
  readonly furigana: string;
  /** 通称 of a foreign resident, else null (3-1-7). */
  readonly alias: string | null;
  readonly address: string;
  /** EYYYYMMDD: era digit (0 unknown) and Gregorian year; month and day 00 where unknown. */
  readonly dateOfBirth: string;
  /** 1 male, 2 female, 3 unknown. */
  readonly gender: "1" | "2" | "3";
}

/** 発行申請書: exactly the fields of 千葉県運用規程 4-1-2 for an applicant who comes in person. */
export interface Application {
  /** Day of the application in Japan, `YYYY-MM-DD`. */
  readonly date: string;
  readonly name: string;
  readonly furigana: string;
  readonly alias: string | null;
  readonly address: string;
  /** EYYYYMMDD. */
  readonly dateOfBirth: string;
  readonly gender: "1" | "2" | "3";
  /** One digit a character, 1 where a substitute character (代替文字) stands. */
  readonly substitutions: { readonly name: string; readonly alias: string | null; readonly address: string };
}

/** 本人性の確認 (3-1-9 ②): which document, until when it is good, and that the face was compared. */
export interface IdentityProof {
  readonly document: string;
  readonly expiresOn: string | null;
  readonly copyTaken: boolean;
  readonly clerk: string;
  readonly at: string;
}

/** What the card gave for this attempt: never the private key, never the password. */
export interface CardKey {
  /** SubjectPublicKeyInfo, base64 DER. */
  readonly publicKey: string;
  readonly proofOfPossession: string;
  readonly cardOrigin: {
    readonly cardNumber: string;
    readonly cardChallenge: string;
    readonly hostChallenge: string;
    readonly counter: number;
    readonly mac: string;
  };
  readonly generatedAt: string;
}

export interface IssuedCertificate {
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly issuer: string;
  readonly certificate: string;
  readonly issuerCertificate: string;
}

/** A certificate the resident already holds (4-2-3). */
export interface HeldCertificate {
  readonly serial: string;
  readonly notBefore: string | null;
  readonly notAfter: string;
  readonly municipality: string;
}

/** A refusal of the rules, ours or the authority's: its closed reason and what belongs to it. */
export interface CaseRefusal {
  readonly reason: RefusalReason;
  /** The character and its place (`characterOutsideRepertoire`), the failed check, the rule and clause, … */
  readonly detail: Readonly<Record<string, string | number>>;
}

/** Every reason for which a case is refused. The first group is the authority's, the second the counter's own. */
export const refusalReasons = [
  "municipalityNotOfThisPrefecture",
  "municipalityNotTheCallers",
  "unknownProfile",
  "characterOutsideRepertoire",
  "publicKeyRefused",
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
  "ruleBroken",
  "requestSignatureWrong",
  "cardBusy",
  "otherCardInCase",
  "subscriberAlreadyHasCertificate",
  "addressTooLong",
  "itemMissing",
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** Why a card cannot take a new certificate. */
export const cardProblems = [
  "unknownCard",
  "cardNotInStock",
  "cardInUse",
  "cardHoldsCertificate",
  "cardUnreadable",
] as const;
export type CardProblem = (typeof cardProblems)[number];

/** Why a key came to nothing; each leads back to the password with a new attempt. */
export const keyFailures = [
  "cardRemoved",
  "otherCard",
  "passwordRefused",
  "passwordLost",
  "sealNotOpened",
  "commandExpired",
  "authorisationRefused",
  "cardFailed",
] as const;
export type KeyFailure = (typeof keyFailures)[number];

/** A passing trouble: the case stays, the server tries again. */
export const troubles = [
  "authorityUnreachable",
  "hsmUnavailable",
  "authorityNotActivated",
  "clockUntrusted",
  "agentAbsent",
  "cardAbsent",
  "otherCard",
  "cardFailed",
  "registerUnreachable",
] as const;
export type TroubleKind = (typeof troubles)[number];

export interface CaseContext {
  readonly caseId: string;
  readonly municipality: string;
  readonly counter: string;
  readonly clerk: string;
  readonly openedAt: string;
  readonly cardNumber: string | null;
  readonly cardProblem: CardProblem | null;
  readonly resident: ResidentRecord | null;
  readonly application: Application | null;
  /** The items that the clerk confirmed against the application form. */
  readonly confirmed: readonly ComparedItemName[];
  readonly disputed: boolean;
  readonly proof: IdentityProof | null;
  readonly applicationReceivedAt: string | null;
  readonly holder: "clerk" | "resident";
  readonly language: "ja" | "en";
  readonly textSize: "normal" | "large" | "largest";
  readonly terms: { readonly version: string; readonly acceptedAt: string } | null;
  /** Rises by one when a key was thrown away; the authority sees a new attempt each time. */
  readonly attempt: number;
  /** The authority has this attempt open. */
  readonly attemptOpen: boolean;
  readonly caseChallenge: string | null;
  readonly keyFailure: KeyFailure | null;
  readonly key: CardKey | null;
  readonly cardGiven: boolean;
  readonly certificate: IssuedCertificate | null;
  /** SHA-256 of the certificate as read back from the card, base64. */
  readonly readBackHash: string | null;
  /** How often what was read back was refused: each time the card is written anew. */
  readonly deliveriesRefused: number;
  readonly acknowledged: Readonly<Record<string, string>>;
  readonly feeReceivedAt: string | null;
  readonly copyGivenAt: string | null;
  readonly held: HeldCertificate | null;
  readonly refusal: CaseRefusal | null;
  readonly doubt: DoubtGround | null;
  /** How the case will end once the authority's attempt is closed. */
  readonly outcome: Outcome | null;
  readonly endedAt: string | null;
  /** Where `resume` leads. */
  readonly suspendedFrom: CaseState | null;
  /** Where the case goes when the authority's attempt has ended. */
  readonly afterAttempt: "openingAttempt" | "searching";
}

/** The states of a case. `docs/case.md` draws them; the table `ra.counter_case` checks them. */
export const caseStates = [
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
  "endingAttempt",
  "abandoning",
  "doubleIssue",
  "refused",
  "suspended",
  "ended",
  "closed",
] as const;
export type CaseState = (typeof caseStates)[number];

/** Which station of the progress list a state belongs to. */
export const stationOf = {
  awaitingCard: "card",
  readingCard: "card",
  searching: "register",
  checkingHolding: "register",
  comparing: "comparison",
  identifying: "identity",
  applying: "application",
  givingCard: "residentConfirms",
  confirmingData: "residentConfirms",
  acceptingTerms: "terms",
  openingAttempt: "password",
  settingPassword: "password",
  makingKey: "key",
  receivingCard: "key",
  confirmingIssuance: "issuance",
  issuing: "issuance",
  storing: "issuance",
  confirmingDelivery: "issuance",
  notifying: "notices",
  handingPapers: "papers",
  returningCard: "handOver",
  endingAttempt: "password",
  abandoning: "issuance",
  doubleIssue: "register",
  refused: "issuance",
  suspended: "card",
  ended: "handOver",
  closed: "handOver",
} as const satisfies Record<CaseState, Station>;
