/** Where the time comes from; tests have their own. */
export interface Clocks {
  /** UTC, as the operating system believes it. */
  now(): Date;
  /** Seconds since the machine started, which no one can set. */
  uptime(): number;
}

const hour = 3_600_000;
/** A clock that is kept right goes back by less than this. */
const tolerance = 2_000;

/**
 * Says whether the wall clock may be believed for a signature: not earlier than the newest record, and not more than an
 * hour ahead of what an unsettable clock makes of the last record. The first instant of a run is believed unless it lies
 * before the newest record: how long the machine was off is not known to it, and after a stop the custodians' own
 * activation comes first.
 */
export class TrustedClock {
  readonly #clocks: Clocks;
  #anchor: { readonly wall: number; readonly uptime: number };

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#anchor = { wall: clocks.now().getTime(), uptime: clocks.uptime() };
  }

  now(): Date {
    return this.#clocks.now();
  }

  /** People have found the clock right. */
  confirm(): void {
    this.#anchor = { wall: this.#clocks.now().getTime(), uptime: this.#clocks.uptime() };
  }

  /** `trusted` moves the reference forward; `untrusted` stays so until the clock is right again or people confirm it. */
  check(newestRecords: readonly (Date | undefined)[]): "trusted" | "untrusted" {
    const wall = this.#clocks.now().getTime();
    const uptime = this.#clocks.uptime();
    if (newestRecords.some((record) => record !== undefined && wall < record.getTime() - tolerance)) return "untrusted";
    const expected = this.#anchor.wall + (uptime - this.#anchor.uptime) * 1_000;
    if (Math.abs(wall - expected) > hour) return "untrusted";
    this.#anchor = { wall, uptime };
    return "trusted";
  }
}
