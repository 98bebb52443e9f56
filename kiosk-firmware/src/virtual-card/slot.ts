import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeCommand, encodeResponse, SW } from "@mitome/card";
import { PowerLost, type VirtualCard } from "./virtual-card.ts";

/** What a person types at the reader's PIN pad; null = presses cancel. */
export type PadEntry = () => string | null;

// Frames of virtual-reader/ifd.c: type (1), length (4, big-endian), payload.
const HEADER = 5;

/** The slot of one virtual reader, seen from the card's side. Holds at most one card; power follows the reader. */
export class Slot {
  readonly #path: string;
  readonly #pad: PadEntry;
  #socket: Socket | null = null;
  /** The card that lies in the slot, whether or not the reader works. */
  #card: VirtualCard | null = null;

  constructor(cardSocket: string, pad: PadEntry = () => null) {
    this.#path = cardSocket;
    this.#pad = pad;
  }

  /** Puts a card in. Resolves when the reader's driver has the connection. */
  async insert(card: VirtualCard): Promise<void> {
    const socket = await this.#occupy("c");
    this.#card = card;
    let received = Buffer.alloc(0);
    let working: Promise<void> = Promise.resolve();
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      while (received.length >= HEADER) {
        const end = HEADER + received.readUInt32BE(1);
        if (received.length < end) return;
        const frame = received.subarray(0, end);
        received = received.subarray(end);
        working = working.then(() => this.#answer(card, frame, socket));
      }
    });
    socket.on("close", () => {
      card.powerOff();
      if (this.#socket === socket) void this.#waitForReader(card);
    });
  }

  // The reader's service went away under the card: it lies there until the service is back, or a hand takes it.
  async #waitForReader(card: VirtualCard): Promise<void> {
    while (this.#card === card) {
      await sleep(200);
      if (this.#card !== card) return;
      try {
        return await this.insert(card);
      } catch {
        this.#card = card;
      }
    }
  }

  /** Unplugs the reader until `remove`. */
  async unplug(): Promise<void> {
    await this.#occupy("u");
  }

  /** Pulls the card (or plugs the reader in again). Idempotent. */
  remove(): void {
    this.#card = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }

  async #occupy(kind: "c" | "u"): Promise<Socket> {
    this.remove();
    const socket = connect(this.#path);
    await once(socket, "connect");
    // The reader went away; whoever uses it sees that through PC/SC.
    socket.on("error", () => undefined);
    socket.write(kind);
    this.#socket = socket;
    return socket;
  }

  async #answer(card: VirtualCard, frame: Buffer, socket: Socket): Promise<void> {
    const type = String.fromCharCode(frame[0] ?? 0);
    const payload = new Uint8Array(frame.subarray(HEADER));
    try {
      const answer = await this.#work(card, type, payload);
      const header = Buffer.alloc(HEADER);
      header[0] = frame[0] ?? 0;
      header.writeUInt32BE(answer.length, 1);
      socket.write(Buffer.concat([header, answer]));
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
      socket.destroy();
    } finally {
      payload.fill(0);
      frame.fill(0);
    }
  }

  async #work(card: VirtualCard, type: string, payload: Uint8Array): Promise<Uint8Array> {
    switch (type) {
      case "+":
      case "!":
        return card.powerOn();
      case "-":
        card.powerOff();
        return new Uint8Array(0);
      case "A":
        return card.transmit(payload);
      case "P":
        return this.#typeAtPad(card, payload);
      default:
        throw new Error(`the reader sent a frame of unknown type ${JSON.stringify(type)}`);
    }
  }

  // PC/SC part 10 §2.5.2, PIN_VERIFY_STRUCTURE: the command to complete with the PIN starts at byte 19.
  async #typeAtPad(card: VirtualCard, structure: Uint8Array): Promise<Uint8Array> {
    const [cla, ins, p1, p2] = structure.subarray(19);
    if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) {
      return encodeResponse(SW.wrongLength);
    }
    const entry = this.#pad();
    if (entry === null) return encodeResponse(SW.pinPadCancelled);
    return card.transmit(encodeCommand({ cla, ins, p1, p2, data: Buffer.from(entry, "ascii") }));
  }
}
