import { randomUUID } from "node:crypto";
import type { CaseStore } from "@mitome/db/ra";
import { kanaKey } from "@mitome/db/register";
import {
  type ActionAnswer,
  type Call,
  type Candidate,
  type CaseEvent,
  type ClerkAction,
  type ClerkView,
  type CounterNow,
  clerkScreen,
  type DocumentKind,
  type DocumentModel,
  documentOf,
  type Explanation,
  explainEntry,
  explainIdentity,
  explainTrouble,
  identityProblem,
  japaneseDay,
  openCase,
  personView,
  RegisterUnavailable,
  type ResidentAction,
  type ResidentRecord,
  type ResidentRegister,
  type ResidentView,
  readDateOfBirth,
  readItem,
  residentScreen,
  type StoredCase,
  stationOf,
  stepCase,
} from "@mitome/ra";
import type { AgentConnection } from "./agent-connection.ts";
import type { CardDesk } from "./card-desk.ts";
import type { CaseRunner } from "./case-runner.ts";
import { keyAlgorithm, keyFingerprint } from "./key-words.ts";

export interface CounterDeskDependencies {
  readonly cases: CaseStore;
  readonly register: ResidentRegister;
  readonly runner: CaseRunner;
  readonly desk: CardDesk;
  readonly agentOf: (counter: string) => AgentConnection | null;
  readonly municipality: { readonly code: string; readonly name: string };
  readonly municipalityName: (code: string) => string;
  readonly renderPdf: (document: DocumentModel) => Promise<Uint8Array>;
  readonly clock: () => Date;
  readonly changed: (counter: string) => void;
}

/** What a counter remembers only while the server runs: other people's hits of a search are never stored. */
interface CounterMemory {
  hits: Map<string, ResidentRecord> | null;
  problem: Explanation | null;
  call: Call | null;
  screens: { clerk: number; resident: number };
}

interface ActingClerk {
  readonly id: string;
  readonly name: string;
}

const done: ActionAnswer = { kind: "done" };
const notNow: ActionAnswer = { kind: "notNow" };

/** A counter: what its screens see, and what people at them do. */
export class CounterDesk {
  readonly #use: CounterDeskDependencies;
  readonly #memory = new Map<string, CounterMemory>();

  constructor(dependencies: CounterDeskDependencies) {
    this.#use = dependencies;
  }

  /** A screen of the counter came (+1) or went (-1). */
  screenCame(counter: string, kind: "clerk" | "resident", by: 1 | -1): void {
    this.#memoryOf(counter).screens[kind] += by;
    this.#use.changed(counter);
  }

  async clerkView(counter: string, clerk: ActingClerk): Promise<ClerkView> {
    const stored = await this.#use.cases.attached(counter);
    return stored === null ? this.#menu(counter, clerk) : clerkScreen(stored, await this.#now(stored));
  }

  async residentView(counter: string): Promise<ResidentView> {
    const stored = await this.#use.cases.attached(counter);
    if (stored !== null) return residentScreen(stored, await this.#now(stored));
    return { screen: "welcome", municipality: this.#use.municipality.name, counter };
  }

  async clerkAct(counter: string, clerk: ActingClerk, action: ClerkAction): Promise<ActionAnswer> {
    if (action.type === "startNew") return this.#startNew(counter, clerk);
    if (action.type === "resume") return this.#resume(counter, clerk, action.caseId);
    const stored = await this.#use.cases.attached(counter);
    if (stored === null) return notNow;
    if (action.type === "retry") {
      this.#use.runner.kick(stored.context.caseId);
      return done;
    }
    if (action.type === "answerCall") return this.#call(counter, null);
    if (action.type === "searchRegister") return this.#search(stored, clerk, action);
    const event = this.#eventOf(stored, clerk, action);
    if (event === null) return notNow;
    if ("reason" in event) return this.#problem(counter, event);
    return this.#step(stored, event, clerk.id, unfit(event));
  }

  async residentAct(counter: string, action: ResidentAction): Promise<ActionAnswer> {
    const { cases, clock, desk } = this.#use;
    const stored = await cases.attached(counter);
    if (stored === null) return notNow;
    const at = clock().toISOString();
    switch (action.type) {
      case "setPassword": {
        const { caseId, attempt } = stored.context;
        const { commandNumber, sealedPassword } = action;
        if (stored.value !== "settingPassword") return notNow;
        if (!desk.takeSealedPassword(caseId, attempt, { commandNumber, sealedPassword })) return notNow;
        return this.#step(stored, { type: "passwordSealed" }, null, null);
      }
      case "acceptTerms":
        return this.#step(stored, { type: "acceptTerms", version: action.version, at }, null, null);
      case "callClerk":
        return this.#call(counter, "help");
      case "stop":
        return this.#call(counter, "stop");
      case "acknowledge":
        return this.#step(stored, { type: "acknowledge", notice: action.notice, at }, null, null);
      default:
        return this.#step(stored, action, null, null);
    }
  }

  /** A document of a case of this municipality as PDF; null when there is none (yet). Making it is recorded. */
  async document(counter: string, clerk: ActingClerk, caseId: string, kind: DocumentKind): Promise<Uint8Array | null> {
    const { cases, municipality, renderPdf, clock } = this.#use;
    const stored = await cases.find(caseId);
    const model = stored === null ? null : documentOf(stored.context, kind, municipality.name);
    if (model === null) return null;
    await cases.record({ kind: `document.${kind}`, clerk: clerk.id, at: clock(), counter, caseId });
    return renderPdf(model);
  }

  /** A card or an agent came or went at a counter. */
  async cardChanged(counter: string): Promise<void> {
    const { cases, agentOf, runner, changed } = this.#use;
    const stored = await cases.attached(counter);
    changed(counter);
    if (stored === null) return;
    const { cardNumber } = agentOf(counter)?.card ?? { cardNumber: null };
    if (stored.value === "awaitingCard" || stored.value === "readingCard") {
      const event: CaseEvent = cardNumber === null ? { type: "cardRemoved" } : { type: "cardPlaced", cardNumber };
      if (stored.context.cardNumber !== cardNumber) await this.#step(stored, event, null, null);
    }
    runner.kick(stored.context.caseId);
  }

  #memoryOf(counter: string): CounterMemory {
    const known = this.#memory.get(counter);
    if (known !== undefined) return known;
    const fresh: CounterMemory = { hits: null, problem: null, call: null, screens: { clerk: 0, resident: 0 } };
    this.#memory.set(counter, fresh);
    return fresh;
  }

  #forget(counter: string): void {
    const memory = this.#memoryOf(counter);
    memory.hits = null;
    memory.problem = null;
    memory.call = null;
  }

  #call(counter: string, call: Call | null): ActionAnswer {
    this.#memoryOf(counter).call = call;
    this.#use.changed(counter);
    return done;
  }

  async #now(stored: StoredCase): Promise<CounterNow> {
    const { agentOf, runner, desk, municipalityName } = this.#use;
    const { caseId, attempt, counter, cardNumber } = stored.context;
    const { hits, problem, call, screens } = this.#memoryOf(counter);
    const agent = agentOf(counter);
    const card = agent?.card;
    const sealing = stored.value === "settingPassword" && cardNumber !== null;
    return {
      onReader: card?.cardNumber ?? null,
      foreignCard: card?.present === true && card.cardNumber === null,
      agent: agent !== null,
      clerkScreen: screens.clerk > 0,
      residentScreen: screens.resident > 0,
      trouble: runner.troubleOf(caseId),
      candidates:
        hits === null ? null : [...hits].map(([ref, resident]): Candidate => ({ ref, ...personView(resident) })),
      problem,
      call,
      sealingKey: sealing ? await desk.sealingKey({ caseId, attempt, counter, cardNumber }) : null,
      municipalityName,
      keyFingerprint,
      keyAlgorithm,
    };
  }

  async #menu(counter: string, clerk: ActingClerk): Promise<ClerkView> {
    const { cases, municipality, agentOf, clock } = this.#use;
    const suspended = await cases.suspended();
    const today = new Date(`${japaneseDay(clock().toISOString())}T00:00:00+09:00`);
    return {
      screen: "menu",
      clerkName: clerk.name,
      municipality: municipality.name,
      counter,
      suspended: suspended.map(({ stored: { context }, since }) => ({
        caseId: context.caseId,
        name: context.resident?.name ?? null,
        station: stationOf[context.suspendedFrom ?? "suspended"],
        since: since.toISOString(),
      })),
      agent: agentOf(counter) !== null,
      otherScreen: this.#memoryOf(counter).screens.resident > 0,
      last: await cases.lastDelivered(counter, today),
    };
  }

  async #startNew(counter: string, clerk: ActingClerk): Promise<ActionAnswer> {
    const { cases, clock, municipality } = this.#use;
    const at = clock();
    const opening = {
      caseId: randomUUID(),
      municipality: municipality.code,
      counter,
      clerk: clerk.id,
      at: at.toISOString(),
    };
    const opened = await cases.open(openCase(opening), { kind: "startNew", clerk: clerk.id, at });
    if (!opened) return notNow;
    this.#forget(counter);
    // The card may lie there already.
    await this.cardChanged(counter);
    return done;
  }

  async #resume(counter: string, clerk: ActingClerk, caseId: string): Promise<ActionAnswer> {
    const { cases, clock } = this.#use;
    if ((await cases.attached(counter)) !== null) return notNow;
    this.#forget(counter);
    const event = { type: "resume", counter } as const;
    const after = await cases.step(caseId, (now) => stepCase(now, event), {
      kind: "resume",
      clerk: clerk.id,
      at: clock(),
    });
    if (after === null) return notNow;
    await this.cardChanged(counter);
    return done;
  }

  // Every search is recorded, with what came of it and without what was asked (4-1-1 ②).
  async #search(
    { value, context }: StoredCase,
    clerk: ActingClerk,
    { dateOfBirth, kana }: Extract<ClerkAction, { type: "searchRegister" }>,
  ): Promise<ActionAnswer> {
    const { cases, register, clock } = this.#use;
    const { counter, caseId } = context;
    if (value !== "searching") return notNow;
    const encoded = readDateOfBirth(dateOfBirth.trim());
    if (encoded === null) return this.#problem(counter, explainEntry("dateDoesNotExist"));
    if (kanaKey(kana) === null) return this.#problem(counter, explainEntry("kanaMissing"));
    try {
      const found = await register.search({ dateOfBirth: encoded, kana });
      await cases.record({
        kind: found.length === 0 ? "searched.none" : "searched.found",
        clerk: clerk.id,
        at: clock(),
        counter,
        caseId,
      });
      const memory = this.#memoryOf(counter);
      memory.hits = new Map(found.map((resident) => [randomUUID(), resident]));
      memory.problem = null;
      this.#use.changed(counter);
      return done;
    } catch (error) {
      if (error instanceof RegisterUnavailable) return this.#problem(counter, explainTrouble("registerUnreachable"));
      throw error;
    }
  }

  #problem(counter: string, explanation: Explanation): ActionAnswer {
    this.#memoryOf(counter).problem = explanation;
    this.#use.changed(counter);
    return { kind: "problem", explanation };
  }

  // The event of an action, why what was typed cannot be taken, or null when it speaks of nothing that is there.
  #eventOf(
    { context }: StoredCase,
    clerk: ActingClerk,
    action: Exclude<ClerkAction, { type: "startNew" | "resume" | "retry" | "answerCall" | "searchRegister" }>,
  ): CaseEvent | Explanation | null {
    const at = this.#use.clock().toISOString();
    switch (action.type) {
      case "chooseResident": {
        const resident = this.#memoryOf(context.counter).hits?.get(action.ref);
        return resident === undefined ? null : { type: "chooseResident", resident, at };
      }
      case "enterItem": {
        const value = readItem(action.item, action.text);
        return value === null ? explainEntry("itemUnreadable") : { type: "enterItem", item: action.item, value };
      }
      case "enterFurigana":
        return kanaKey(action.text) === null
          ? explainEntry("kanaMissing")
          : { type: "enterFurigana", furigana: action.text };
      case "recordIdentity":
        return identityEvent(action, clerk.id, at);
      case "doubt":
        return { type: "doubt", ground: action.ground, at };
      case "applicationReceived":
      case "feeReceived":
      case "copyGiven":
      case "cardReturned":
      case "withdraw":
      case "end":
        return { type: action.type, at };
      default:
        return action;
    }
  }

  async #step(
    stored: StoredCase,
    event: CaseEvent,
    clerk: string | null,
    unfit: Explanation | null,
  ): Promise<ActionAnswer> {
    const { cases, clock, runner, changed } = this.#use;
    const { caseId, counter } = stored.context;
    const act = { kind: event.type, clerk, at: clock() };
    const after = await cases.step(caseId, (now) => stepCase(now, event), act);
    if (after === null) return unfit === null ? notNow : this.#problem(counter, unfit);
    this.#memoryOf(counter).problem = null;
    // Withdrawn, doubted or suspended: whoever called has been heard.
    if (clerk !== null) this.#memoryOf(counter).call = null;
    if (after.value !== "searching") this.#memoryOf(counter).hits = null;
    changed(counter);
    runner.kick(caseId);
    return done;
  }
}

// What to say when the machine does not take an event that people could have meant.
function unfit({ type }: CaseEvent): Explanation | null {
  if (type === "confirmItem") return explainEntry("itemDiffers");
  return type === "finishComparison" ? explainEntry("itemsOpen") : null;
}

function identityEvent(
  action: Extract<ClerkAction, { type: "recordIdentity" }>,
  clerk: string,
  at: string,
): CaseEvent | Explanation {
  const { document, photoMatches, copyTaken } = action;
  const expiresOn = action.expiresOn === null ? null : readDay(action.expiresOn);
  if (action.expiresOn !== null && expiresOn === null) return explainIdentity("expiryUnreadable");
  const shown = { document, expiresOn, photoMatches, copyTaken };
  const problem = identityProblem(shown, japaneseDay(at));
  return problem === null ? { type: "recordIdentity", ...shown, clerk, at } : explainIdentity(problem);
}

// A day as typed, wareki or western, as `YYYY-MM-DD`.
function readDay(typed: string): string | null {
  const encoded = readDateOfBirth(typed.trim());
  return encoded === null ? null : `${encoded.slice(1, 5)}-${encoded.slice(5, 7)}-${encoded.slice(7)}`;
}
