/**
 * The ledger in memory, under the same contract as PostgreSQL's. It can fail at any call, before its effect or after
 * it with the answer lost.
 */
import { type AuditEvent, type AuditRecord, emptyHead, nextRecord } from "@mitome/audit";
import {
  type Acting,
  type AttemptKey,
  type CardRecord,
  type CardSession,
  type CardSessionRecord,
  type CardSessionStep,
  type CaseOpening,
  type CaseRecord,
  type Clock,
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
  type SigningIntent,
  type StoredCertificate,
  type StoredRefusal,
  type UnfinishedIssuance,
} from "@mitome/ca";
import { brandDer, type Der, type SerialNumber } from "@mitome/x509";

interface Attempt {
  record: CaseRecord;
  endReason: string | undefined;
}

interface Intent {
  readonly fields: SigningIntent;
  readonly serial: SerialNumber;
  readonly mac: Uint8Array;
  readonly attempt: AttemptKey;
  state: "recorded" | "signed" | "discarded";
  fence: number;
  leaseUntil: number;
}

interface Certificate extends HeldCertificate {
  readonly subscriberId: string;
  readonly generation: number;
  readonly uniqueName: string;
  state: "pending" | "valid" | "revoked" | "discarded";
  certificate: Der<"Certificate"> | undefined;
}

const living = new Set<IssuanceCaseState>(["open", "requested", "issued"]);
const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;
const name = (key: AttemptKey) => `${key.authority}/${key.municipality}/${key.caseId}/${key.attempt}`;
const ofCase = (one: AttemptKey, other: AttemptKey) =>
  one.authority === other.authority && one.municipality === other.municipality && one.caseId === other.caseId;

/** A ledger that lives as long as its test. */
export class MemoryLedger implements Ledger {
  readonly events: AuditRecord[] = [];
  readonly certificates = new Map<string, Certificate>();
  readonly intents = new Map<string, Intent>();
  readonly lateSignatures: Uint8Array[] = [];
  readonly sameItems: IssuanceQuestion[] = [];
  readonly #clock: Clock;
  readonly #cards = new Map<string, { municipality: string; withdrawn: boolean }>();
  readonly #attempts = new Map<string, Attempt>();
  readonly #sessions = new Map<string, CardSessionRecord>();
  readonly #subscribers = new Map<string, { itemsDigest: Uint8Array; registerVersion: number }>();
  readonly #keys = new Map<string, string>();
  #head = emptyHead("memory");

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#audit(
      { origin: { system: "ca", operator: null } },
      { kind: "process.started", result: "done", detail: { program: "ca" } },
    );
  }

  receiveCard(cardNumber: string, municipality: string): void {
    this.#cards.set(cardNumber, { municipality, withdrawn: false });
  }

  /** A recorded row as a signer reads it. */
  async readRow(id: string) {
    const intent = this.intents.get(id);
    return intent && { intent: intent.fields, mac: intent.mac, fence: intent.fence };
  }

  async recordEvent(acting: Acting, event: AuditEvent): Promise<void> {
    this.#audit(acting, event);
  }

  async newestRecord(): Promise<ClockRecords> {
    const newest = this.events.findLast(({ kind }) => kind === "audit.headsSigned" || kind === "clock.confirmed");
    return { newest: newest?.at, confirmed: this.events.findLast(({ kind }) => kind === "clock.confirmed")?.at };
  }

  async card(authority: string, cardNumber: string, at: Date): Promise<CardRecord | undefined> {
    const card = this.#cards.get(cardNumber);
    if (card === undefined) return undefined;
    const attempts = this.#all(({ record }) => record.cardNumber === cardNumber).map(({ record }) => record);
    const inUse = attempts.some(({ state }) => living.has(state)) ? "inCase" : undefined;
    const carried = attempts
      .filter(({ state }) => state === "delivered")
      .some(({ serial }) => {
        const certificate = this.certificates.get(`${authority}/${serial}`);
        return certificate !== undefined && isLiving(certificate) && certificate.notAfter >= at;
      });
    const state = inUse ?? (carried ? "issued" : "inStock");
    return { cardNumber, municipality: card.municipality, state: card.withdrawn ? "withdrawn" : state };
  }

  async openCase(acting: Acting, { key, cardNumber, challenge }: CaseOpening, event: AuditEvent) {
    if (this.#attempts.has(name(key))) return "caseExists";
    if (this.#living((record) => record.cardNumber === cardNumber)) return "cardBusy";
    if (this.#living((record) => ofCase(record.key, key))) return "caseBusy";
    const none = { requestHash: undefined, serial: undefined, refusal: undefined };
    this.#attempts.set(name(key), {
      record: { key, state: "open", cardNumber, challenge, ...none },
      endReason: undefined,
    });
    this.#audit(acting, event);
    return "opened";
  }

  async readAttempt(key: AttemptKey): Promise<CaseRecord | undefined> {
    return this.#attempts.get(name(key))?.record;
  }

  async endedFor(key: AttemptKey, reason: string): Promise<boolean> {
    return this.#all(({ record, endReason }) => ofCase(record.key, key) && endReason === reason).length > 0;
  }

  async openCardSession(acting: Acting, key: AttemptKey, session: CardSession, event: AuditEvent): Promise<void> {
    const record = { cardChallenge: session.cardChallenge, counter: 0, lastCommand: undefined };
    this.#sessions.set(sessionName(key, session.hostChallenge), record);
    this.#audit(acting, event);
  }

  async readCardSession(key: AttemptKey, hostChallenge: Uint8Array): Promise<CardSessionRecord | undefined> {
    return this.#sessions.get(sessionName(key, hostChallenge));
  }

  async advanceCardSession(acting: Acting, key: AttemptKey, step: CardSessionStep, event: AuditEvent) {
    const session = this.#sessions.get(sessionName(key, step.hostChallenge));
    if (session?.counter !== step.fromCounter) return false;
    const { cardChallenge } = session;
    const next = { cardChallenge, counter: step.toCounter, lastCommand: step.command };
    this.#sessions.set(sessionName(key, step.hostChallenge), next);
    this.#audit(acting, event);
    return true;
  }

  async holding(authority: string, subscriberId: string, at: Date): Promise<HeldCertificate | undefined> {
    return this.#held(authority, subscriberId, at);
  }

  #held(authority: string, subscriberId: string, at: Date): HeldCertificate | undefined {
    return [...this.certificates.entries()]
      .filter(([key]) => key.startsWith(`${authority}/`))
      .map(([, certificate]) => certificate)
      .find((held) => held.subscriberId === subscriberId && isLiving(held) && held.notAfter >= at);
  }

  async readForIssuance(question: IssuanceQuestion): Promise<IssuanceReading> {
    const { attempt, subscriberId, keyHash, itemsDigest, at } = question;
    const subscriber = this.#subscribers.get(`${attempt.authority}/${subscriberId}`);
    const others = [...this.#subscribers.entries()].filter(([key]) => key !== `${attempt.authority}/${subscriberId}`);
    return {
      attempt: await this.readAttempt(attempt),
      held: this.#held(attempt.authority, subscriberId, at),
      keySeen: this.#keyTaken(keyHash, attempt),
      itemsElsewhere: others.some(([, other]) => same(other.itemsDigest, itemsDigest)),
      registerVersion: subscriber?.registerVersion ?? 0,
    };
  }

  async refuseRequest(acting: Acting, key: AttemptKey, stored: StoredRefusal, event: AuditEvent): Promise<boolean> {
    return this.#move(acting, key, "open", { state: "refused", ...stored }, event);
  }

  async listSameItems(acting: Acting, question: IssuanceQuestion, event: AuditEvent): Promise<void> {
    this.sameItems.push(question);
    this.#audit(acting, event);
  }

  async recordIntent(
    acting: Acting,
    intent: IssuanceIntent,
    event: AuditEvent,
  ): Promise<RecordingOutcome | { readonly kind: IntentConflict }> {
    const { fields, serial, mac, attempt, subscriberId, itemsDigest, registerVersion, keyHash, requestHash } = intent;
    const conflict = this.#conflictOf(intent);
    if (conflict !== undefined) return { kind: conflict };
    this.#move(acting, attempt, "open", { state: "requested", requestHash, serial }, event);
    this.#subscribers.set(`${attempt.authority}/${subscriberId}`, { itemsDigest, registerVersion });
    this.#keys.set(Buffer.from(keyHash).toString("hex"), fields.id);
    const leaseUntil = this.#clock.now().getTime() + 5_000;
    this.intents.set(fields.id, { fields, serial, mac, attempt, state: "recorded", fence: 1, leaseUntil });
    const { notBefore, notAfter, uniqueName } = intent;
    this.certificates.set(`${attempt.authority}/${serial}`, {
      ...{ serial, notBefore, notAfter, subscriberId, uniqueName, municipality: attempt.municipality },
      ...{ generation: fields.generation, state: "pending", certificate: undefined },
    });
    return { kind: "recorded", intent: RecordedIntent.readFromLedger(fields.id, 1, serial) };
  }

  async takeIntent(authority: string, serial: SerialNumber): Promise<UnfinishedIssuance | undefined> {
    return this.#take((intent) => intent.fields.authority === authority && intent.serial === serial)[0];
  }

  async takeExpiredIntents(authority: string, limit: number): Promise<readonly UnfinishedIssuance[]> {
    return this.#take((intent) => intent.fields.authority === authority, limit);
  }

  async releaseIntent({ id, fence }: RecordedIntent): Promise<void> {
    const intent = this.intents.get(id);
    if (intent?.state === "recorded" && intent.fence === fence) intent.leaseUntil = this.#clock.now().getTime();
  }

  async recordCertificate(
    acting: Acting,
    recorded: RecordedIntent,
    certificate: Der<"Certificate">,
    event: AuditEvent,
  ): Promise<"recorded" | "late"> {
    const intent = this.#owned(recorded);
    if (intent === undefined) return "late";
    intent.state = "signed";
    const entry = this.certificates.get(`${intent.fields.authority}/${intent.serial}`);
    if (entry !== undefined) Object.assign(entry, { state: "valid", certificate });
    this.#move(acting, intent.attempt, "requested", { state: "issued" }, event);
    return "recorded";
  }

  async recordLateSignature(acting: Acting, _intent: RecordedIntent, signature: Uint8Array, event: AuditEvent) {
    this.lateSignatures.push(signature);
    this.#audit(acting, event);
  }

  async discardIntent(acting: Acting, recorded: RecordedIntent, refusal: string, event: AuditEvent): Promise<boolean> {
    const intent = this.#owned(recorded);
    if (intent === undefined) return false;
    intent.state = "discarded";
    const entry = this.certificates.get(`${intent.fields.authority}/${intent.serial}`);
    if (entry !== undefined) entry.state = "discarded";
    return this.#move(acting, intent.attempt, "requested", { state: "refused", refusal }, event);
  }

  async readCertificate(authority: string, serial: SerialNumber): Promise<StoredCertificate | undefined> {
    const entry = this.certificates.get(`${authority}/${serial}`);
    if (entry?.certificate === undefined) return undefined;
    return { ...entry, certificate: brandDer<"Certificate">(entry.certificate) };
  }

  async confirmDelivery(acting: Acting, key: AttemptKey, serial: SerialNumber, event: AuditEvent): Promise<boolean> {
    if (this.#attempts.get(name(key))?.record.serial !== serial) return false;
    return this.#move(acting, key, "issued", { state: "delivered" }, event);
  }

  async endAttempt(acting: Acting, key: AttemptKey, from: IssuanceCaseState, reason: string, event: AuditEvent) {
    const attempt = this.#attempts.get(name(key));
    if (attempt === undefined || !this.#move(acting, key, from, { state: "ended" }, event)) return false;
    attempt.endReason = reason;
    for (const intent of this.intents.values()) {
      if (intent.state !== "recorded" || intent.serial !== attempt.record.serial) continue;
      intent.state = "discarded";
      intent.fence += 1;
    }
    const entry = this.certificates.get(`${key.authority}/${attempt.record.serial}`);
    if (entry !== undefined) entry.state = entry.state === "pending" ? "discarded" : "revoked";
    return true;
  }

  #conflictOf(intent: IssuanceIntent): IntentConflict | undefined {
    const { attempt, subscriberId, keyHash, registerVersion, notBefore } = intent;
    if (this.#attempts.get(name(attempt))?.record.state !== "open") return "caseMoved";
    const known = this.#subscribers.get(`${attempt.authority}/${subscriberId}`);
    if (known !== undefined && known.registerVersion > registerVersion) return "registerChangedSince";
    if (this.#keyTaken(keyHash, attempt)) return "publicKeySeenBefore";
    const held = this.#held(attempt.authority, subscriberId, notBefore);
    return held === undefined ? undefined : "subscriberAlreadyHasCertificate";
  }

  #keyTaken(keyHash: Uint8Array, attempt: AttemptKey): boolean {
    const intent = this.intents.get(this.#keys.get(Buffer.from(keyHash).toString("hex")) ?? "");
    return intent !== undefined && !(intent.state === "discarded" && ofCase(intent.attempt, attempt));
  }

  #owned({ id, fence }: RecordedIntent): Intent | undefined {
    const intent = this.intents.get(id);
    return intent?.state === "recorded" && intent.fence === fence ? intent : undefined;
  }

  #take(wanted: (intent: Intent) => boolean, limit = 1): UnfinishedIssuance[] {
    const now = this.#clock.now().getTime();
    const free = [...this.intents.values()].filter(
      (intent) => intent.state === "recorded" && intent.leaseUntil <= now && wanted(intent),
    );
    return free.slice(0, limit).map((intent) => {
      intent.fence += 1;
      intent.leaseUntil = now + 5_000;
      const { fields, serial, fence } = intent;
      return {
        intent: RecordedIntent.readFromLedger(fields.id, fence, serial),
        tbs: brandDer<"TBSCertificate">(fields.tbs),
        generation: fields.generation,
      };
    });
  }

  #all(wanted: (attempt: Attempt) => boolean): Attempt[] {
    return [...this.#attempts.values()].filter(wanted);
  }

  #living(wanted: (record: CaseRecord) => boolean): boolean {
    return this.#all(({ record }) => living.has(record.state) && wanted(record)).length > 0;
  }

  #move(acting: Acting, key: AttemptKey, from: IssuanceCaseState, to: Partial<CaseRecord>, event: AuditEvent): boolean {
    const attempt = this.#attempts.get(name(key));
    if (attempt?.record.state !== from) return false;
    attempt.record = { ...attempt.record, ...to };
    this.#audit(acting, event);
    return true;
  }

  #audit(acting: Acting, event: AuditEvent): void {
    const record = nextRecord(this.#head, { origin: acting.origin, event }, this.#clock.now());
    this.#head = { stream: record.stream, sequence: record.sequence, hash: record.hash };
    this.events.push(record);
    acting.witness?.(this.#head);
  }
}

function isLiving({ state }: Certificate): boolean {
  return state === "pending" || state === "valid";
}

function sessionName(key: AttemptKey, hostChallenge: Uint8Array): string {
  return `${name(key)}/${Buffer.from(hostChallenge).toString("hex")}`;
}
