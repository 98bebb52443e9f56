import { randomBytes } from "node:crypto";
import {
  CLA_SECURED,
  CLA_SIGN,
  type CommandApdu,
  encodeResponse,
  INS,
  JPKI,
  type KeyAlgorithm,
  parseCommand,
  SW,
  WRITE_INS,
} from "@mitome/card";
import { administrationCommand } from "./administration-commands.ts";
import type { CardMemory, CardStore } from "./card-memory.ts";
import { type CardSession, freshSession } from "./card-session.ts";
import { makePrivateKey } from "./chip-keys.ts";
import { publicCommand, selectFile } from "./public-commands.ts";

/** A command's answer: status word and data. */
export interface Answer {
  readonly sw: number;
  readonly data?: Uint8Array;
}

/** What a command works on. */
export interface Chip {
  readonly session: CardSession;
  readonly memory: CardMemory;
  /** Makes a change survive a power cut; throws `PowerLost` when power went since the command came. */
  save(memory: CardMemory): void;
  random(length: number): Uint8Array;
  makePrivateKey(algorithm: KeyAlgorithm): Promise<Uint8Array>;
}

/** The card lost power while it worked: the command has no answer. */
export class PowerLost extends Error {
  override readonly name = "PowerLost";
}

/** Names of commands, for scripts and for hooks that pull the card. */
export type CardCommandName = keyof typeof INS | keyof typeof WRITE_INS;

/** Called before a command takes effect and after its effect is safe; throw `PowerLost` to pull the card there. */
export type CardHook = (command: CardCommandName | "unknown", when: "before" | "after") => void;

/** Sources of chance, for tests with fixed ones. */
export interface CardChance {
  random(length: number): Uint8Array;
  makePrivateKey(algorithm: KeyAlgorithm): Promise<Uint8Array>;
}

const realChance: CardChance = { random: (length) => new Uint8Array(randomBytes(length)), makePrivateKey };

/**
 * A card with the JPKI application: the public command set as OpenSC and myna use it, and our write profile. Its memory persists in
 * the store after every change; the session is dropped without power. No command returns a private key.
 */
export class VirtualCard {
  readonly #store: CardStore;
  readonly #chance: CardChance;
  readonly #hook: CardHook;
  #memory: CardMemory;
  #session: CardSession | null = null;

  constructor(store: CardStore, options: { chance?: CardChance; hook?: CardHook } = {}) {
    this.#store = store;
    this.#chance = options.chance ?? realChance;
    this.#hook = options.hook ?? (() => undefined);
    this.#memory = store.read();
  }

  /** Powers the card, or resets it: a fresh session. Returns the answer to reset. */
  powerOn(): Uint8Array {
    this.#session = freshSession();
    return JPKI.atr;
  }

  /** Takes the power away. A command that runs ends with `PowerLost`. */
  powerOff(): void {
    this.#session = null;
  }

  /** Works one command APDU. Throws `PowerLost` when power goes meanwhile. */
  async transmit(apdu: Uint8Array): Promise<Uint8Array> {
    const session = this.#session;
    if (session === null) throw new PowerLost();
    const command = parseCommand(apdu);
    if (command === undefined) return encodeResponse(SW.wrongLength);
    const name = commandName(command);
    this.#hook(name, "before");
    const answer = await this.#run(command, name, session);
    this.#hook(name, "after");
    if (this.#session !== session) throw new PowerLost();
    return respond(session, answer, command.le ?? 256);
  }

  async #run(command: CommandApdu, name: CardCommandName | "unknown", session: CardSession): Promise<Answer> {
    if (name === "getResponse") return getResponse(session);
    session.remaining = null;
    if (name === "select") return selectFile(command, session);
    // Probes for other applications (OpenSC tries its other drivers) get a clean "no such instruction".
    if (!session.applicationSelected || name === "unknown") return { sw: SW.insNotSupported };
    const chip = this.#chip(session);
    if (command.cla === CLA_SECURED || name === "mutualAuthenticate") return administrationCommand(name, command, chip);
    if (command.cla !== (name === "performSecurityOperation" ? CLA_SIGN : 0x00)) return { sw: SW.claNotSupported };
    return publicCommand(name, command, chip);
  }

  #chip(session: CardSession): Chip {
    const save = (memory: CardMemory): void => {
      if (this.#session !== session) throw new PowerLost();
      this.#store.write(memory);
      this.#memory = memory;
    };
    const current = (): CardMemory => this.#memory;
    return {
      session,
      get memory() {
        return current();
      },
      save,
      random: this.#chance.random,
      makePrivateKey: this.#chance.makePrivateKey,
    };
  }
}

function commandName(command: CommandApdu): CardCommandName | "unknown" {
  const table = command.cla === CLA_SECURED || command.ins === WRITE_INS.mutualAuthenticate ? WRITE_INS : INS;
  for (const [name, ins] of Object.entries(table)) if (ins === command.ins) return name as CardCommandName;
  return "unknown";
}

// ISO 7816-4 §5.3.4: what does not fit is announced by 61xx and fetched by GET RESPONSE.
function respond(session: CardSession, answer: Answer, room: number): Uint8Array {
  const { data = new Uint8Array(0) } = answer;
  if (data.length <= room) return encodeResponse(answer.sw, data);
  session.remaining = data.subarray(room);
  return encodeResponse(SW.bytesRemaining | (Math.min(session.remaining.length, 256) % 256), data.subarray(0, room));
}

function getResponse(session: CardSession): Answer {
  const data = session.remaining;
  session.remaining = null;
  return data === null ? { sw: SW.conditionsNotSatisfied } : { sw: SW.ok, data };
}
