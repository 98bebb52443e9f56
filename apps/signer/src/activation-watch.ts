import type { Token } from "@mitome/hsm";
import { HsmUnavailable } from "@mitome/hsm/signer-client";
import type { Activation } from "./activation.ts";
import { type ActivationRow, isActive } from "./intent-ledger.ts";

/** What the watch needs. */
export interface WatchParts {
  readonly token: Token;
  readonly activation: Activation;
  readonly now: () => Date;
  /** The authority's activations in the ledger; the card keys have none. */
  readonly readActivations?: () => Promise<readonly ActivationRow[]>;
  /** The PIN of an unattended instance. */
  readonly unattendedPin?: () => string;
  readonly onWrongPin: () => void;
  /** Told about faults of ours; the watch goes on. */
  readonly unexpected: (error: unknown) => void;
}

/**
 * Keeps the log-in within the activation in the ledger: when its window ends, the token is logged out, at the latest
 * one tick later (5 s are allowed); C_Logout reaches one process only, so each signer does this for itself. An
 * unattended instance logs in again by itself while a window is open. Before the authority is founded there is no
 * activation yet and the log-in stands.
 */
export class ActivationWatch {
  readonly #parts: WatchParts;
  #known: readonly ActivationRow[] = [];
  #heldByOperator = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Looks once, then every second until stopped. */
  async start(): Promise<void> {
    await this.tick();
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** An operator's deactivation holds until an operator activates again or the process restarts. */
  hold(held: boolean): void {
    this.#heldByOperator = held;
  }

  /** One look: logs out or in where the ledger says otherwise than the token. */
  async tick(): Promise<void> {
    const { token, activation, now, readActivations, unattendedPin } = this.#parts;
    try {
      if (readActivations !== undefined) this.#known = await readActivations();
    } catch (error) {
      if (!(error instanceof HsmUnavailable)) throw error; // what is known of the window still ends it
    }
    const open = this.#known.length === 0 || this.#known.some((row) => isActive(row, now()));
    try {
      if (!open && token.state === "ready") await activation.deactivate("activationEnded");
      if (open && token.state === "locked" && unattendedPin !== undefined && !this.#heldByOperator) {
        if ((await activation.activate(unattendedPin())) !== "activated") {
          this.#heldByOperator = true; // a file with a wrong PIN will not become right
          this.#parts.onWrongPin();
        }
      }
    } catch (error) {
      if (!(error instanceof HsmUnavailable)) throw error; // the next tick tries again
    }
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      void this.tick()
        .catch(this.#parts.unexpected)
        .finally(() => this.#schedule());
    }, 1_000);
  }
}
