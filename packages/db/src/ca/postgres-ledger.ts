/** The authority's ledger in PostgreSQL. */
import type { AuditEvent, AuditHead } from "@mitome/audit";
import {
  type Acting,
  type AttemptKey,
  type CardRecord,
  type CardSession,
  type CardSessionRecord,
  type CardSessionStep,
  type CaseOpening,
  type CaseRecord,
  type ClockRecords,
  type HeldCertificate,
  type IntentConflict,
  type IssuanceCaseState,
  type IssuanceIntent,
  type IssuanceQuestion,
  type IssuanceReading,
  type Ledger,
  RecordedIntent,
  type RecordingOutcome,
  type StoredCertificate,
  type StoredRefusal,
  type UnfinishedIssuance,
} from "@mitome/ca";
import type { Der, SerialNumber } from "@mitome/x509";
import type pg from "pg";
import { batched } from "../batched.ts";
import { openPool, plannedOnce } from "../connection.ts";
import { type ProcessRun, recordEventStatement } from "./audit-lane.ts";
import { AuditLanes, mostTogether } from "./audit-lanes.ts";
import * as issuance from "./issuance-acts.ts";
import { columnsOf } from "./joint-act.ts";
import { LedgerConflict } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";
import * as queries from "./queries.ts";
import * as rows from "./rows.ts";
import * as statements from "./statements.ts";

/** How long an intent belongs to the run that is having it signed, in seconds; a signature takes milliseconds. */
export const leaseSeconds = 5;

/** How a process reaches the ledger. */
export interface LedgerAddress {
  /** URL of `ca_app`. */
  readonly url: string;
  /** Acts at once; each has a connection and an audit stream of its own. */
  readonly lanes: number;
  /** Connections for reading. */
  readonly readers: number;
}

/** The ledger of one process run. */
export class PostgresLedger implements Ledger {
  /** For the ledger's other parts in this package. */
  readonly lanes: AuditLanes;
  /** For the ledger's other parts in this package. */
  readonly reader: pg.Pool;
  /** Whose run this is. */
  readonly run: ProcessRun;
  readonly #readForIssuance: (question: IssuanceQuestion) => Promise<IssuanceReading | undefined>;

  constructor(address: LedgerAddress, run: ProcessRun) {
    this.lanes = new AuditLanes(address.url, run, address.lanes);
    this.reader = openPool(address.url, address.readers, plannedOnce);
    this.run = run;
    this.#readForIssuance = batched((questions) => this.#readAll(questions), {
      atOnce: address.readers,
      most: mostTogether,
    });
  }

  /** Connects, and writes the process's start into every stream. */
  async open(): Promise<void> {
    await this.lanes.open();
  }

  /** Heads of this run's streams, to be signed together. */
  heads(): readonly AuditHead[] {
    return this.lanes.heads();
  }

  async close(): Promise<void> {
    await Promise.all([this.lanes.close(), this.reader.end()]);
  }

  async recordEvent(acting: Acting, event: AuditEvent): Promise<void> {
    await this.lanes.act(acting, event, recordEventStatement, []);
  }

  async newestRecord(): Promise<ClockRecords> {
    const [row] = await this.#read<{ at: Date | null; confirmed: Date | null }>(queries.newestRecord, []);
    return { newest: row?.at ?? undefined, confirmed: row?.confirmed ?? undefined };
  }

  async card(authority: string, cardNumber: string, at: Date): Promise<CardRecord | undefined> {
    const [row] = await this.#read<rows.CardRow>(queries.card, [authority, cardNumber, at]);
    return row === undefined ? undefined : { cardNumber, municipality: row.municipality, state: row.state };
  }

  async openCase(acting: Acting, { key, cardNumber, challenge }: CaseOpening, event: AuditEvent) {
    const conflicts = {
      issuance_case_pkey: "caseExists",
      one_living_attempt_a_card: "cardBusy",
      one_living_attempt_a_case: "caseBusy",
    } as const;
    const done = this.#act(acting, event, statements.openCase, [...keyOf(key), cardNumber, challenge]);
    return await unlessConflict(done, "opened" as const, conflicts);
  }

  async readAttempt(key: AttemptKey): Promise<CaseRecord | undefined> {
    const [row] = await this.#read<rows.CaseRow>(queries.attempt, keyOf(key));
    return row === undefined ? undefined : rows.caseOf(key, row);
  }

  async endedFor(key: AttemptKey, reason: string): Promise<boolean> {
    const found = await this.#read(queries.endedFor, [key.authority, key.municipality, key.caseId, reason]);
    return found.length > 0;
  }

  async openCardSession(acting: Acting, key: AttemptKey, session: CardSession, event: AuditEvent): Promise<void> {
    const values = [...keyOf(key), session.hostChallenge, session.cardChallenge];
    await this.#act(acting, event, statements.openCardSession, values);
  }

  async readCardSession(key: AttemptKey, hostChallenge: Uint8Array): Promise<CardSessionRecord | undefined> {
    const [row] = await this.#read<rows.CardSessionRow>(queries.cardSession, [...keyOf(key), hostChallenge]);
    if (row === undefined) return undefined;
    return { cardChallenge: row.card_challenge, counter: row.counter, lastCommand: row.last_command ?? undefined };
  }

  async advanceCardSession(acting: Acting, key: AttemptKey, step: CardSessionStep, event: AuditEvent) {
    const values = [...keyOf(key), step.hostChallenge, step.fromCounter, step.toCounter, step.command];
    return await this.#act(acting, event, statements.advanceCardSession, values);
  }

  async holding(authority: string, subscriberId: string, at: Date): Promise<HeldCertificate | undefined> {
    const [row] = await this.#read<rows.HeldRow>(queries.holding, [authority, subscriberId, at]);
    return row === undefined ? undefined : rows.heldOf(row);
  }

  async readForIssuance(question: IssuanceQuestion): Promise<IssuanceReading> {
    const reading = await this.#readForIssuance(question);
    if (reading === undefined) throw new Error("a question without an answer");
    return reading;
  }

  async #readAll(questions: readonly IssuanceQuestion[]): Promise<ReadonlyMap<IssuanceQuestion, IssuanceReading>> {
    const asked = questions.map(({ attempt, subscriberId, keyHash, itemsDigest, at }) => {
      return [...keyOf(attempt), subscriberId, keyHash, itemsDigest, at];
    });
    const readings = new Map<IssuanceQuestion, IssuanceReading>();
    for (const row of await this.#read<rows.IssuanceRow>(queries.forIssuance, columnsOf(asked))) {
      const question = questions[row.number - 1];
      if (question !== undefined) readings.set(question, rows.readingOf(question.attempt, row));
    }
    return readings;
  }

  async refuseRequest(acting: Acting, key: AttemptKey, stored: StoredRefusal, event: AuditEvent): Promise<boolean> {
    const values = [...keyOf(key), stored.requestHash, stored.refusal];
    return await this.#act(acting, event, statements.refuseRequest, values);
  }

  async listSameItems(acting: Acting, question: IssuanceQuestion, event: AuditEvent): Promise<void> {
    const values = [...keyOf(question.attempt), question.subscriberId, question.itemsDigest];
    await this.#act(acting, event, statements.listSameItems, values);
  }

  async recordIntent(
    acting: Acting,
    intent: IssuanceIntent,
    event: AuditEvent,
  ): Promise<RecordingOutcome | { readonly kind: IntentConflict }> {
    const { fields, serial } = intent;
    const values = [
      ...[...keyOf(intent.attempt), intent.requestHash, serial, intent.subscriberId, intent.itemsDigest],
      ...[intent.registerVersion, intent.keyHash, fields.id, fields.generation, fields.tbs, fields.request],
      ...[fields.requestSignature, fields.requesterCertificate, intent.mac, this.run.id, leaseSeconds],
      ...[intent.uniqueName, intent.notBefore, intent.notAfter],
    ];
    const conflicts = {
      one_valid_certificate_a_resident: "subscriberAlreadyHasCertificate",
      publicKeySeenBefore: "publicKeySeenBefore",
      registerChangedSince: "registerChangedSince",
      caseMoved: "caseMoved",
    } as const;
    const done = this.lanes.actJointly(acting, event, issuance.recordIntent, values);
    const outcome = await unlessConflict(done, "recorded" as const, conflicts);
    if (outcome !== "recorded") return { kind: outcome };
    return { kind: outcome, intent: RecordedIntent.readFromLedger(fields.id, 1, serial) };
  }

  async takeIntent(authority: string, serial: SerialNumber): Promise<UnfinishedIssuance | undefined> {
    const values = [this.run.id, leaseSeconds, authority, serial];
    const [row] = await this.#read<rows.IntentRow>(queries.takeIntent, values);
    return row === undefined ? undefined : rows.unfinishedOf(row);
  }

  async takeExpiredIntents(authority: string, limit: number): Promise<readonly UnfinishedIssuance[]> {
    const values = [this.run.id, leaseSeconds, authority, limit];
    return (await this.#read<rows.IntentRow>(queries.takeExpiredIntents, values)).map(rows.unfinishedOf);
  }

  async releaseIntent(intent: RecordedIntent): Promise<void> {
    await this.#read(queries.releaseIntent, [intent.id, intent.fence]);
  }

  async recordCertificate(
    acting: Acting,
    intent: RecordedIntent,
    certificate: Der<"Certificate">,
    event: AuditEvent,
  ): Promise<"recorded" | "late"> {
    const values = [intent.id, intent.fence, certificate];
    const done = await this.lanes.actJointly(acting, event, issuance.recordCertificate, values);
    return done ? "recorded" : "late";
  }

  async recordLateSignature(
    acting: Acting,
    intent: RecordedIntent,
    signature: Uint8Array,
    event: AuditEvent,
  ): Promise<void> {
    await this.#act(acting, event, statements.recordLateSignature, [intent.id, intent.fence, signature]);
  }

  async discardIntent(acting: Acting, intent: RecordedIntent, refusal: string, event: AuditEvent): Promise<boolean> {
    return await this.#act(acting, event, statements.discardIntent, [intent.id, intent.fence, refusal]);
  }

  async readCertificate(authority: string, serial: SerialNumber): Promise<StoredCertificate | undefined> {
    const [row] = await this.#read<rows.CertificateRow>(queries.certificate, [authority, serial]);
    return row === undefined ? undefined : rows.certificateOf(row);
  }

  async confirmDelivery(acting: Acting, key: AttemptKey, serial: SerialNumber, event: AuditEvent): Promise<boolean> {
    return await this.#act(acting, event, statements.confirmDelivery, [...keyOf(key), serial]);
  }

  async endAttempt(acting: Acting, key: AttemptKey, from: IssuanceCaseState, reason: string, event: AuditEvent) {
    return await this.#act(acting, event, statements.endAttempt, [...keyOf(key), from, reason]);
  }

  async #act(acting: Acting, event: AuditEvent, statement: string, values: readonly unknown[]): Promise<boolean> {
    return await this.lanes.act(acting, event, statement, values);
  }

  async #read<Row>(query: string, values: readonly unknown[]): Promise<Row[]> {
    return await readRows<Row>(this.reader, query, values);
  }
}

function keyOf(key: AttemptKey): readonly unknown[] {
  return [key.authority, key.municipality, key.caseId, key.attempt];
}

/** What an act comes to, where a conflict of this name is an answer and any other is our fault. */
async function unlessConflict<Done extends string, Conflict extends string>(
  act: Promise<boolean>,
  done: Done,
  conflicts: Readonly<Record<string, Conflict>>,
): Promise<Done | Conflict> {
  try {
    await act;
    return done;
  } catch (error) {
    const answer = error instanceof LedgerConflict ? conflicts[error.constraint] : undefined;
    if (answer === undefined) throw error;
    return answer;
  }
}
