import { randomUUID } from "node:crypto";
import type { CaseStore } from "@mitome/db/ra";
import { kanaKey } from "@mitome/db/register";
import {
  type ActionAnswer,
  type Call,
  type CaseEvent,
  type ClerkAction,
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
  RegisterUnavailable,
  type ResidentAction,
  type ResidentRegister,
  readDateOfBirth,
  readItem,
  type StoredCase,
  stepCase,
} from "@mitome/ra";
import type { AgentConnection } from "./agent-connection.ts";
import type { CardDesk } from "./card-desk.ts";
import type { CaseRunner } from "./case-runner.ts";
import type { CounterMemories } from "./counter-memory.ts";
import type { ActingClerk } from "./counter-views.ts";

export interface CounterDeskDependencies {
  readonly cases: CaseStore;
  readonly memories: CounterMemories;
  readonly register: ResidentRegister;
  readonly runner: CaseRunner;
  readonly desk: CardDesk;
  readonly agentOf: (counter: string) => AgentConnection | null;
  readonly municipality: { readonly code: string; readonly name: string };
  readonly renderPdf: (document: DocumentModel) => Promise<Uint8Array>;
  readonly clock: () => Date;
  readonly changed: (counter: string) => void;
}

const done: ActionAnswer = { kind: "done" };
const notNow: ActionAnswer = { kind: "notNow" };

/** What people at a counter do: actions become events of the case, or acts beside it. */
export class CounterDesk {
  readonly #use: CounterDeskDependencies;

  constructor(dependencies: CounterDeskDependencies) {
    this.#use = dependencies;
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
        if (!(await desk.takeSealedPassword(caseId, attempt, { commandNumber, sealedPassword }))) return notNow;
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

  #call(counter: string, call: Call | null): ActionAnswer {
    this.#use.memories.of(counter).call = call;
    this.#use.changed(counter);
    return done;
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
    this.#use.memories.forget(counter);
    // The card may lie there already.
    await this.cardChanged(counter);
    return done;
  }

  async #resume(counter: string, clerk: ActingClerk, caseId: string): Promise<ActionAnswer> {
    const { cases, clock } = this.#use;
    if ((await cases.attached(counter)) !== null) return notNow;
    this.#use.memories.forget(counter);
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
      const memory = this.#use.memories.of(counter);
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
    this.#use.memories.of(counter).problem = explanation;
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
        const resident = this.#use.memories.of(context.counter).hits?.get(action.ref);
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
    this.#use.memories.of(counter).problem = null;
    // Withdrawn, doubted or suspended: whoever called has been heard.
    if (clerk !== null) this.#use.memories.of(counter).call = null;
    if (after.value !== "searching") this.#use.memories.of(counter).hits = null;
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
