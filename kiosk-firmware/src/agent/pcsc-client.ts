import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter } from "node:events";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CardRemoved, type CardTransport, overwritable, ReaderUnavailable } from "@mitome/card";

/** What the agent knows of one reader. */
export interface ReaderState {
  readonly reader: string;
  readonly present: boolean;
  readonly atr: Uint8Array | null;
}

/** A card held exclusively, and its reader's pad. */
export interface ConnectedCard extends CardTransport {
  readonly reader: string;
  readonly pinPad: boolean;
  /** Lets the pad complete a VERIFY command (template: its first four bytes); returns the card's or the pad's answer. */
  verifyAtPad(template: Uint8Array, digits: { minimum: number; maximum: number }): Promise<Uint8Array>;
}

type ChildMessage =
  | { id: number; ok: true; data?: Uint8Array }
  | { id: number; ok: false; code: string }
  | { event: "reader"; reader: string; available: boolean; present: boolean; count: number; atr?: Uint8Array }
  | { event: "readerError"; reader: string; code: string };

/** The child's descriptor from which it reads the octets of commands. */
const COMMANDS = 4;
const GET_FEATURE_REQUEST = 0x42000000 + 3400;
const FEATURE_VERIFY_PIN_DIRECT = 0x06;
const FIRST_WAIT = 300;
const LONGEST_WAIT = 5_000;
const SHARING_VIOLATION = "8010000b";
// Card gone, no card, card reset, transaction failed: the card has to be connected anew and its state read.
const CARD_GONE = new Set(["80100069", "8010000c", "80100068", "80100016", "80100066", "80100067"]);

/**
 * PC/SC through a child process. Emits `reader` with a {@link ReaderState} when a card comes or goes. The child is started anew
 * whenever it ends or hangs; what it was doing then throws {@link ReaderUnavailable}.
 */
export class PcscClient extends EventEmitter<{ reader: [ReaderState]; childEnded: [] }> {
  readonly #prefix: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #timeout: number;
  readonly #pending = new Map<number, { resolve(data: Uint8Array): void; reject(error: Error): void }>();
  readonly #readers = new Map<string, ReaderState & { count: number }>();
  #child: ChildProcess | null = null;
  #lastId = 0;
  /** Before the next child is started; grows while there is no PC/SC service at all. */
  #wait = FIRST_WAIT;
  #stopped = false;

  constructor(options: { readerPrefix: string; pcscSocket?: string; timeoutMilliseconds?: number }) {
    super();
    this.#prefix = options.readerPrefix;
    this.#timeout = options.timeoutMilliseconds ?? 60_000;
    this.#environment = {
      ...process.env,
      // Each blocked transmit holds a thread of the pool.
      UV_THREADPOOL_SIZE: "24",
      ...(options.pcscSocket === undefined ? {} : { PCSCLITE_CSOCK_NAME: options.pcscSocket }),
    };
    this.#start();
  }

  /** Readers of ours that hold a card. */
  get readersWithCard(): readonly string[] {
    return [...this.#readers.values()].filter(({ present }) => present).map(({ reader }) => reader);
  }

  /** Readers of ours, with a card or without. */
  get readers(): readonly ReaderState[] {
    return [...this.#readers.values()];
  }

  /** Process id of the child that lives now. */
  get childPid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends the child for good. */
  stop(): void {
    this.#stopped = true;
    this.#child?.kill("SIGKILL");
  }

  /**
   * Holds the card in a reader exclusively while `work` runs, then resets it, so that nothing verified outlives the operation.
   * Throws {@link CardRemoved} or {@link ReaderUnavailable}.
   */
  async withCard<T>(reader: string, work: (card: ConnectedCard) => Promise<T>): Promise<T> {
    await this.#connect(reader);
    try {
      const pinPad = await this.#hasPinPad(reader);
      return await work({
        reader,
        pinPad: pinPad !== undefined,
        transmit: async (command) => {
          const answer = await this.#ask("transmit", reader, { command: copyOf(command) });
          // A card that dies while it answers may leave nothing.
          if (answer.length < 2) throw new CardRemoved("the card gave no status word");
          return answer;
        },
        verifyAtPad: (template, digits) =>
          this.#ask("control", reader, {
            controlCode: pinPad ?? 0,
            data: pinVerifyStructure(template, digits),
          }),
      });
    } finally {
      // Also after removal: the binding takes the reader for connected until it is told.
      await this.#ask("disconnect", reader).catch(() => undefined);
    }
  }

  async #connect(reader: string): Promise<void> {
    // Somebody else may look at the card for a moment.
    for (let tries = 1; ; tries++) {
      try {
        await this.#ask("connect", reader);
        return;
      } catch (error) {
        const shared = error instanceof ReaderUnavailable && error.message.includes(SHARING_VIOLATION);
        if (!shared || tries === 20) throw error;
        await sleep(100);
      }
    }
  }

  // PC/SC part 10 §2.2: a list of feature (1), length 04, control code (4, big-endian).
  async #hasPinPad(reader: string): Promise<number | undefined> {
    const features = await this.#ask("control", reader, { controlCode: GET_FEATURE_REQUEST }).catch(
      () => new Uint8Array(0),
    );
    for (let at = 0; at + 6 <= features.length; at += 6) {
      if (features[at] === FEATURE_VERIFY_PIN_DIRECT) return Buffer.from(features).readUInt32BE(at + 2);
    }
    return undefined;
  }

  #ask(
    op: "connect" | "disconnect" | "transmit" | "control",
    reader: string,
    { command, ...more }: { command?: Uint8Array; data?: Uint8Array; controlCode?: number } = {},
  ): Promise<Uint8Array> {
    const child = this.#child;
    if (child === null || !child.connected) return Promise.reject(new ReaderUnavailable("PC/SC is not there"));
    const id = ++this.#lastId;
    return new Promise<Uint8Array>((resolve, reject) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), this.#timeout);
      const settle = (settled: () => void): void => {
        clearTimeout(timer);
        this.#pending.delete(id);
        settled();
      };
      this.#pending.set(id, {
        resolve: (data) => settle(() => resolve(data)),
        reject: (error) => settle(() => reject(error)),
      });
      if (command !== undefined) sendAndOverwrite(child, command);
      child.send({ id, op, reader, ...more, commandLength: command?.length }, (error) => {
        if (error !== null) this.#pending.get(id)?.reject(new ReaderUnavailable(error.message));
      });
    });
  }

  #start(): void {
    const child = fork(fileURLToPath(new URL("./pcsc-child.ts", import.meta.url)), {
      serialization: "advanced",
      env: this.#environment,
      stdio: ["ignore", "ignore", "ignore", "ipc", "pipe"],
    });
    // A child that has died is heard of by its exit.
    child.stdio[COMMANDS]?.on("error", () => undefined);
    this.#child = child;
    child.on("error", () => undefined);
    child.on("message", (message) => this.#receive(message as ChildMessage));
    child.on("exit", () => {
      this.#child = null;
      for (const { reject } of [...this.#pending.values()]) reject(new ReaderUnavailable("the PC/SC process ended"));
      for (const reader of [...this.#readers.keys()]) this.#see({ reader, present: false, count: -1, atr: null });
      this.emit("childEnded");
      if (!this.#stopped) setTimeout(() => this.#stopped || this.#start(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    });
  }

  #receive(message: ChildMessage): void {
    if ("id" in message) {
      const waiting = this.#pending.get(message.id);
      if (message.ok) waiting?.resolve(message.data ?? new Uint8Array(0));
      else waiting?.reject(failure(message.code));
    } else if (message.event === "reader" && message.reader.startsWith(this.#prefix)) {
      this.#wait = FIRST_WAIT;
      const { reader, count, atr } = message;
      this.#see({ reader, present: message.present && message.available, count, atr: atr ?? null });
    }
  }

  // Our own connecting and disconnecting is reported too; only a change of card or presence is news.
  #see(state: ReaderState & { count: number }): void {
    const known = this.#readers.get(state.reader);
    this.#readers.set(state.reader, state);
    if (known?.present === state.present && (known.count === state.count || !state.present)) return;
    this.emit("reader", { reader: state.reader, present: state.present, atr: state.atr });
  }
}

// A command may hold a password, and messages between processes are copied into buffers that nobody can overwrite: its
// octets go ahead of their message on a pipe of their own, straight from the one array.
function copyOf(command: Uint8Array): Uint8Array {
  const copy = overwritable(command.length);
  copy.set(command);
  return copy;
}

function sendAndOverwrite(child: ChildProcess, command: Uint8Array): void {
  const pipe = child.stdio[COMMANDS];
  if (!(pipe instanceof Writable)) throw new TypeError("the PC/SC process was started without its pipe");
  pipe.write(command, () => command.fill(0));
}

function failure(code: string): Error {
  return CARD_GONE.has(code) ? new CardRemoved(`PC/SC error ${code}`) : new ReaderUnavailable(`PC/SC error ${code}`);
}

// PC/SC part 10 §2.5.2; numbers little-endian. Format: ASCII, left-justified, length in Lc; entry ends with the OK key.
function pinVerifyStructure(template: Uint8Array, digits: { minimum: number; maximum: number }): Uint8Array {
  const structure = Buffer.alloc(19 + template.length);
  structure[2] = 0x82;
  structure.writeUInt16LE((digits.minimum << 8) | digits.maximum, 5);
  structure[7] = 0x02;
  structure[8] = 0x01;
  structure.writeUInt16LE(0x0411, 9); // Japanese
  structure.writeUInt32LE(template.length, 15);
  structure.set(template, 19);
  return new Uint8Array(structure);
}
