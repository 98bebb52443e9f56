import { maximumKeyAge } from "@mitome/ca";

/** What a signature was begun for; every value names the same thing for ever (a hash in hexadecimal, or a UUID). */
export interface BegunSignature {
  /** SHA-256 of the bytes to be signed. */
  readonly tbs: string;
  readonly attempt: number;
  /** What may lead to one signature alone, and for whom it did. */
  readonly once: { readonly use: string; readonly by: string } | undefined;
}

type Part = {
  /** The day (UTC, counted from 1970) of all its entries. */
  readonly day: number;
  readonly attempts: Map<string, number>;
  readonly users: Map<string, string>;
};

const day = 86_400_000;

// A request may be decided upon until its key is 7 days old, an hour's ticket until it ends; the intent may be signed
// for 7 days after that (`inspectIntent`). Two days more, for the hours of a day and for clocks.
const rememberedDays = (2 * maximumKeyAge) / day + 2;

// Many small tables instead of one: a large one doubles at once, and resident memory with it by tens of megabytes.
const partLength = 4_096;

/**
 * What the signer must know of earlier signatures, and no longer than it can matter: an entry is 128 bits of a hash with
 * a number, and the same again with whom a request or a ticket was used for.
 */
export class SignatureMemory {
  #parts: Part[] = [];

  /** How often a signature over these bytes was begun. */
  attemptsOf(tbs: string): number {
    const key = compact(tbs);
    return this.#parts.reduce((most, { attempts }) => Math.max(most, attempts.get(key) ?? 0), 0);
  }

  /** Whether this was used for somebody or something else. */
  wasUsedByAnother(use: string, by: string): boolean {
    const [key, user] = [compact(use), compact(by)];
    return this.#parts.some(({ users }) => (users.get(key) ?? user) !== user);
  }

  remember({ tbs, attempt, once }: BegunSignature, at: Date): void {
    const part = this.#partOf(at);
    part.attempts.set(compact(tbs), attempt);
    if (once !== undefined) part.users.set(compact(once.use), compact(once.by));
  }

  /** Forgets what can matter no more at an instant that was believed. */
  forgetBefore(now: Date): void {
    const oldest = dayOf(now) - rememberedDays;
    if (this.#parts.some((part) => part.day < oldest)) this.#parts = this.#parts.filter((part) => part.day >= oldest);
  }

  #partOf(at: Date): Part {
    const last = this.#parts.at(-1);
    if (last?.day === dayOf(at) && last.attempts.size < partLength) return last;
    const begun = { day: dayOf(at), attempts: new Map<string, number>(), users: new Map<string, string>() };
    this.#parts.push(begun);
    return begun;
  }
}

function dayOf(at: Date): number {
  return Math.floor(at.getTime() / day);
}

// One-octet characters: a quarter of the memory of hexadecimal text.
function compact(name: string): string {
  return Buffer.from(name.replaceAll("-", "").slice(0, 32), "hex").toString("latin1");
}
