import { faultOf, type Log } from "./log.ts";

/** How often the authority is asked which machines are in force, in milliseconds: well within the minute that is allowed. */
const askEvery = 15_000;

/**
 * Which of the municipality's machines have a certificate in force, as the authority last said. A machine enrolled since
 * is asked for at once; while the authority is away its last word stands, and before its first nobody is admitted.
 */
export class MachinesInForce {
  readonly #ask: () => Promise<readonly string[]>;
  readonly #log: Log;
  #fingerprints: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;
  /** Called after each answer: whoever is connected and no longer named is to go. */
  told: () => void = () => {};

  constructor(ask: () => Promise<readonly string[]>, log: Log) {
    this.#ask = ask;
    this.#log = log;
  }

  async open(): Promise<void> {
    await this.#refresh();
    this.#timer = setInterval(() => void this.#refresh(), askEvery);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  has(fingerprint: string): boolean {
    return this.#fingerprints.has(fingerprint);
  }

  /** Whether a machine that dials in now is in force; asks anew for one that is not known. */
  async admits(fingerprint: string): Promise<boolean> {
    if (!this.has(fingerprint)) await this.#refresh();
    return this.has(fingerprint);
  }

  async #refresh(): Promise<void> {
    try {
      this.#fingerprints = new Set(await this.#ask());
    } catch (error) {
      this.#log("K014", faultOf(error));
      return;
    }
    this.told();
  }
}
