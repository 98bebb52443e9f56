import type { Handle } from "pkcs11js";

/** Lends PKCS#11 sessions, each to one operation at a time, to waiters in their order of arrival. */
export class SessionPool {
  readonly #free: Handle[];
  readonly #waiting: ((session: Handle) => void)[] = [];

  constructor(sessions: readonly Handle[]) {
    this.#free = [...sessions];
  }

  /** A session for this caller alone; give it back with `release`. */
  take(): Promise<Handle> | Handle {
    return this.#free.pop() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(session: Handle): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(session);
    else next(session);
  }
}
