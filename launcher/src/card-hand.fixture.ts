import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Pull } from "./kill-points.fixture.ts";

/** The hand at the virtual reader: puts cards in, takes them out, and pulls them in the middle of a command. */
export class CardHand {
  readonly #socket: Socket;
  readonly #answers: ((line: string) => void)[] = [];
  #pulled = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on("line", (line) => {
      if (line === '{"pulled":true}') this.#pulled.resolve();
      else this.#answers.shift()?.(line);
    });
  }

  static async at(controlSocket: string): Promise<CardHand> {
    const socket = connect(controlSocket);
    await once(socket, "connect");
    return new CardHand(socket);
  }

  /** Takes out what is in the reader and puts this card in. */
  async insert(card: string): Promise<void> {
    await this.remove();
    await this.#order({ do: "insert", card });
  }

  /** Takes out what is in the reader. */
  async remove(): Promise<void> {
    await this.#order({ do: "remove" });
  }

  /** Will pull the card there; the answer's `pulled` says when it has happened. */
  async pullAt(pull: Pull): Promise<{ readonly pulled: Promise<void> }> {
    this.#pulled = Promise.withResolvers<void>();
    await this.#order({ do: "pullAt", ...pull });
    return { pulled: this.#pulled.promise };
  }

  close(): void {
    this.#socket.destroy();
  }

  async #order(order: object): Promise<void> {
    const answered = new Promise<string>((resolve) => this.#answers.push(resolve));
    this.#socket.write(`${JSON.stringify(order)}\n`);
    const answer = await answered;
    if (answer !== '{"ok":true}') throw new Error(`the hand at the reader: ${answer}`);
  }
}
