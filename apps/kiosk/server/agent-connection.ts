import { verify, type X509Certificate } from "node:crypto";
import {
  type AgentCommand,
  type AgentMessage,
  type AgentResult,
  type AgentStep,
  agentMessage,
  type GatewayMessage,
  sessionKeyMessage,
  type TerminalSessionKey,
} from "@mitome/card";
import type { AgentCommandStore } from "@mitome/db/ra";
import { AuthorityUnavailable, type CertificationAuthority } from "@mitome/ra";
import type { RawData, WebSocket } from "ws";
import { signCommand } from "./command-jws.ts";
import type { ServerEquipment } from "./equipment-files.ts";
import { faultOf, type Log } from "./log.ts";

export interface AgentConnectionDependencies {
  readonly terminal: string;
  readonly certificate: X509Certificate;
  /** As it is now: it is renewed while the server runs. */
  readonly equipment: () => ServerEquipment;
  readonly commands: AgentCommandStore;
  readonly authority: CertificationAuthority;
  readonly clock: () => Date;
  readonly log: Log;
  /** A card came or went, the agent came or went. */
  readonly changed: (terminal: string) => void;
  /** The agent tells what it does for a command, or hands over the key that it had made. */
  readonly progressed: (command: AgentCommand, step: AgentStep | "keyMade") => void;
  /** A result was recorded. */
  readonly ended: (commandId: string, result: AgentResult) => void;
}

/** What lies on the counter's reader. */
export interface CardOnReader {
  readonly present: boolean;
  readonly cardNumber: string | null;
  readonly pinPad: boolean;
}

type Need = Extract<AgentMessage, { type: "need" }>;
type Answer = Extract<GatewayMessage, { type: "answer" }>["answer"];

/** How often an idle connection is asked whether it is still there, in milliseconds. */
const heartbeat = 10_000;

/** One agent's WebSocket: commands go out, results, needs and card events come in. */
export class AgentConnection {
  readonly #socket: WebSocket;
  readonly #use: AgentConnectionDependencies;
  readonly #given = new Map<string, AgentCommand>();
  readonly #heartbeat: NodeJS.Timeout;
  #alive = true;
  #sessionKey: TerminalSessionKey | null = null;
  #cards = new Map<string, CardOnReader>();

  constructor(socket: WebSocket, dependencies: AgentConnectionDependencies) {
    this.#socket = socket;
    this.#use = dependencies;
    socket.on("message", (data) => void this.#receive(data));
    socket.on("error", () => socket.terminate());
    socket.on("pong", () => {
      this.#alive = true;
    });
    this.#heartbeat = setInterval(() => {
      if (!this.#alive) return socket.terminate();
      this.#alive = false;
      socket.ping();
    }, heartbeat);
    socket.on("close", () => clearInterval(this.#heartbeat));
  }

  get terminal(): string {
    return this.#use.terminal;
  }

  get certificate(): X509Certificate {
    return this.#use.certificate;
  }

  /** The agent said hello and its key is the terminal's. */
  get ready(): boolean {
    return this.#sessionKey !== null;
  }

  get sessionKey(): TerminalSessionKey | null {
    return this.#sessionKey;
  }

  /** The card on the reader; a present card wins over an empty second reader. */
  get card(): CardOnReader {
    const cards = [...this.#cards.values()];
    return (
      cards.find(({ present }) => present) ?? {
        present: false,
        cardNumber: null,
        pinPad: cards.some(({ pinPad }) => pinPad),
      }
    );
  }

  /** Gives a command that is already recorded. Given twice, the agent runs it once and answers its first result. */
  give(command: AgentCommand): void {
    this.#given.set(command.commandId, command);
    const { key, certificate } = this.#use.equipment();
    this.#send({ type: "command", jws: signCommand(command, key, certificate) });
  }

  /** Calls when the connection ends, at once when it has ended; the answer takes it back. */
  onceClosed(call: () => void): () => void {
    if (this.#socket.readyState === this.#socket.CLOSED) call();
    this.#socket.once("close", call);
    return () => this.#socket.off("close", call);
  }

  close(): void {
    this.#socket.close();
    this.#socket.terminate();
  }

  #send(message: GatewayMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  async #receive(data: RawData): Promise<void> {
    try {
      const text = Buffer.isBuffer(data) ? data.toString("utf8") : "";
      const parsed = agentMessage.safeParse(JSON.parse(text));
      if (!parsed.success) return this.#refuse("message");
      await this.#take(parsed.data);
    } catch (error) {
      this.#use.log("K013", { terminal: this.terminal, ...faultOf(error) });
      // Nothing was acknowledged: the agent keeps its journal and comes again.
      this.#socket.terminate();
    }
  }

  async #take(message: AgentMessage): Promise<void> {
    switch (message.type) {
      case "hello":
        return this.#hello(message);
      case "card":
        this.#cards.set(message.reader, {
          present: message.present,
          cardNumber: message.cardNumber,
          pinPad: message.pinPad,
        });
        return this.#use.changed(this.terminal);
      case "need":
        return this.#send({ type: "answer", commandId: message.commandId, answer: await this.#answer(message) });
      case "progress":
        return this.#progress(message.commandId, message.step);
      case "result":
        return this.#end(message.commandId, message.result);
    }
  }

  async #hello({ terminal, sessionKey, journal }: Extract<AgentMessage, { type: "hello" }>): Promise<void> {
    if (terminal !== this.terminal || !this.#signedByTerminal(sessionKey)) return this.#refuse("sessionKey");
    for (const { commandId, result } of journal) await this.#end(commandId, result);
    this.#sessionKey = sessionKey;
    this.#use.changed(this.terminal);
  }

  // Checked here alone, against the certificate of the connection: a page has no root of its own to check it under, and who
  // could hand it another key could hand it another page.
  #signedByTerminal({ publicKey, signature, terminalCertificate }: TerminalSessionKey): boolean {
    const { certificate, terminal } = this.#use;
    if (terminalCertificate !== certificate.raw.toString("base64")) return false;
    const key = { key: certificate.publicKey, dsaEncoding: "ieee-p1363" } as const;
    const message = sessionKeyMessage(terminal, Buffer.from(publicKey, "base64"));
    return verify("sha256", message, key, Buffer.from(signature, "base64"));
  }

  #progress(commandId: string, step: AgentStep | "keyMade"): void {
    const command = this.#given.get(commandId);
    if (command !== undefined) this.#use.progressed(command, step);
  }

  // Recorded first, acknowledged after: a result that we lost would be asked for again.
  async #end(commandId: string, result: AgentResult): Promise<void> {
    const { commands, clock, ended } = this.#use;
    if (result.kind === "keyMade") this.#progress(commandId, "keyMade");
    await commands.end(commandId, this.terminal, result, clock());
    this.#given.delete(commandId);
    this.#send({ type: "ack", commandId });
    ended(commandId, result);
  }

  // The terminal cannot name a case: the one of the command that it runs stands.
  async #answer(need: Need): Promise<Answer> {
    const command = this.#given.get(need.commandId);
    if (command === undefined || command.cardNumber !== need.cardNumber)
      return { kind: "refused", reason: "commandNotGiven" };
    const { caseId, attempt } = command;
    const { authority } = this.#use;
    try {
      if (need.need === "hostChallenge") {
        const { cardNumber, cardChallenge } = need;
        const answer = await authority.openCardSession({ caseId, attempt, cardNumber, cardChallenge });
        if (answer.kind === "refused") return { kind: "refused", reason: answer.reason };
        return { kind: "hostChallenge", hostChallenge: answer.hostChallenge, hostCryptogram: answer.hostCryptogram };
      }
      const { cardNumber, cardChallenge, hostChallenge, cardCryptogram, counter, command: named } = need;
      const session = { caseId, attempt, cardNumber, cardChallenge, hostChallenge, cardCryptogram };
      const answer = await authority.authoriseCardCommand({ ...session, counter, command: named });
      return answer.kind === "refused"
        ? { kind: "refused", reason: answer.reason }
        : { kind: "macs", macs: [...answer.macs] };
    } catch (error) {
      if (error instanceof AuthorityUnavailable) return { kind: "unavailable" };
      this.#use.log("K023", { terminal: this.terminal, ...faultOf(error) });
      return { kind: "refused", reason: "notAuthorised" };
    }
  }

  #refuse(what: string): void {
    this.#use.log("K013", { terminal: this.terminal, reason: what });
    this.#socket.terminate();
  }
}
