/** What a municipality can ask of a certification authority. Refusals are values; see each use case's file. */
import type { Der, SerialNumber } from "@mitome/x509";
import type { AuthorityDefinition } from "./authority-definition.ts";
import type { Call } from "./caller.ts";
import type { IssuanceRefusal } from "./issuance-refusal.ts";
import type { CardRecord, HeldCertificate } from "./ports.ts";
import type { SignedChangeFile } from "./register-changes/register-change-file.ts";
import type { RegisterFileAnswer } from "./register-changes/take-register-file.ts";
import type { RevocationAnswer } from "./revocation/revoke-certificate.ts";

/** One attempt of one case of the calling municipality. */
export interface Attempt {
  readonly caseId: string;
  readonly attempt: number;
}

/** A card operation by name. */
export type NamedCardCommand =
  | { readonly name: "generateKey"; readonly algorithm: "rsa-2048" | "p-384" | "rsa-1024" }
  | { readonly name: "setPassword"; readonly commitment: Uint8Array }
  | { readonly name: "storeCertificate"; readonly serial: string }
  | { readonly name: "storeAuthorityCertificate" }
  | { readonly name: "erase" };

/** A question about one card command, with what shows that the card is there. */
export interface CommandQuestion extends Attempt {
  readonly cardNumber: string;
  readonly cardChallenge: Uint8Array;
  readonly hostChallenge: Uint8Array;
  readonly cardCryptogram: Uint8Array;
  /** Of the operation's first command; a session's first is 1. */
  readonly counter: number;
  readonly command: NamedCardCommand;
}

/** A refusal with a reason out of a closed list. */
export interface Refused<Reason extends string> {
  readonly kind: "refused";
  readonly reason: Reason;
}

/** Why a case is not opened. */
export type CaseOpeningRefusal =
  | "unknownCard"
  | "cardNotInStock"
  | "cardBusy"
  | "attemptEnded"
  | "otherCardInCase"
  | "doubtRecorded"
  | "previousAttemptOpen";
/** Why a card command is not authorised. */
export type CommandRefusal =
  | "caseNotOpen"
  | "commandNotNow"
  | "sessionUnknown"
  | "counterWrong"
  | "cardNotAuthentic"
  | "algorithmNotOfTheSuite";
/** Why an attempt is given up. */
export type EndReason = "cardFailed" | "keyLost" | "applicantWithdrew" | "doubt" | "other";
/** Why equipment gets no certificate. */
export type EnrolmentRefusal = "ticketNotGood" | "requestNotGood" | "authorityNotActivated" | "clockUntrusted";

/** A certificate handed out, with the one that verifies it. */
export interface IssuedCertificate {
  readonly kind: "issued";
  readonly serial: SerialNumber;
  readonly certificate: Der<"Certificate">;
  readonly issuerCertificate: Der<"Certificate">;
}

/** An answer to an issuance request; the same request gets the same answer. */
export type IssuanceAnswer = IssuedCertificate | ({ readonly kind: "refused" } & IssuanceRefusal);

/** A payload that is not a request: an error of the caller's program, with the field named. */
export interface MalformedRequest {
  readonly kind: "malformed";
  readonly field: string;
}

/** The authority as `ca-api` sees it. */
export interface CertificationAuthority {
  describe(): Promise<{
    readonly definition: AuthorityDefinition;
    readonly generations: readonly { readonly number: number; readonly selfSignedCertificate: Der<"Certificate"> }[];
    readonly currentGeneration: number;
    readonly issuing: boolean;
  }>;
  holding(call: Call, residentCode: string): Promise<HeldCertificate | undefined>;
  lookCard(call: Call, cardNumber: string): Promise<CardRecord | undefined>;
  openCase(
    call: Call,
    opening: Attempt & { readonly cardNumber: string },
  ): Promise<{ readonly kind: "opened"; readonly challenge: Uint8Array } | Refused<CaseOpeningRefusal>>;
  openCardSession(
    call: Call,
    opening: Attempt & { readonly cardNumber: string; readonly cardChallenge: Uint8Array },
  ): Promise<
    | { readonly kind: "opened"; readonly hostChallenge: Uint8Array; readonly hostCryptogram: Uint8Array }
    | Refused<"caseNotOpen">
  >;
  authoriseCommand(
    call: Call,
    question: CommandQuestion,
  ): Promise<{ readonly kind: "authorised"; readonly macs: readonly Uint8Array[] } | Refused<CommandRefusal>>;
  issue(
    call: Call,
    signed: { readonly payload: Uint8Array; readonly signature: Uint8Array },
  ): Promise<IssuanceAnswer | MalformedRequest>;
  revoke(
    call: Call,
    signed: { readonly payload: Uint8Array; readonly signature: Uint8Array },
  ): Promise<RevocationAnswer | MalformedRequest>;
  changeRegister(call: Call, signed: SignedChangeFile): Promise<RegisterFileAnswer>;
  confirmDelivery(
    call: Call,
    delivery: Attempt & { readonly serial: string; readonly readBackHash: Uint8Array },
  ): Promise<{ readonly kind: "delivered" } | Refused<"caseNotOpen" | "notThisCertificate">>;
  endAttempt(
    call: Call,
    ending: Attempt & { readonly reason: EndReason },
  ): Promise<{ readonly kind: "ended" } | Refused<"caseNotOpen" | "alreadyDelivered">>;
  renewEquipment(
    call: Call,
    renewal: { readonly csr: Uint8Array; readonly signature: Uint8Array },
  ): Promise<EnrolledEquipment | Refused<EnrolmentRefusal>>;
  redeemTicket(redemption: {
    readonly ticketId: string;
    readonly csr: Uint8Array;
    readonly mac: Uint8Array;
  }): Promise<EnrolledEquipment | Refused<EnrolmentRefusal>>;
}

/** A new equipment certificate and its root. */
export interface EnrolledEquipment {
  readonly kind: "issued";
  readonly certificate: Der<"Certificate">;
  readonly root: Der<"Certificate">;
}
