import { createHash } from "node:crypto";
import {
  type EncodedEntries,
  encodeStretches,
  type ListExtent,
  type ListPartition,
  type ListSource,
  type ListStretch,
  lastEndOf,
  longestRun,
  readRun,
  StretchAltered,
  type StretchRun,
} from "@mitome/ca";

/** What the revocations of a stretch make. */
interface Inspected {
  readonly hash: string;
  readonly lastEnd: Date;
}

/**
 * The ledger's stretches, none of which is believed: each must be what its revocations make, which are read for it once
 * while this process runs, and from then on the same octets again. So no entry that was signed can be lost or altered.
 */
export class InspectedStretches {
  /** By key and number, from when their revocations are read. */
  readonly #inspected = new Map<string, Promise<Inspected>>();

  /** A source like this one, of inspected stretches alone. Its reading throws StretchAltered and RevocationMissing. */
  of(source: ListSource): ListSource {
    return {
      countOwed: (partition, plan, after) => source.countOwed(partition, plan, after),
      readRevocations: (partition, after, through) => source.readRevocations(partition, after, through),
      readEnds: (partition, extent) => source.readEnds(partition, extent),
      readStretches: (partition, extent) => this.#read(source, partition, extent),
    };
  }

  /** Reads the revocations of a partition's first stretches, before the ledger has the stretches. Throws RevocationMissing. */
  async inspect(source: ListSource, partition: ListPartition, stretches: number): Promise<void> {
    const inspection = new Inspection(source, partition, stretches, this.#inspected);
    for (let number = 1; number <= stretches; number += 1) await inspection.of(number);
  }

  async *#read(source: ListSource, partition: ListPartition, extent: ListExtent): AsyncGenerator<ListStretch> {
    const inspection = new Inspection(source, partition, extent.stretches, this.#inspected);
    let next = 1;
    // Those that the ledger does not give are right if all their certificates ended long ago.
    const passOver = async (number: number) => {
      for (; next < number; next += 1) {
        const { lastEnd } = await inspection.of(next);
        if (lastEnd >= extent.keptFrom) throw new StretchAltered();
      }
    };
    for await (const stretch of source.readStretches(partition, extent)) {
      await passOver(stretch.number);
      const { hash } = await inspection.of(next++);
      if (hash !== hashOf(stretch)) throw new StretchAltered();
      yield stretch;
    }
    await passOver(extent.stretches + 1);
  }
}

/** One way through a partition's stretches, in order. */
class Inspection {
  readonly #source: ListSource;
  readonly #partition: ListPartition;
  readonly #stretches: number;
  readonly #inspected: Map<string, Promise<Inspected>>;

  constructor(
    source: ListSource,
    partition: ListPartition,
    stretches: number,
    inspected: Map<string, Promise<Inspected>>,
  ) {
    this.#source = source;
    this.#partition = partition;
    this.#stretches = stretches;
    this.#inspected = inspected;
  }

  /** What a stretch has to be; those after it are read meanwhile. Throws StretchAltered for one that there cannot be. */
  async of(number: number): Promise<Inspected> {
    this.#begin(number);
    this.#begin(number + longestRun);
    const inspected = await this.#inspected.get(this.#nameOf(number));
    if (inspected === undefined) throw new StretchAltered();
    return inspected;
  }

  /** Has a run of stretches that nobody has read yet made from their revocations; a failure is forgotten. */
  #begin(first: number): void {
    const names: string[] = [];
    for (let number = first; this.#isUnread(number) && names.length < longestRun; number += 1)
      names.push(this.#nameOf(number));
    if (names.length === 0) return;
    const run = this.#make({ first, count: names.length });
    run.catch(() => {
      for (const name of names) this.#inspected.delete(name);
    });
    for (const [at, name] of names.entries()) {
      const inspected = run.then((made) => made[at] ?? Promise.reject(new StretchAltered()));
      inspected.catch(() => undefined);
      this.#inspected.set(name, inspected);
    }
  }

  async #make(run: StretchRun): Promise<readonly Inspected[]> {
    const revocations = await readRun(this.#source, this.#partition, run);
    return encodeStretches(revocations, run.count).map((made) => ({
      hash: hashOf(made),
      lastEnd: lastEndOf(made.ends),
    }));
  }

  #isUnread(number: number): boolean {
    return number <= this.#stretches && !this.#inspected.has(this.#nameOf(number));
  }

  #nameOf(number: number): string {
    const { generation, partition } = this.#partition;
    return `${generation}:${partition}:${number}`;
  }
}

/** Six octets of the ends for each of a thousand entries: the two cannot be divided differently. */
function hashOf({ ends, entries }: EncodedEntries): string {
  return createHash("sha256").update(ends).update(entries).digest("hex");
}
