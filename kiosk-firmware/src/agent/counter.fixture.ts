import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentResult } from "@mitome/card";
import { type CardHand, makeTestCards, type PcscStack, startCardHand, startPcsc } from "@mitome/testkit/pcsc";
import { type CardMemory, FileCardStore } from "../virtual-card/card-memory.ts";
import { type AgentProcess, startAgent } from "./agent-process.fixture.ts";
import { type EquipmentFiles, EquipmentRoot, pem } from "./equipment.fixture.ts";
import { TestGateway } from "./gateway.fixture.ts";

/** Number of the test card. */
export const CARD = "MT00000000000001";
/** Its owner's password; also the canary that tests look for in files and logs. */
export const PASSWORD = "CANARY7PASSWORD";

/** A whole counter for tests: reader and pcscd, card, gateway, and the real agent process. */
export class Counter {
  readonly stack: PcscStack;
  readonly hand: CardHand;
  readonly root: EquipmentRoot;
  readonly server: EquipmentFiles;
  readonly gateway: TestGateway;
  readonly #card: string;
  readonly #blank: CardMemory;
  readonly #configuration: object;
  /** Certificates of a length that cards store (DER that starts 30 82). */
  readonly certificates: readonly [Uint8Array, Uint8Array];
  agent: AgentProcess | null = null;
  #logs = "";

  private constructor(
    parts: Pick<Counter, "stack" | "hand" | "root" | "server" | "gateway"> & { card: string; url: string },
  ) {
    const { stack, hand, root, server, gateway, card, url } = parts;
    this.stack = stack;
    this.hand = hand;
    this.root = root;
    this.server = server;
    this.gateway = gateway;
    this.#card = card;
    this.#blank = this.memory;
    this.#configuration = {
      gatewayUrl: url,
      tls: { ca: root.ca, ...root.issue("agent", "counter-1") },
      equipmentRoot: root.ca,
      terminal: "counter-1",
      authority: "chiba",
      readerPrefix: "Mitome",
      journal: join(stack.directory, "agent", "journal"),
      pcscSocket: stack.pcscSocket,
    };
    this.certificates = [long(server.cert), long(root.ca)];
  }

  /** Opens a counter with a blank card in the reader; the agent is not started. */
  static async open(): Promise<Counter> {
    const stack = await startPcsc({ readers: 1, pinPads: [0] });
    const root = new EquipmentRoot(stack.directory);
    const server = root.issue("server", "hall-1");
    const gateway = new TestGateway(root.ca, server);
    const url = await gateway.listen();
    const [card = ""] = makeTestCards(join(stack.directory, "cards"), { cardNumbers: [CARD] });
    const [reader = { name: "", cardSocket: "" }] = stack.readers;
    const hand = await startCardHand(stack, reader);
    return new Counter({ stack, hand, root, server, gateway, card, url });
  }

  async close(): Promise<void> {
    await this.agent?.stop();
    await this.gateway.close();
    await this.hand.stop();
    await this.stack.stop();
  }

  /** The card's memory: what a test may see and no terminal. */
  get memory(): CardMemory {
    return new FileCardStore(this.#card).read();
  }

  set memory(memory: CardMemory) {
    new FileCardStore(this.#card).write(memory);
  }

  /** Starts the agent (again) and waits until it has told of the card. */
  async startAgent(crashAt?: string): Promise<AgentProcess> {
    const from = this.gateway.received.length;
    this.agent = await startAgent(this.stack.directory, {
      ...this.#configuration,
      ...(crashAt === undefined ? {} : { crashAt }),
    });
    await this.#told(from);
    return this.agent;
  }

  /** Ends the agent and keeps what it logged. */
  async stopAgent(): Promise<void> {
    await this.agent?.stop();
    this.#logs += this.agent?.log() ?? "";
    this.agent = null;
  }

  /** Puts the card in anew; `blank` makes a new blank one first. The agent, if it runs, has seen both the gap and the card. */
  async insert(kind: "blank" | "same" = "same"): Promise<void> {
    const from = this.gateway.received.length;
    const lastSeen = this.gateway.received.findLast((message) => message.type === "card");
    await this.hand.obey({ do: "remove" });
    if (this.agent !== null && lastSeen?.present === true) {
      await this.gateway.until((message) => message.type === "card" && !message.present, from);
    }
    if (kind === "blank") this.memory = this.#blank;
    const since = this.gateway.received.length;
    await this.hand.obey({ do: "insert", card: this.#card });
    if (this.agent !== null) await this.#told(since);
  }

  async #told(from: number): Promise<void> {
    await this.gateway.until((message) => message.type === "card" && message.cardNumber === CARD, from);
  }

  async makeKey(algorithm = "rsa-2048", password = PASSWORD): Promise<AgentResult> {
    return this.gateway.run("makeKey", await this.makeKeyParams(algorithm, password));
  }

  async makeKeyParams(algorithm = "rsa-2048", password = PASSWORD): Promise<object> {
    const sealedPassword = await this.gateway.seal("makeKey", password);
    const caseChallenge = Buffer.from(this.gateway.case.caseChallenge).toString("base64");
    return { algorithm, caseChallenge, sealedPassword };
  }

  storeParams(): object {
    const [certificate, authorityCertificate] = this.certificates;
    Object.assign(this.gateway.case, { certificate, authorityCertificate });
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    return { serial: "0a0b", certificate: text(certificate), authorityCertificate: text(authorityCertificate) };
  }

  async storeCertificates(): Promise<AgentResult> {
    return this.gateway.run("storeCertificates", this.storeParams());
  }

  async verifyPassword(password = PASSWORD): Promise<AgentResult> {
    return this.gateway.run("verifyPassword", { sealedPassword: await this.gateway.seal("verifyPassword", password) });
  }

  /** Everything that agent and servers could have written: files of the agent, logs, messages. Not the card's own memory. */
  everythingWritten(): string {
    const folder = join(this.stack.directory, "agent");
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
    const pcscd = readFileSync(join(this.stack.directory, "run", "pcscd.log"), "latin1");
    return [...files, pcscd, this.#logs, this.agent?.log() ?? "", JSON.stringify(this.gateway.received)].join("\n");
  }
}

function long(file: string): Uint8Array {
  const der = new X509Certificate(pem(file)).raw;
  const content = Buffer.concat([der, Buffer.alloc(1400 - der.length)]);
  return new Uint8Array(
    Buffer.concat([Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]), content]),
  );
}
