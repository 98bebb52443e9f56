import { type CaseStore, StoreUnavailable } from "@mitome/db/ra";
import {
  AuthorityUnavailable,
  type CaseEvent,
  type Effect,
  effectKey,
  effectOf,
  type StoredCase,
  stepCase,
  type TroubleKind,
} from "@mitome/ra";
import { CounterNotReady } from "./card-desk.ts";
import type { CrashPoint } from "./crash-points.ts";
import { type EffectPerformer, PutOff } from "./effect-performer.ts";
import { createTurns } from "./in-turn.ts";
import { faultOf, type Log } from "./log.ts";

export interface CaseRunnerDependencies {
  readonly cases: CaseStore;
  readonly effects: EffectPerformer;
  readonly clock: () => Date;
  readonly log: Log;
  readonly crash: CrashPoint;
  readonly changed: (counter: string) => void;
}

/** Waits between tries of an effect, in milliseconds; the last one repeats. */
const waits = [500, 1_000, 2_000, 5_000] as const;

/**
 * Does what each state owes (`effectOf`), records it before and after, and takes the step its answer calls for, until the
 * case waits for people. The same code runs after an action, at start-up after a kill, and when the world comes back.
 */
export class CaseRunner {
  readonly #use: CaseRunnerDependencies;
  readonly #inTurn = createTurns();
  readonly #troubles = new Map<string, { kind: TroubleKind; tries: number; timer: NodeJS.Timeout }>();
  #stopped = false;

  constructor(dependencies: CaseRunnerDependencies) {
    this.#use = dependencies;
  }

  /** The trouble that a case is in now, if any. */
  troubleOf(caseId: string): { readonly kind: TroubleKind; readonly retrying: boolean } | null {
    const trouble = this.#troubles.get(caseId);
    return trouble === undefined ? null : { kind: trouble.kind, retrying: true };
  }

  /** Takes up every attached case where it stood. */
  async resumeAll(): Promise<void> {
    for (const { context } of await this.#use.cases.allAttached()) this.kick(context.caseId);
  }

  /** Something may have changed for the case: does what it owes now. */
  kick(caseId: string): void {
    clearTimeout(this.#troubles.get(caseId)?.timer);
    void this.#inTurn(caseId, () => this.#drive(caseId)).catch((error: unknown) => {
      this.#use.log(error instanceof StoreUnavailable ? "K050" : "K023", { caseId, ...faultOf(error) });
      this.#putOff(caseId, "authorityUnreachable", null);
    });
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#troubles.values()) clearTimeout(timer);
  }

  async #drive(caseId: string): Promise<void> {
    const { cases, clock, log, crash, changed } = this.#use;
    for (;;) {
      const stored = await cases.find(caseId);
      const effect = stored === null ? null : effectOf(stored);
      if (stored === null || effect === null || this.#stopped) return this.#clear(caseId, stored);
      const key = effectKey(effect);
      await cases.effectBegun(caseId, key, clock());
      crash(`${effect.kind}:before`);
      const event = await this.#attempt(stored, effect);
      if (event === null) return;
      crash(`${effect.kind}:after`);
      const after = await cases.step(caseId, (now) => stepCase(now, event), {
        kind: event.type,
        clerk: null,
        at: clock(),
      });
      await cases.effectDone(caseId, key, after === null ? "overtaken" : event.type, clock());
      crash(`${effect.kind}:recorded`);
      log("K021", { caseId, effect: effect.kind, outcome: event.type });
      this.#clear(caseId, null);
      changed((after ?? stored).context.counter);
      if (after === null) return;
    }
  }

  #clear(caseId: string, stored: StoredCase | null): void {
    clearTimeout(this.#troubles.get(caseId)?.timer);
    if (this.#troubles.delete(caseId) && stored !== null) this.#use.changed(stored.context.counter);
  }

  // The event that the effect's answer makes, or null when it was put off.
  async #attempt(stored: StoredCase, effect: Effect): Promise<CaseEvent | null> {
    const { caseId, counter } = stored.context;
    try {
      const tries = this.#troubles.get(caseId)?.tries ?? 0;
      return await this.#use.effects.perform(stored.context, effect, tries);
    } catch (error) {
      const trouble = troubleIn(error);
      if (trouble === null) this.#use.log("K023", { caseId, effect: effect.kind, ...faultOf(error) });
      this.#putOff(caseId, trouble ?? "authorityUnreachable", counter);
      return null;
    }
  }

  #putOff(caseId: string, kind: TroubleKind, counter: string | null): void {
    if (this.#stopped) return;
    const before = this.#troubles.get(caseId);
    const tries = before?.kind === kind ? before.tries + 1 : 0;
    clearTimeout(before?.timer);
    const wait = waits[Math.min(tries, waits.length - 1)] ?? waits[0];
    this.#troubles.set(caseId, { kind, tries, timer: setTimeout(() => this.kick(caseId), wait) });
    this.#use.log("K022", { caseId, trouble: kind, tries });
    if (counter !== null && before?.kind !== kind) this.#use.changed(counter);
  }
}

function troubleIn(error: unknown): TroubleKind | null {
  if (error instanceof PutOff || error instanceof CounterNotReady) return error.trouble;
  return error instanceof AuthorityUnavailable ? error.what : null;
}
