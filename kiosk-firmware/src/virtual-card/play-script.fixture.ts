import {
  authenticateMutually,
  type CardTransport,
  encodeCommand,
  exchange,
  parseCommand,
  payloadDigest,
  requestCardChallenge,
  securedCommand,
} from "@mitome/card";
import { CardAuthority, type CardAuthoritySession } from "@mitome/testkit/card-authority";
import { TEST_CARD_COMPONENTS } from "@mitome/testkit/pcsc";
import type { CardScript, ScriptStep } from "./card-scripts.fixture.ts";

/** Plays a script; returns one line a step that went otherwise than it says. */
export async function playScript(script: CardScript, card: CardTransport): Promise<string[]> {
  const wrong: string[] = [];
  const player = new Player(card);
  for (const step of script.steps) {
    const answer = await player.play(step);
    if (!agrees(step.answer, answer)) wrong.push(`${step.note}: expected ${step.answer}, got ${answer}`);
  }
  return wrong;
}

class Player {
  readonly #card: CardTransport;
  #session: CardAuthoritySession | null = null;
  #counter = 0;
  #last: Uint8Array | null = null;

  constructor(card: CardTransport) {
    this.#card = card;
  }

  async play(step: ScriptStep): Promise<string> {
    if ("send" in step) return hex(await this.#card.transmit(bytes(step.send)));
    return "authenticate" in step ? this.#authenticate(step.authenticate) : this.#secured(step);
  }

  async #authenticate(how: "right" | "wrong"): Promise<string> {
    const challenge = await requestCardChallenge(this.#card);
    const [first, second] = TEST_CARD_COMPONENTS;
    const authority = new CardAuthority([how === "right" ? first : second, second]);
    this.#session = authority.openSession("MT00000000000001", challenge);
    this.#counter = 1;
    const cryptogram = await authenticateMutually(this.#card, this.#session);
    return cryptogram === null ? "6300" : `${hex(cryptogram)}9000`;
  }

  async #secured(step: Extract<ScriptStep, { secured: unknown }>): Promise<string> {
    const [ins, p1, p2, text] = step.secured;
    const payload = bytes(text);
    const counter = this.#counter + (step.forge === "counterAhead" ? 1 : 0);
    const planned = { ins, p1, p2, payload, payloadDigest: payloadDigest(payload) };
    const [mac = new Uint8Array(16)] = this.#session?.macs([planned], counter) ?? [];
    if (step.forge === "mac") mac[15] = (mac[15] ?? 0) ^ 1;
    if (step.forge === "payload") payload[payload.length - 1] = (payload[payload.length - 1] ?? 0) ^ 1;
    const sent = securedCommand(step.forge === "otherIns" ? { ...planned, ins: 0x0e } : planned, {
      counter,
      payload,
      mac,
    });
    if (step.forge === "replay" && this.#last !== null) return hex(await this.#card.transmit(this.#last));
    this.#last = encodeCommand(sent);
    const answer = await exchange(this.#card, parseCommand(this.#last) ?? sent);
    if (step.forge === undefined) this.#counter += 1;
    return hex(answer.data) + answer.sw.toString(16).padStart(4, "0");
  }
}

function agrees(expected: string, answer: string): boolean {
  const sw = expected.slice(-4).toLowerCase();
  if (answer.slice(-4) !== sw) return false;
  const data = answer.slice(0, -4);
  if (expected.startsWith("*")) return true;
  const length = /^\[(\d+)\]/.exec(expected)?.[1];
  return length === undefined ? data === expected.slice(0, -4).toLowerCase() : data.length === 2 * Number(length);
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString("hex");
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}
