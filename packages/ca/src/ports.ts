/**
 * What a certification authority needs from the world: a ledger, signing keys that never leave an HSM, card keys,
 * a clock and randomness. The core knows no database, socket or library behind them.
 */
import type { AuditEntry, AuditHead } from "@mitome/audit";
import type { Der, SerialNumber } from "@mitome/x509";
import type { SigningIntent } from "./intent.ts";
import type { CaseKey, CaseRecord, IssuanceCaseState } from "./issuance-case.ts";
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
  readonly origin: AuditEntry["origin"];
  /** Called once with the head of the audit stream after each act has been committed. */
  readonly witness?: (head: AuditHead) => void;
}

/** Raised when the signing key or its HSM cannot be reached for now. Safe to retry; never stored as an answer. */
export class SigningUnavailable extends Error {
  override readonly name = "SigningUnavailable";
}

/** Raised when the ledger cannot be reached for now, or whether an act was committed is not known. Safe to retry. */
export class LedgerUnavailable extends Error {
  override readonly name = "LedgerUnavailable";
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
  /** The key's activation, as the ledger's newest epoch and the signer's log-in say. */
  status(): Promise<{ readonly activated: boolean }>;
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

/** What the ledger knows before an issuance is decided. */
export interface IssuanceReading {
  /** A valid, or not yet resolved, certificate of this resident (4-2-3). */
  readonly held: HeldCertificate | undefined;
  /** The key stands in a certificate of anyone, or is reserved by an intent of another case. */
  readonly keySeen: boolean;
  /** The same four items belong to another subscriber id. */
  readonly itemsElsewhere: boolean;
  /** The latest register version known for this resident, 0 when none. */
  readonly registerVersion: number;
}

/** Everything that stands in the ledger once an issuance is decided and before anything is signed. */
export interface IssuanceIntent {
  readonly fields: SigningIntent;
  readonly mac: Uint8Array;
  readonly case: CaseKey;
  readonly requestHash: Uint8Array;
  readonly subscriberId: string;
  readonly itemsDigest: Uint8Array;
  readonly registerVersion: number;
  readonly keyHash: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What stops an intent from being recorded: the database's own word, not a reading before it. */
export type IntentRefusal = "subscriberAlreadyHasCertificate" | "publicKeySeenBefore" | "caseMoved";

/** The authority's ledger. Every act commits together with its audit event, or not at all. */
export interface Ledger {
  /** Records a refusal, a read of personal data, a start or a stop. */
  recordEvent(acting: Acting, event: AuditEntry["event"]): Promise<void>;

  card(authority: string, cardNumber: string): Promise<CardRecord | undefined>;
  openCase(acting: Acting, opening: CaseOpening): Promise<{ kind: "opened" } | { kind: "cardBusy" | "caseExists" }>;
  readCase(key: CaseKey): Promise<CaseRecord | undefined>;
  openCardSession(acting: Acting, key: CaseKey, session: CardSession): Promise<void>;
  readCardSession(key: CaseKey, hostChallenge: Uint8Array): Promise<CardSessionRecord | undefined>;
  /** Moves a session's counter; `false` when another call moved it first. */
  advanceCardSession(acting: Acting, key: CaseKey, step: CardSessionStep): Promise<boolean>;

  holding(acting: Acting, authority: string, subscriberId: string, at: Date): Promise<HeldCertificate | undefined>;
  readForIssuance(question: {
    readonly authority: string;
    readonly subscriberId: string;
    readonly keyHash: Uint8Array;
    readonly itemsDigest: Uint8Array;
    readonly at: Date;
  }): Promise<IssuanceReading>;
  /** Stores a refusal as this attempt's final answer; `false` when the case has moved meanwhile. */
  refuseRequest(
    acting: Acting,
    key: CaseKey,
    requestHash: Uint8Array,
    refusal: string,
    event: AuditEntry["event"],
  ): Promise<boolean>;
  /** Puts the same four items under another subscriber id on the work list of 上級操作員. */
  recordIntent(
    acting: Acting,
    intent: IssuanceIntent,
  ): Promise<{ kind: "recorded"; intent: RecordedIntent } | { kind: IntentRefusal }>;
  /** The recorded intent behind a serial, with a lease and a new fence, if no living owner has it. */
  takeIntent(serial: SerialNumber): Promise<UnfinishedIssuance | undefined>;
  /** Every intent whose lease ran out, each with a lease and a new fence for us. */
  takeExpiredIntents(limit: number): Promise<readonly UnfinishedIssuance[]>;
  /** Gives the lease back so that the next retry need not wait for it to expire. */
  releaseIntent(intent: RecordedIntent): Promise<void>;
  /** Records the certificate, its audit event and its publication, if the fence still stands; else the late signature. */
  recordCertificate(
    acting: Acting,
    intent: RecordedIntent,
    signed: { readonly certificate: Der<"Certificate">; readonly signature: Uint8Array },
  ): Promise<"recorded" | "discarded">;
  /** Ends an intent that the signer will never sign. */
  discardIntent(acting: Acting, intent: RecordedIntent, reason: string): Promise<boolean>;
  readCertificate(authority: string, serial: SerialNumber): Promise<StoredCertificate | undefined>;
  confirmDelivery(acting: Acting, key: CaseKey, serial: SerialNumber): Promise<boolean>;
  endAttempt(acting: Acting, key: CaseKey, reason: string, from: IssuanceCaseState): Promise<boolean>;
}

/** A card in a municipality's stock. */
export interface CardRecord {
  readonly cardNumber: string;
  readonly municipality: string;
  readonly state: "inStock" | "inCase" | "issued" | "withdrawn";
}

/** A case's beginning: the challenge is ours and covers every proof that follows. */
export interface CaseOpening {
  readonly key: CaseKey;
  readonly cardNumber: string;
  readonly challenge: Uint8Array;
}

/** A card session as the ledger keeps it. */
export interface CardSessionRecord extends CardSession {
  readonly counter: number;
  /** SHA-256 of the last authorised command, so that asking again after a lost answer is harmless. */
  readonly lastCommand: Uint8Array | undefined;
}

/** One authorised command's mark on its session. */
export interface CardSessionStep {
  readonly hostChallenge: Uint8Array;
  readonly fromCounter: number;
  readonly toCounter: number;
  readonly command: Uint8Array;
  readonly name: string;
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
