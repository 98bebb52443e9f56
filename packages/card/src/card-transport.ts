import { describeStatusWord } from "./status-words.ts";

/** A powered card in a reader, held exclusively. Adapters talk PC/SC; tests may talk to a card in the same process. */
export interface CardTransport {
  /**
   * Sends one command APDU and returns the answer with its status word. Never sends fewer than 4 bytes.
   * Throws {@link CardRemoved} when the card left or was reset, {@link ReaderUnavailable} when reader or PC/SC service is gone.
   */
  transmit(command: Uint8Array): Promise<Uint8Array>;
}

/** The card left its reader or lost power during an operation. Safe to retry after its state was read anew. */
export class CardRemoved extends Error {
  override readonly name = "CardRemoved";
}

/** No such reader, or the PC/SC service died. Safe to retry. */
export class ReaderUnavailable extends Error {
  override readonly name = "ReaderUnavailable";
}

/** The card answered something that its specification does not allow at this place. */
export class CardMisbehaved extends Error {
  override readonly name = "CardMisbehaved";
  readonly command: string;
  readonly sw: number;
  constructor(command: string, sw: number) {
    super(`${command}: ${describeStatusWord(sw)}`);
    this.command = command;
    this.sw = sw;
  }
}
