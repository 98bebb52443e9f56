import type { CaseStore } from "@mitome/db/ra";
import {
  type Candidate,
  type ClerkView,
  type CounterNow,
  clerkScreen,
  japaneseDay,
  personView,
  type ResidentView,
  residentScreen,
  type StoredCase,
  stationOf,
} from "@mitome/ra";
import type { AgentConnection } from "./agent-connection.ts";
import type { CardDesk } from "./card-desk.ts";
import type { CaseRunner } from "./case-runner.ts";
import type { CounterMemories } from "./counter-memory.ts";
import type { KeyProgress } from "./key-progress.ts";
import { keyAlgorithm, keyFingerprint } from "./key-words.ts";

/** A clerk at work, as the case and the record of acts name one. */
export interface ActingClerk {
  readonly id: string;
  readonly name: string;
}

export interface CounterViewsDependencies {
  readonly cases: CaseStore;
  readonly memories: CounterMemories;
  readonly runner: CaseRunner;
  readonly desk: CardDesk;
  readonly keyProgress: KeyProgress;
  readonly agentOf: (counter: string) => AgentConnection | null;
  readonly municipality: { readonly code: string; readonly name: string };
  readonly municipalityName: (code: string) => string;
  readonly clock: () => Date;
  readonly changed: (counter: string) => void;
}

/** What the two screens of a counter show: the stored case, and what is true only now. */
export class CounterViews {
  readonly #use: CounterViewsDependencies;

  constructor(dependencies: CounterViewsDependencies) {
    this.#use = dependencies;
  }

  /** A screen of the counter came (+1) or went (-1). */
  screenCame(counter: string, kind: "clerk" | "resident", by: 1 | -1): void {
    this.#use.memories.of(counter).screens[kind] += by;
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

  async #now(stored: StoredCase): Promise<CounterNow> {
    const { agentOf, runner, desk, keyProgress, municipalityName } = this.#use;
    const { caseId, attempt, counter, cardNumber } = stored.context;
    const { hits, problem, call, screens } = this.#use.memories.of(counter);
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
      keyStep: keyProgress.stepOf({ caseId, attempt, counter }),
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
      otherScreen: this.#use.memories.of(counter).screens.resident > 0,
      last: await cases.lastDelivered(counter, today),
    };
  }
}
