/**
 * Whether the clock can be believed. Nothing is signed while it is earlier than the newest record, or more than an hour
 * ahead of the last record and the time that has passed since on a clock nobody can set, until two people confirm it.
 */
import type { Clock } from "./ports.ts";

/** Certificates have whole seconds, and several machines record. */
const tolerance = 2_000;
const furthestAhead = 3_600_000;

/** The guard of one process. */
export class ClockGuard {
  readonly #clock: Clock;
  #newest: number;
  #last: { readonly at: number; readonly monotonic: number };

  /**
   * @param newest instant of the newest record found at start; `undefined` in an empty ledger
   * @param anchored whether time since that record is known: not after a stop, unless the authority is unattended
   */
  constructor(clock: Clock, newest: Date | undefined, { unattended }: { readonly unattended: boolean }) {
    this.#clock = clock;
    const now = clock.now().getTime();
    this.#newest = newest?.getTime() ?? now;
    const at = unattended || newest === undefined ? Math.max(now, this.#newest) : this.#newest;
    this.#last = { at, monotonic: clock.monotonic() };
  }

  /** The clock's instant if it can be believed, else why not. */
  read(): Date | "earlierThanNewestRecord" | "aheadOfRecords" {
    const now = this.#clock.now();
    if (now.getTime() < this.#newest - tolerance) return "earlierThanNewestRecord";
    const passed = this.#clock.monotonic() - this.#last.monotonic;
    return now.getTime() > this.#last.at + passed + furthestAhead ? "aheadOfRecords" : now;
  }

  /** A record was made, here or in another process, while the clock was believed. */
  recorded(at: Date): void {
    const instant = at.getTime();
    if (instant <= this.#newest) return;
    this.#newest = instant;
    this.#last = { at: instant, monotonic: this.#clock.monotonic() };
  }

  /** Two people have said that the clock was right at this instant; what was recorded before no longer counts. */
  confirmed(at: Date): void {
    this.#newest = at.getTime();
    this.#last = { at: at.getTime(), monotonic: this.#clock.monotonic() };
  }
}
