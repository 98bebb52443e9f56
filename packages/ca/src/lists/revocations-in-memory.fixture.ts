import type { ListEntry, ListExtent, ListSource, ListStretch } from "../status-ports.ts";
import type { ListContent } from "./list-content.ts";
import { encodeStretches, lastEndOf, stretchLength } from "./list-stretch.ts";

/** A partition's revocations, with every full stretch of them; those that ended are passed over, as a ledger does. */
export function revocationsInMemory(all: readonly ListEntry[]): ListSource {
  async function* readStretches(_partition: unknown, { stretches, keptFrom }: ListExtent): AsyncGenerator<ListStretch> {
    for (let number = 1; number <= stretches; number += 1) {
      const [stretch] = encodeStretches(all.slice((number - 1) * stretchLength, number * stretchLength), 1);
      if (stretch !== undefined && lastEndOf(stretch.ends) >= keptFrom) yield { number, ...stretch };
    }
  }
  return {
    countOwed: async (_partition, { through }, after) => through - after,
    readRevocations: async (_partition, after, through) => all.slice(after, through),
    async *readEnds(partition, extent) {
      for await (const { ends } of readStretches(partition, extent)) yield ends;
    },
    readStretches,
  };
}

/** All octets of a list. */
export async function octetsOf({ pieces }: ListContent): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces()) all.push(piece);
  return Buffer.concat(all);
}
