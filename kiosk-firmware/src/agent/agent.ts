import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AgentCommand,
  type AgentResult,
  type AgentStep,
  CardMisbehaved,
  CardRemoved,
  type GatewayMessage,
  ReaderUnavailable,
  readCardNumber,
  selectJpki,
} from "@mitome/card";
import { runOperation } from "./card-operations.ts";
import type { GatewayConnection } from "./gateway-connection.ts";
import type { Journal } from "./journal.ts";
import type { Log } from "./log.ts";
import {
  AuthorityUnavailable,
  ConnectionLost,
  type CrashPoint,
  type Need,
  type NeedAnswer,
  type OperationContext,
} from "./operation.ts";
import type { ConnectedCard, PcscClient, ReaderState } from "./pcsc-client.ts";
import type { SessionKey } from "./session-key.ts";
import { type CommandTrust, claimedCommandId, verifyCommand } from "./verify-command.ts";

/** What the agent is made of. */
export interface AgentParts {
  readonly pcsc: PcscClient;
  readonly gateway: GatewayConnection;
  readonly journal: Journal;
  readonly sessionKey: SessionKey;
  readonly trust: CommandTrust;
  readonly crashPoint: CrashPoint;
  readonly log: Log;
  readonly now: () => Date;
}

const AGENT_VERSION = "0.1.0";
const NEED_TIMEOUT = 60_000;
const RECOGNITION_TRIES = 5;
const RECOGNITION_PAUSE = 200;

/**
 * The device agent: obeys named card operations that this municipality's server signed, one at a time, and remembers each until the
 * server has its result.
 */
export class Agent {
  readonly #parts: AgentParts;
  readonly #needs = new Map<string, { resolve(answer: NeedAnswer): void; reject(error: Error): void }>();
  /** Commands and looks at cards run one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  /** What was last told of each reader, told again after a reconnection. */
  readonly #cards = new Map<
    string,
    { present: boolean; cardNumber: string | null; atr: string | null; pinPad: boolean }
  >();

  constructor(parts: AgentParts) {
    this.#parts = parts;
    parts.pcsc.on("reader", (state) => this.#enqueue(() => this.#look(state)));
    parts.gateway.on("open", () => this.#greet());
    parts.gateway.on("message", (message) => this.#receive(message));
    parts.gateway.on("refusedMessage", () => parts.log("messageOutsideProtocol"));
    parts.gateway.on("close", () => {
      for (const { reject } of [...this.#needs.values()]) reject(new ConnectionLost());
    });
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      // A fault of ours, or a journal that cannot be written: nothing more may be done to a card. The supervisor starts the agent
      // anew, and the journal tells the server what was interrupted.
      this.#parts.log("unexpected", { error: error instanceof Error ? error.name : "unknown" });
      process.exit(1);
    });
  }

  #greet(): void {
    const { gateway, trust, sessionKey, journal, log } = this.#parts;
    log("connected");
    const { terminal } = trust;
    const unfinished = journal.unfinished();
    gateway.send({
      type: "hello",
      terminal,
      agentVersion: AGENT_VERSION,
      sessionKey: sessionKey.announcement,
      journal: unfinished,
    });
    for (const [reader, card] of this.#cards) gateway.send({ type: "card", reader, ...card });
  }

  #receive(message: GatewayMessage): void {
    switch (message.type) {
      case "command":
        this.#command(message.jws);
        break;
      case "answer":
        this.#needs.get(message.commandId)?.resolve(message.answer);
        break;
      case "ack":
        this.#parts.journal.acknowledge(message.commandId);
    }
  }

  #command(jws: string): void {
    const { gateway, journal, trust, log, now } = this.#parts;
    const command = verifyCommand(jws, trust, now());
    if ("refused" in command) {
      log("commandRefused", { why: command.refused });
      const commandId = claimedCommandId(jws);
      const result = { kind: "refused", reason: "commandNotRight", why: command.refused } as const;
      if (commandId !== undefined) gateway.send({ type: "result", commandId, result });
      return;
    }
    const { commandId } = command;
    const acceptance = journal.accept(command);
    if (acceptance === "accepted") this.#enqueue(() => this.#obey(command));
    if (acceptance === "accepted" || acceptance === "running") return;
    const replayed = { kind: "refused", reason: "commandNotRight", why: "replayed" } as const;
    const result = acceptance === "replayed" ? replayed : acceptance.result;
    gateway.send({ type: "result", commandId, result });
  }

  async #obey(command: AgentCommand): Promise<void> {
    const { journal, gateway, crashPoint, log } = this.#parts;
    const { commandId, operation } = command;
    const doing: { step: AgentStep | null } = { step: null };
    const result = await this.#run(command, doing).catch((error: unknown) => {
      // The message names a command and a status word, no more.
      if (error instanceof CardMisbehaved) log("cardMisbehaved", { operation, what: error.message });
      return interruption(error, doing.step);
    });
    crashPoint(`agent.${operation}.result.before`);
    journal.result(commandId, result);
    crashPoint(`agent.${operation}.result.after`);
    log("commandDone", { operation, result: result.kind, commandId });
    gateway.send({ type: "result", commandId, result });
  }

  async #run(command: AgentCommand, doing: { step: AgentStep | null }): Promise<AgentResult> {
    const { pcsc } = this.#parts;
    const readers = pcsc.readersWithCard;
    if (readers.length === 0) {
      if (command.operation === "status") return { kind: "status", card: null, pinPad: false };
      return { kind: "interrupted", reason: "noCard", step: null };
    }
    // With several readers the one that holds the command's card is meant.
    const known = readers.find((reader) => this.#cards.get(reader)?.cardNumber === command.cardNumber);
    const reader = known ?? readers[0] ?? "";
    return pcsc.withCard(reader, (card) => runOperation(command, this.#context(command, card, doing)));
  }

  #context(command: AgentCommand, card: ConnectedCard, doing: { step: AgentStep | null }): OperationContext {
    const { journal, gateway, sessionKey, crashPoint, now } = this.#parts;
    const { commandId, operation, terminal, caseId, attempt, cardNumber, commandNumber } = command;
    return {
      card,
      now,
      random: (length) => new Uint8Array(randomBytes(length)),
      need: (need) => this.#need(need),
      progress: (step) => {
        doing.step = step;
        gateway.send({ type: "progress", commandId, step });
      },
      step: async (step, effect) => {
        journal.step(commandId, step, "before");
        crashPoint(`agent.${operation}.${step}.before`);
        const outcome = await effect();
        crashPoint(`agent.${operation}.${step}.after`);
        journal.step(commandId, step, "after");
        return outcome;
      },
      openPassword: async (sealed) => {
        if (
          cardNumber === null ||
          operation === "status" ||
          operation === "erase" ||
          operation === "storeCertificates"
        ) {
          return undefined;
        }
        return sessionKey.open(sealed, { terminal, caseId, attempt, cardNumber, operation, commandNumber });
      },
    };
  }

  async #need(need: Need): Promise<NeedAnswer> {
    if (!this.#parts.gateway.send(need)) throw new ConnectionLost();
    const answer = await new Promise<NeedAnswer>((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(new AuthorityUnavailable())), NEED_TIMEOUT);
      const settle = (settled: () => void): void => {
        clearTimeout(timer);
        this.#needs.delete(need.commandId);
        settled();
      };
      this.#needs.set(need.commandId, {
        resolve: (given) => settle(() => resolve(given)),
        reject: (error) => settle(() => reject(error)),
      });
    });
    if (answer.kind === "unavailable") throw new AuthorityUnavailable();
    return answer;
  }

  // A card came or went: its number is read without authentication and told to the server.
  async #look({ reader, present, atr }: ReaderState): Promise<void> {
    const { gateway } = this.#parts;
    const seen = present ? await this.#recognise(reader) : null;
    const card = {
      present,
      cardNumber: seen?.cardNumber ?? null,
      atr: atr === null ? null : Buffer.from(atr).toString("base64"),
      pinPad: seen?.pinPad ?? false,
    };
    this.#cards.set(reader, card);
    gateway.send({ type: "card", reader, ...card });
  }

  /** The number of the card in the reader; null when it is none of ours or answers nothing. */
  async #recognise(reader: string): Promise<{ cardNumber: string | null; pinPad: boolean } | null> {
    const { pcsc } = this.#parts;
    for (let tries = 1; ; tries++) {
      try {
        return await pcsc.withCard(reader, async (card) => ({
          cardNumber: (await selectJpki(card)) ? await readCardNumber(card) : null,
          pinPad: card.pinPad,
        }));
      } catch {
        // A card just put in may not answer its first connection; no second event would ever tell of it.
        if (tries === RECOGNITION_TRIES || !pcsc.readersWithCard.includes(reader)) return null;
        await sleep(RECOGNITION_PAUSE);
      }
    }
  }
}

function interruption(error: unknown, step: AgentStep | null): AgentResult {
  if (error instanceof CardRemoved) return { kind: "interrupted", reason: "cardRemoved", step };
  if (error instanceof ReaderUnavailable) return { kind: "interrupted", reason: "readerUnavailable", step };
  if (error instanceof AuthorityUnavailable) return { kind: "interrupted", reason: "authorityUnavailable", step };
  if (error instanceof ConnectionLost) return { kind: "interrupted", reason: "connectionLost", step };
  if (error instanceof CardMisbehaved || error instanceof RangeError || error instanceof TypeError) {
    return { kind: "interrupted", reason: "cardMisbehaved", step };
  }
  throw error;
}
