/**
 * What a certification authority needs from the world: a ledger, signing keys that never leave an HSM, card keys,
 * a clock and randomness. The core knows no database, socket or library behind them.
 */
import type { AuditEvent, AuditHead, AuditOrigin } from "@mitome/audit";
import type { Der, SerialNumber } from "@mitome/x509";
import type { EquipmentCertificate } from "./enrol-equipment.ts";
import type { EnrolmentTicket } from "./equipment-request.ts";
import type { SigningIntent } from "./intent.ts";
import type { AttemptKey, CaseRecord, IssuanceCaseState } from "./issuance-case.ts";
import type { RecordedIntent } from "./recorded-intent.ts";

/** UTC wall clock and a clock that nobody can set. */
export interface Clock {
  now(): Date;
  /** Milliseconds since an arbitrary fixed instant of this machine's run; never goes back. */
  monotonic(): number;
}

/** Cryptographically secure randomness. */
export interface Randomness {
  bytes(length: number): Uint8Array;
  uuid(): string;
}

/**
 * For whom an act is done, as the audit trail names him (千葉県運用規程 4-11-2), and where the caller hears which audit
 * head his act produced.
 */
export interface Acting {
  readonly origin: AuditOrigin;
  /** Called once with the head of the audit stream after each act has been committed. */
  readonly witness?: (head: AuditHead) => void;
}

/** Raised when the signing key or its HSM cannot be reached for now. Safe to retry; never stored as an answer. */
export class SigningUnavailable extends Error {
  override readonly name: string = "SigningUnavailable";
}

/** Raised when the ledger cannot be reached for now, or whether an act was committed is not known. Safe to retry. */
export class LedgerUnavailable extends Error {
  override readonly name = "LedgerUnavailable";
}

/** The authority's key is not activated: nobody's failure, and the request may succeed later. */
export class NotActivated extends SigningUnavailable {
  override readonly name = "NotActivated";
}

/** Another call has this issuance in hand. Safe to retry. */
export class IssuanceUnderWay extends Error {
  override readonly name = "IssuanceUnderWay";
}

/** The signer's own inspection refused: the row, its MAC, a signature on the request or a rule is not right. */
export class SignerRefused extends Error {
  override readonly name = "SignerRefused";
  readonly reason: string;
  constructor(reason: string) {
    super(`the signer refused: ${reason}`);
    this.reason = reason;
  }
}

/** The authority's key as `apps/signer` lends it. Each call may throw {@link SigningUnavailable}. */
export interface SigningKey {
  /** Whether the key may be used now, as the ledger's newest epoch and the signer's log-in say. */
  activated(): Promise<boolean>;
  /** HMAC over the intent's canonical bytes, after the same inspection as `sign`; throws {@link SignerRefused}. */
  macIntent(intent: SigningIntent): Promise<Uint8Array>;
  /** Signs what the ledger has recorded under this id; the signer reads the row itself. Throws {@link SignerRefused}. */
  sign(intent: RecordedIntent): Promise<Uint8Array>;
  /** Pseudonymous, stable id of a resident: lower-case hex of an HMAC under a key that stays in the HSM. */
  subscriberId(residentCode: string): Promise<string>;
}

/** A card's write keys, which stay in the HSM. Each call may throw {@link SigningUnavailable}. */
export interface CardKeys {
  openSession(session: {
    readonly cardNumber: string;
    readonly cardChallenge: Uint8Array;
  }): Promise<{ readonly hostChallenge: Uint8Array; readonly hostCryptogram: Uint8Array }>;
  verifyCard(proof: CardSession & { readonly cardCryptogram: Uint8Array }): Promise<boolean>;
  authorise(
    commands: CardSession & {
      readonly counter: number;
      readonly commands: readonly CardCommand[];
    },
  ): Promise<readonly Uint8Array[]>;
  verifyOrigin(
    origin: CardSession & {
      readonly counter: number;
      readonly caseChallenge: Uint8Array;
      readonly spki: Uint8Array;
      readonly mac: Uint8Array;
    },
  ): Promise<boolean>;
}

/** One mutually authenticated conversation with one card. */
export interface CardSession {
  readonly cardNumber: string;
  readonly cardChallenge: Uint8Array;
  readonly hostChallenge: Uint8Array;
}

/** What of a write command its CMAC covers: the header and the SHA-256 of its payload. */
export interface CardCommand {
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly dataDigest: Uint8Array;
}

/** A certificate as the ledger holds it, without a name in it. */
export interface HeldCertificate {
  readonly serial: SerialNumber;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly municipality: string;
}

/** What the ledger knows of an attempt, its resident and its key before anything is decided. */
export interface IssuanceReading {
  readonly attempt: CaseRecord | undefined;
  /** A valid, or not yet resolved, certificate of this resident (千葉県運用規程 4-2-3). */
  readonly held: HeldCertificate | undefined;
  /** The key was given to anyone's certificate, or is reserved by an intent of another case. */
  readonly keySeen: boolean;
  /** The same four items belong to another subscriber id. */
  readonly itemsElsewhere: boolean;
  /** The latest register version known for this resident, 0 when none. */
  readonly registerVersion: number;
}

/** Everything that stands in the ledger once an issuance is decided and before anything is signed. */
export interface IssuanceIntent {
  readonly fields: SigningIntent;
  readonly serial: SerialNumber;
  /** By the signer, over the fields. */
  readonly mac: Uint8Array;
  readonly attempt: AttemptKey;
  /** SHA-256 of the request's payload. */
  readonly requestHash: Uint8Array;
  readonly subscriberId: string;
  /** SHA-256 of the canonical four items. */
  readonly itemsDigest: Uint8Array;
  readonly registerVersion: number;
  readonly keyHash: Uint8Array;
  readonly uniqueName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** An intent of the authority for itself or for a machine. */
export interface OperationalIntent {
  readonly fields: SigningIntent;
  readonly serial: SerialNumber;
  readonly mac: Uint8Array;
  /** The ticket that it redeems. */
  readonly ticketId: string | undefined;
}

/** What stopped an intent: the database's own word, whatever was read before. */
export type IntentConflict =
  | "subscriberAlreadyHasCertificate"
  | "publicKeySeenBefore"
  | "registerChangedSince"
  | "caseMoved";

/** A living intent with the lease and fence under which it is ours. */
export type RecordingOutcome = { readonly kind: "recorded"; readonly intent: RecordedIntent };

/** The authority's ledger. Every act commits together with its audit event, or not at all; each may throw {@link LedgerUnavailable}. */
export interface Ledger {
  /** Records a refusal, a read of personal data, a start or a stop. */
  recordEvent(acting: Acting, event: AuditEvent): Promise<void>;
  /** By which records of any process the clock is judged. */
  newestRecord(): Promise<ClockRecords>;

  card(authority: string, cardNumber: string, at: Date): Promise<CardRecord | undefined>;
  openCase(
    acting: Acting,
    opening: CaseOpening,
    event: AuditEvent,
  ): Promise<"opened" | "cardBusy" | "caseExists" | "caseBusy">;
  readAttempt(key: AttemptKey): Promise<CaseRecord | undefined>;
  /** Whether any attempt of this case ended for this reason. */
  endedFor(key: AttemptKey, reason: string): Promise<boolean>;
  openCardSession(acting: Acting, key: AttemptKey, session: CardSession, event: AuditEvent): Promise<void>;
  readCardSession(key: AttemptKey, hostChallenge: Uint8Array): Promise<CardSessionRecord | undefined>;
  /** Moves a session's counter; `false` when another call moved it first. */
  advanceCardSession(acting: Acting, key: AttemptKey, step: CardSessionStep, event: AuditEvent): Promise<boolean>;

  holding(authority: string, subscriberId: string, at: Date): Promise<HeldCertificate | undefined>;
  readForIssuance(question: IssuanceQuestion): Promise<IssuanceReading>;
  /** Stores a refusal as this attempt's final answer; `false` when the attempt has moved meanwhile. */
  refuseRequest(acting: Acting, key: AttemptKey, refusal: StoredRefusal, event: AuditEvent): Promise<boolean>;
  /** Puts the same four items under another subscriber id on the work list. */
  listSameItems(acting: Acting, question: IssuanceQuestion, event: AuditEvent): Promise<void>;
  recordIntent(
    acting: Acting,
    intent: IssuanceIntent,
    event: AuditEvent,
  ): Promise<RecordingOutcome | { readonly kind: IntentConflict }>;
  /** The recorded intent behind a serial, with a lease and a new fence, if no living owner has it. */
  takeIntent(authority: string, serial: SerialNumber): Promise<UnfinishedIssuance | undefined>;
  /** Intents of an authority's certificates whose lease ran out, each with a lease and a new fence for us. */
  takeExpiredIntents(authority: string, limit: number): Promise<readonly UnfinishedIssuance[]>;
  /** Gives the lease back so that the next retry need not wait for it to run out. */
  releaseIntent(intent: RecordedIntent): Promise<void>;
  /** Records the certificate and its publication, if the fence still stands. */
  recordCertificate(
    acting: Acting,
    intent: RecordedIntent,
    certificate: Der<"Certificate">,
    event: AuditEvent,
  ): Promise<"recorded" | "late">;
  /** Puts aside a signature whose fence is no longer the newest. */
  recordLateSignature(acting: Acting, intent: RecordedIntent, signature: Uint8Array, event: AuditEvent): Promise<void>;
  /** Ends an intent that the signer will never sign, and its attempt with this refusal. */
  discardIntent(acting: Acting, intent: RecordedIntent, refusal: string, event: AuditEvent): Promise<boolean>;
  readCertificate(authority: string, serial: SerialNumber): Promise<StoredCertificate | undefined>;
  confirmDelivery(acting: Acting, key: AttemptKey, serial: SerialNumber, event: AuditEvent): Promise<boolean>;
  /** Gives an attempt up, if it is still in the state it was read in. */
  endAttempt(
    acting: Acting,
    key: AttemptKey,
    from: IssuanceCaseState,
    reason: string,
    event: AuditEvent,
  ): Promise<boolean>;
}

/** The part of the ledger that knows machines. */
export interface EquipmentLedger {
  ticket(ticketId: string): Promise<TicketRecord | undefined>;
  /** Counts a wrong try, five at most. */
  countWrongTry(acting: Acting, ticketId: string, event: AuditEvent): Promise<void>;
  /** The certificate that a ticket was redeemed for. */
  redeemed(ticketId: string): Promise<Der<"Certificate"> | undefined>;
  recordOperationalIntent(acting: Acting, intent: OperationalIntent, event: AuditEvent): Promise<RecordedIntent>;
  /** Records a machine's certificate, if the fence still stands and its ticket was not redeemed meanwhile. */
  recordEquipment(
    acting: Acting,
    intent: RecordedIntent,
    equipment: EquipmentCertificate,
    event: AuditEvent,
  ): Promise<"recorded" | "late" | "ticketRedeemed">;
  /** Machines' intents whose lease ran out, each with a lease and a new fence for us. */
  takeExpiredEquipment(authority: string, limit: number): Promise<readonly UnfinishedIssuance[]>;
}

/** Records by which the clock is judged. */
export interface ClockRecords {
  /** The newest that was made while the clock was believed. */
  readonly newest: Date | undefined;
  /** When two people last confirmed the clock. */
  readonly confirmed: Date | undefined;
}

/** An enrolment ticket as the ledger keeps it. */
export interface TicketRecord {
  readonly ticket: EnrolmentTicket;
  /** By the signer's operator socket. */
  readonly mac: Uint8Array;
  readonly wrongTries: number;
}

/** What is looked up before an issuance. */
export interface IssuanceQuestion {
  readonly attempt: AttemptKey;
  readonly subscriberId: string;
  readonly keyHash: Uint8Array;
  readonly itemsDigest: Uint8Array;
  readonly at: Date;
}

/** A refusal that stands: which request got it, and its JSON text. */
export interface StoredRefusal {
  readonly requestHash: Uint8Array;
  readonly refusal: string;
}

/** A card in a municipality's stock. */
export interface CardRecord {
  readonly cardNumber: string;
  readonly municipality: string;
  /** `issued` while a certificate that was delivered on it is valid. */
  readonly state: "inStock" | "inCase" | "issued" | "withdrawn";
}

/** An attempt's beginning: the challenge is ours and covers every proof that follows. */
export interface CaseOpening {
  readonly key: AttemptKey;
  readonly cardNumber: string;
  readonly challenge: Uint8Array;
}

/** A card session as the ledger keeps it. */
export interface CardSessionRecord {
  readonly cardChallenge: Uint8Array;
  /** Of the last authorised command, 0 when there was none. */
  readonly counter: number;
  /** SHA-256 of the last authorised operation, so that asking again after a lost answer is harmless. */
  readonly lastCommand: Uint8Array | undefined;
}

/** One authorised operation's mark on its session. */
export interface CardSessionStep {
  readonly hostChallenge: Uint8Array;
  readonly fromCounter: number;
  readonly toCounter: number;
  readonly command: Uint8Array;
}

/** A recorded intent that nobody finished, with what finishing it needs. */
export interface UnfinishedIssuance {
  readonly intent: RecordedIntent;
  readonly tbs: Der<"TBSCertificate">;
  readonly generation: number;
}

/** A certificate with its bytes. */
export interface StoredCertificate extends HeldCertificate {
  readonly certificate: Der<"Certificate">;
  readonly generation: number;
}
