import { createPrivateKey, randomBytes, randomUUID, sign, X509Certificate } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import {
  type AgentMessage,
  type AgentResult,
  agentMessage,
  type CardOperation,
  type GatewayMessage,
  planCommands,
  type SealedPassword,
  sealedPasswordInfo,
  sealedPasswordPlaintext,
  type TerminalSessionKey,
} from "@mitome/card";
import { CardAuthority } from "@mitome/testkit/card-authority";
import { TEST_CARD_COMPONENTS } from "@mitome/testkit/pcsc";
import { type WebSocket, WebSocketServer } from "ws";
import { type EquipmentFiles, pem } from "./equipment.fixture.ts";

type Need = Extract<AgentMessage, { type: "need" }>;

/** Certificates that the test CA stores; set before `storeCertificates`. */
export interface TestCase {
  readonly caseChallenge: Uint8Array;
  certificate: Uint8Array;
  authorityCertificate: Uint8Array;
}

/** A gateway and CA for tests: signs commands, answers what the agent needs, records every message. */
export class TestGateway extends EventEmitter<{ message: [AgentMessage]; connection: [] }> {
  readonly received: AgentMessage[] = [];
  readonly case: TestCase = {
    caseChallenge: new Uint8Array(32).fill(0xcc),
    certificate: new Uint8Array(0),
    authorityCertificate: new Uint8Array(0),
  };
  /** What needs get instead of the CA's answers, once set. */
  instead: { kind: "refused"; reason: string } | { kind: "unavailable" } | null = null;
  /** Whether results are acknowledged. */
  acknowledge = true;
  readonly #server: Server;
  readonly #files: EquipmentFiles;
  readonly #authority = new CardAuthority(TEST_CARD_COMPONENTS);
  #socket: WebSocket | null = null;
  #commandNumber = 0;
  #port = 0;

  constructor(ca: string, files: EquipmentFiles) {
    super();
    this.#files = files;
    const tls = { ca: pem(ca), cert: pem(files.cert), key: pem(files.key) };
    this.#server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" });
    new WebSocketServer({ server: this.#server, path: "/agent" }).on("connection", (socket) => {
      this.#socket = socket;
      socket.on("error", () => undefined);
      socket.on("message", (data) => this.#receive(agentMessage.parse(JSON.parse(String(data)))));
      this.emit("connection");
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
    return `wss://localhost:${this.#port}/agent`;
  }

  async close(): Promise<void> {
    this.#socket?.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Cuts the connection; the agent dials again. */
  cut(): void {
    this.#socket?.terminate();
  }

  send(message: GatewayMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** The first message, received already or yet to come, for which `wanted` is true. */
  async until(wanted: (message: AgentMessage) => boolean, from = 0): Promise<AgentMessage> {
    for (;;) {
      const found = this.received.slice(from).find(wanted);
      if (found !== undefined) return found;
      await once(this, "message");
    }
  }

  /** The newest greeting's session key. */
  get sessionKey(): TerminalSessionKey | undefined {
    return this.received.findLast((message) => message.type === "hello")?.sessionKey;
  }

  /** The number of the next command, to seal for. */
  get nextNumber(): number {
    return this.#commandNumber + 1;
  }

  /** Claims of the next command. */
  claims(operation: string, params: object, over: object = {}): { commandId: string } & Record<string, unknown> {
    return {
      commandId: randomUUID(),
      terminal: "counter-1",
      caseId: "case-1",
      attempt: 1,
      cardNumber: "MT00000000000001",
      commandNumber: ++this.#commandNumber,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      operation,
      params,
      ...over,
    };
  }

  /** Signs claims as a compact JWS, by this server or another machine. */
  sign(claims: object, files: EquipmentFiles = this.#files): string {
    const x5c = [new X509Certificate(pem(files.cert)).raw.toString("base64")];
    const header = Buffer.from(JSON.stringify({ alg: "ES256", typ: "mitome-command+jws", x5c })).toString("base64url");
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
    const key = createPrivateKey(pem(files.key));
    const signature = sign("sha256", Buffer.from(`${header}.${payload}`), { key, dsaEncoding: "ieee-p1363" });
    return `${header}.${payload}.${signature.toString("base64url")}`;
  }

  /** Gives a command and waits for its result. */
  async run(operation: string, params: object, over: object = {}): Promise<AgentResult> {
    const claims = this.claims(operation, params, over);
    this.send({ type: "command", jws: this.sign(claims) });
    return this.resultOf(claims.commandId);
  }

  async resultOf(commandId: string, from = 0): Promise<AgentResult> {
    const message = await this.until((sent) => sent.type === "result" && sent.commandId === commandId, from);
    if (message.type !== "result") throw new TypeError("unreachable");
    return message.result;
  }

  /** Seals a password for the next command, as the resident's screen does. */
  async seal(
    operation: "makeKey" | "verifyPassword" | "changePassword" | "readCertificates",
    password: string | { current: string; next: string },
    over: object = {},
  ): Promise<SealedPassword> {
    const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
    const raw = new Uint8Array(Buffer.from(this.sessionKey?.publicKey ?? "", "base64"));
    const binding = {
      terminal: "counter-1",
      caseId: "case-1",
      attempt: 1,
      cardNumber: "MT00000000000001",
      operation,
      commandNumber: this.nextNumber,
      ...over,
    };
    const sender = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.deserializePublicKey(raw.buffer),
      info: sealedPasswordInfo(binding).buffer,
    });
    const ciphertext = await sender.seal(sealedPasswordPlaintext(password).buffer);
    return { enc: Buffer.from(sender.enc).toString("base64"), ciphertext: Buffer.from(ciphertext).toString("base64") };
  }

  #receive(message: AgentMessage): void {
    this.received.push(message);
    if (message.type === "need")
      this.send({ type: "answer", commandId: message.commandId, answer: this.#answer(message) });
    if (message.type === "result" && this.acknowledge) this.send({ type: "ack", commandId: message.commandId });
    this.emit("message", message);
  }

  #answer(need: Need): Extract<GatewayMessage, { type: "answer" }>["answer"] {
    if (this.instead !== null) return this.instead;
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "base64"));
    const cardChallenge = bytes(need.cardChallenge);
    if (need.need === "hostChallenge") {
      const session = this.#authority.openSession(need.cardNumber, cardChallenge, new Uint8Array(randomBytes(16)));
      const { hostChallenge, hostCryptogram } = session;
      return { kind: "hostChallenge", hostChallenge: base64(hostChallenge), hostCryptogram: base64(hostCryptogram) };
    }
    const session = this.#authority.openSession(need.cardNumber, cardChallenge, bytes(need.hostChallenge));
    if (!session.isCard(bytes(need.cardCryptogram))) return { kind: "refused", reason: "cardNotAuthentic" };
    const macs = session.macs(planCommands(this.#operation(need.command)), need.counter);
    return { kind: "macs", macs: macs.map(base64) };
  }

  #operation(command: Extract<Need, { need: "macs" }>["command"]): CardOperation {
    switch (command.name) {
      case "generateKey":
        return { ...command, caseChallenge: this.case.caseChallenge };
      case "setPassword":
        return { name: "setPassword", commitment: new Uint8Array(Buffer.from(command.commitment, "base64")) };
      case "storeCertificate":
        return { name: "storeCertificate", certificate: this.case.certificate };
      case "storeAuthorityCertificate":
        return { name: "storeAuthorityCertificate", certificate: this.case.authorityCertificate };
      case "erase":
        return { name: "erase" };
    }
  }
}
