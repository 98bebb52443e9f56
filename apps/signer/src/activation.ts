import { readFileSync } from "node:fs";
import type { Token } from "@mitome/hsm";
import type { Journal } from "./journal.ts";

/** How a log-in ended. */
export type LoginOutcome = "activated" | "pinWrong" | "pinLocked";

const wrongPinsAllowed = 5;
const lockedFor = 15 * 60_000;

/**
 * The log-in of one token. SoftHSM never locks a PIN, so wrong ones are counted here, in the journal, across restarts:
 * after five the signer refuses PINs for a quarter of an hour.
 */
export class Activation {
  readonly #token: Token;
  readonly #journal: Journal;
  readonly #now: () => Date;
  #wrongPins: number;
  #lastWrongPin: Date | undefined;

  constructor(token: Token, journal: Journal, now: () => Date) {
    this.#token = token;
    this.#journal = journal;
    this.#now = now;
    this.#wrongPins = journal.past.wrongPins;
    this.#lastWrongPin = journal.past.lastWrongPin;
  }

  /** Logs in. Throws HsmUnavailable. */
  async activate(pin: string): Promise<LoginOutcome> {
    if (this.#isLocked()) return "pinLocked";
    if (this.#token.login(pin) === "pinWrong") {
      this.#wrongPins++;
      this.#lastWrongPin = this.#now();
      await this.#journal.append({ kind: "pinWrong" });
      return "pinWrong";
    }
    this.#wrongPins = 0;
    await this.#journal.append({ kind: "activated" });
    return "activated";
  }

  /** Ends what runs, logs out, forgets the PIN. */
  async deactivate(reason: "operator" | "activationEnded" | "stopping"): Promise<void> {
    await this.#token.logout();
    await this.#journal.append({ kind: "deactivated", reason });
  }

  #isLocked(): boolean {
    if (this.#wrongPins < wrongPinsAllowed || this.#lastWrongPin === undefined) return false;
    return this.#now().getTime() < this.#lastWrongPin.getTime() + lockedFor;
  }
}

/** The PIN in an unattended instance's file. */
export function readPinFile(file: string): string {
  return readFileSync(file, "utf8").trim();
}
