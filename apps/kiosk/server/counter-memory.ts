import type { Call, Explanation, ResidentRecord } from "@mitome/ra";

/** What a counter remembers only while the server runs: other people's hits of a search are never stored. */
export interface CounterMemory {
  hits: Map<string, ResidentRecord> | null;
  problem: Explanation | null;
  call: Call | null;
  screens: { clerk: number; resident: number };
}

/** The memories of all counters, made when first asked for. */
export class CounterMemories {
  readonly #known = new Map<string, CounterMemory>();

  of(counter: string): CounterMemory {
    const known = this.#known.get(counter);
    if (known !== undefined) return known;
    const fresh: CounterMemory = { hits: null, problem: null, call: null, screens: { clerk: 0, resident: 0 } };
    this.#known.set(counter, fresh);
    return fresh;
  }

  /** The next person comes: nothing of the one before is left. */
  forget(counter: string): void {
    const memory = this.of(counter);
    memory.hits = null;
    memory.problem = null;
    memory.call = null;
  }
}
