/** What a directory said, kept for as long as it holds and no longer. */
import type { CertificateEntry } from "./certificate-entry.ts";

/** For how long what was fetched is used again, each in milliseconds from when it was asked for. */
export interface EntryLifetimes {
  /** An entry with lists: a newer one may have been published before nextUpdate. */
  readonly lists: number;
  /** An entry with certificates alone. */
  readonly certificates: number;
  /** That there is no such entry, nothing in it, or something that could not be read. */
  readonly absence: number;
}

/**
 * Until when an answer is used again. Never past the nextUpdate of a list that is in it: one whose nextUpdate is past, or
 * that has none, is not kept at all. Nor past the notAfter of a certificate that has not expired yet: its successor is due.
 */
export function usableUntil(entry: CertificateEntry | undefined, asked: Date, lifetimes: EntryLifetimes): Date {
  const start = asked.getTime();
  if (entry === undefined) return new Date(start + lifetimes.absence);
  const { nextUpdates, notAfters, leftOut } = entry;
  const isLacking = leftOut.length > 0 || nextUpdates.length + notAfters.length === 0;
  const ends = [
    start + lifetimes.certificates,
    ...(nextUpdates.length > 0 ? [start + lifetimes.lists] : []),
    ...(isLacking ? [start + lifetimes.absence] : []),
    ...nextUpdates.map((nextUpdate) => nextUpdate?.getTime() ?? start),
    ...notAfters.map((notAfter) => notAfter.getTime()).filter((notAfter) => notAfter >= start),
  ];
  return new Date(Math.min(...ends));
}

/** An answer, and from when until when it is used; from the instant `until` it is not. */
export interface KeptAnswer {
  readonly entry: CertificateEntry | undefined;
  readonly asked: Date;
  readonly until: Date;
}

/** How much is kept; what was used longest ago gives way. */
export interface CacheSize {
  readonly entries: number;
  /** Of all values together. */
  readonly octets: number;
}

/** Answers by the key of the entry's name. */
export class EntryCache {
  readonly #size: CacheSize;
  /** In the order of use: who was used last stands last. */
  readonly #answers = new Map<string, KeptAnswer>();
  #octets = 0;

  constructor(size: CacheSize) {
    this.#size = size;
  }

  /** What is kept and holds at this time. Before it was asked for it does not hold either: then a clock was set back. */
  find(key: string, time: Date): KeptAnswer | undefined {
    const answer = this.#answers.get(key);
    if (answer === undefined) return undefined;
    this.#drop(key, answer);
    if (time < answer.asked || time >= answer.until) return undefined;
    this.#add(key, answer);
    return answer;
  }

  /** Keeps an answer in place of an earlier one; not one that is larger than everything that may be kept. */
  keep(key: string, answer: KeptAnswer): void {
    const earlier = this.#answers.get(key);
    if (earlier !== undefined) this.#drop(key, earlier);
    if (answer.until <= answer.asked || octetsOf(key, answer) > this.#size.octets) return;
    this.#add(key, answer);
    for (const [oldest, old] of this.#answers) {
      if (this.#answers.size <= this.#size.entries && this.#octets <= this.#size.octets) return;
      this.#drop(oldest, old);
    }
  }

  #add(key: string, answer: KeptAnswer): void {
    this.#answers.set(key, answer);
    this.#octets += octetsOf(key, answer);
  }

  #drop(key: string, answer: KeptAnswer): void {
    this.#answers.delete(key);
    this.#octets -= octetsOf(key, answer);
  }
}

function octetsOf(key: string, { entry }: KeptAnswer): number {
  return key.length + (entry?.octets ?? 0);
}
