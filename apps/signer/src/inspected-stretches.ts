import { createHash } from "node:crypto";
import {
  type EncodedEntries,
  encodeStretches,
  type ListEntry,
  type ListExtent,
  type ListPartition,
  type ListSource,
  type ListStretch,
  lastEndOf,
  readRun,
  runsOf,
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
  readonly #known = new Map<string, Inspected>();

  /** A source like this one, of inspected stretches alone. Its reading throws StretchAltered and RevocationMissing. */
  of(source: ListSource): ListSource {
    return {
      countOwed: (partition, plan, after) => source.countOwed(partition, plan, after),
      readRevocations: (partition, after, through) => source.readRevocations(partition, after, through),
      readEnds: (partition, extent) => source.readEnds(partition, extent),
      readStretches: (partition, extent) => this.#read(source, partition, extent),
    };
  }

  async *#read(source: ListSource, partition: ListPartition, extent: ListExtent): AsyncGenerator<ListStretch> {
    const inspection = new Inspection(source, partition, extent, this.#known);
    for await (const stretch of source.readStretches(partition, extent)) {
      await inspection.passOver(stretch.number);
      await inspection.compare(stretch);
      yield stretch;
    }
    await inspection.passOver(extent.stretches + 1);
  }
}

/** Revocations that are being read. */
interface Ahead {
  readonly run: StretchRun;
  readonly revocations: Promise<Iterable<ListEntry>>;
}

/** One reading of a partition's stretches, in order. */
class Inspection {
  readonly #source: ListSource;
  readonly #partition: ListPartition;
  readonly #extent: ListExtent;
  readonly #known: Map<string, Inspected>;
  #next = 1;
  #ahead: Ahead | undefined;

  constructor(source: ListSource, partition: ListPartition, extent: ListExtent, known: Map<string, Inspected>) {
    this.#source = source;
    this.#partition = partition;
    this.#extent = extent;
    this.#known = known;
  }

  /** Those before this number, which the ledger did not give: right if all their certificates ended long ago. */
  async passOver(number: number): Promise<void> {
    while (this.#next < number) {
      const { lastEnd } = await this.#inspectNext();
      if (lastEnd >= this.#extent.keptFrom) throw new StretchAltered();
    }
  }

  async compare(stretch: ListStretch): Promise<void> {
    const { hash } = await this.#inspectNext();
    if (hash !== hashOf(stretch)) throw new StretchAltered();
  }

  async #inspectNext(): Promise<Inspected> {
    const number = this.#next++;
    if (this.#isUnknown(number)) await this.#inspectFrom(number);
    const known = this.#known.get(this.#nameOf(number));
    if (known === undefined) throw new StretchAltered();
    return known;
  }

  /** Makes a run of stretches that are not known yet, while PostgreSQL reads the next. */
  async #inspectFrom(number: number): Promise<void> {
    const { run, revocations } = this.#ahead?.run.first === number ? this.#ahead : this.#readFrom(number);
    const all = await revocations;
    const next = run.first + run.count;
    this.#ahead = this.#isUnknown(next) ? this.#readFrom(next) : undefined;
    this.#ahead?.revocations.catch(() => undefined);
    for (const [at, made] of encodeStretches(all, run.count).entries()) {
      this.#known.set(this.#nameOf(run.first + at), { hash: hashOf(made), lastEnd: lastEndOf(made.ends) });
    }
  }

  #readFrom(first: number): Ahead {
    const unknown: number[] = [];
    for (let number = first; this.#isUnknown(number); number += 1) unknown.push(number);
    const [run = { first, count: 1 }] = runsOf(unknown);
    return { run, revocations: readRun(this.#source, this.#partition, run) };
  }

  #isUnknown(number: number): boolean {
    return number <= this.#extent.stretches && !this.#known.has(this.#nameOf(number));
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
