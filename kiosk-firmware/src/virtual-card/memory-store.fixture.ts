import type { CardMemory, CardStore } from "./card-memory.ts";

/** Keeps a card's memory in this process, for tests. */
export function memoryStore(memory: CardMemory): CardStore & { current: CardMemory } {
  return {
    current: memory,
    read() {
      return this.current;
    },
    write(next) {
      this.current = next;
    },
  };
}
