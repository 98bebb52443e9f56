import { maximumKeyAge } from "@mitome/ca";

/** What a signature was begun for; every value names the same thing for ever (a hash in hexadecimal, or a UUID). */
export interface BegunSignature {
  /** SHA-256 of the bytes to be signed. */
  readonly tbs: string;
  readonly attempt: number;
  /** What may lead to one signature alone, and for whom it did. */
  readonly once: { readonly use: string; readonly by: string } | undefined;
}

type Day = {
  readonly attempts: Map<string, number>;
  readonly users: Map<string, string>;
};

const day = 86_400_000;

// A request may be decided upon until its key is 7 days old, an hour's ticket until it ends; the intent may be signed
// for 7 days after that (`inspectIntent`). A day more on each side, for the hours of a day and for clocks.
const rememberedDays = (2 * maximumKeyAge) / day + 2;

/**
 * What the signer must know of earlier signatures, by day, and no longer than it can matter: an entry is 128 bits of a
 * hash with a number, and the same again with whom a request or a ticket was used for.
 */
export class SignatureMemory {
  readonly #days = new Map<number, Day>();

  /** How often a signature over these bytes was begun. */
  attemptsOf(tbs: string): number {
    const key = compact(tbs);
    return Math.max(0, ...[...this.#days.values()].map(({ attempts }) => attempts.get(key) ?? 0));
  }

  /** Whether this was used for somebody or something else. */
  wasUsedByAnother(use: string, by: string): boolean {
    const [key, user] = [compact(use), compact(by)];
    return [...this.#days.values()].some(({ users }) => (users.get(key) ?? user) !== user);
  }

  remember({ tbs, attempt, once }: BegunSignature, at: Date): void {
    const { attempts, users } = this.#dayOf(at);
    attempts.set(compact(tbs), attempt);
    if (once !== undefined) users.set(compact(once.use), compact(once.by));
  }

  /** Forgets what can matter no more at an instant that was believed. */
  forgetBefore(now: Date): void {
    const oldest = Math.floor(now.getTime() / day) - rememberedDays;
    for (const number of this.#days.keys()) if (number < oldest) this.#days.delete(number);
  }

  #dayOf(at: Date): Day {
    const number = Math.floor(at.getTime() / day);
    const known = this.#days.get(number);
    if (known !== undefined) return known;
    const begun = { attempts: new Map<string, number>(), users: new Map<string, string>() };
    this.#days.set(number, begun);
    return begun;
  }
}

// One-octet characters: a quarter of the memory of hexadecimal text.
function compact(name: string): string {
  return Buffer.from(name.replaceAll("-", "").slice(0, 32), "hex").toString("latin1");
}
