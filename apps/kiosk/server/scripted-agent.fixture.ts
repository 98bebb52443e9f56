/** A device agent that keeps the protocol over real mutual TLS, with a card in memory; tests take the card or kill the agent. */
import { createHash, generateKeyPairSync, type KeyObject, sign, verify, X509Certificate } from "node:crypto";
import { Agent } from "node:https";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import {
  type AgentCommand,
  type AgentMessage,
  type AgentResult,
  type AgentStep,
  agentCommand,
  type GatewayMessage,
  gatewayMessage,
  proofOfPossessionMessage,
  type SealedPassword,
  sealedPasswordInfo,
  sessionKeyMessage,
  type UnfinishedCommand,
} from "@mitome/card";
import WebSocket from "ws";

export interface ScriptedCard {
  readonly cardNumber: string;
  key: KeyObject | null;
  password: string | null;
  certificate: string | null;
  authorityCertificate: string | null;
}

export function blankCard(cardNumber: string): ScriptedCard {
  return { cardNumber, key: null, password: null, certificate: null, authorityCertificate: null };
}

export interface AgentPlace {
  readonly url: string;
  readonly terminal: string;
  readonly rootPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");

export class ScriptedAgent {
  readonly #place: AgentPlace;
  readonly #suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  readonly #journal = new Map<string, UnfinishedCommand>();
  readonly #waiting = new Map<string, (answer: Extract<GatewayMessage, { type: "answer" }>["answer"]) => void>();
  #socket: WebSocket | null = null;
  #sessionKeys: CryptoKeyPair | null = null;
  card: ScriptedCard | null = null;
  /** Operations run, and commands taken, in order. */
  readonly operations: string[] = [];
  readonly commands: AgentCommand[] = [];
  /** Called before an operation runs; throw to interrupt it. */
  before: (command: AgentCommand) => void | Promise<void> = () => {};
  /** Called when a step was told, before it is done. */
  during: (step: AgentStep) => void | Promise<void> = () => {};

  constructor(place: AgentPlace) {
    this.#place = place;
  }

  async connect(): Promise<void> {
    const { url, terminal, rootPem, certificatePem, keyPem } = this.#place;
    this.#sessionKeys ??= (await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"])) as CryptoKeyPair;
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", this.#sessionKeys.publicKey));
    const signature = sign("sha256", sessionKeyMessage(terminal, publicKey), {
      key: keyPem,
      dsaEncoding: "ieee-p1363",
    });
    const agent = new Agent({
      ca: rootPem,
      cert: certificatePem,
      key: keyPem,
      minVersion: "TLSv1.3",
      servername: "localhost",
    });
    const socket = new WebSocket(url, { agent });
    this.#socket = socket;
    socket.on("message", (data) => void this.#take(gatewayMessage.parse(JSON.parse(String(data)))));
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    socket.on("error", () => {});
    this.#send({
      type: "hello",
      terminal,
      agentVersion: "scripted",
      sessionKey: {
        publicKey: Buffer.from(publicKey).toString("base64"),
        signature: signature.toString("base64"),
        terminalCertificate: new X509Certificate(certificatePem).raw.toString("base64"),
      },
      journal: [...this.#journal.values()],
    });
    this.#tellCard();
  }

  /** Something that is no card of ours lies on the reader. */
  placeForeign(): void {
    this.card = null;
    this.#send({ type: "card", reader: "scripted", present: true, cardNumber: null, atr: null, pinPad: false });
  }

  place(card: ScriptedCard | null): void {
    this.card = card;
    this.#tellCard();
  }

  /** The process dies: what it held in memory is gone, the journal and the card stay. */
  async kill(): Promise<void> {
    this.#sessionKeys = null;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.terminate();
    await closed;
  }

  #send(message: AgentMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #tellCard(): void {
    const cardNumber = this.card?.cardNumber ?? null;
    this.#send({
      type: "card",
      reader: "scripted",
      present: cardNumber !== null,
      cardNumber,
      atr: null,
      pinPad: false,
    });
  }

  async #take(message: GatewayMessage): Promise<void> {
    if (message.type === "answer") return this.#waiting.get(message.commandId)?.(message.answer);
    if (message.type === "ack") return void this.#journal.delete(message.commandId);
    const command = this.#read(message.jws);
    const { commandId } = command;
    const known = this.#journal.get(commandId);
    if (known !== undefined) return this.#send({ type: "result", commandId, result: known.result });
    if (this.commands.some((earlier) => earlier.commandId === commandId)) return;
    this.commands.push(command);
    const { operation, caseId, attempt, cardNumber } = command;
    const about = { commandId, operation, caseId, attempt, cardNumber, step: null, phase: null };
    const result = await this.#run(command);
    this.#journal.set(commandId, { ...about, result });
    this.#send({ type: "result", commandId, result });
  }

  #read(jws: string): AgentCommand {
    const [header = "", payload = "", signature = ""] = jws.split(".");
    const { x5c } = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
    const certificate = new X509Certificate(Buffer.from(x5c[0], "base64"));
    const root = new X509Certificate(this.#place.rootPem);
    const key = { key: certificate.publicKey, dsaEncoding: "ieee-p1363" } as const;
    const right =
      certificate.verify(root.publicKey) &&
      verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"));
    if (!right) throw new Error("the command is not signed by our server");
    return agentCommand.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  }

  async #run(command: AgentCommand): Promise<AgentResult> {
    try {
      await this.before(command);
    } catch {
      return { kind: "interrupted", reason: "cardRemoved", step: null };
    }
    this.operations.push(command.operation);
    const { card } = this;
    if (command.operation === "status")
      return { kind: "status", card: card === null ? null : stateOf(card), pinPad: false };
    if (card === null) return { kind: "interrupted", reason: "noCard", step: null };
    if (card.cardNumber !== command.cardNumber) return { kind: "refused", reason: "otherCard" };
    switch (command.operation) {
      case "makeKey":
        return this.#makeKey(command, card);
      case "storeCertificates": {
        const { certificate, authorityCertificate } = command.params;
        card.certificate = certificate;
        card.authorityCertificate = authorityCertificate;
        return {
          kind: "certificatesStored",
          certificateHash: sha256(Buffer.from(certificate, "base64")),
          authorityCertificateHash: sha256(Buffer.from(authorityCertificate, "base64")),
        };
      }
      case "erase":
        card.key = null;
        card.password = null;
        return { kind: "erased" };
      default:
        return { kind: "refused", reason: "commandNotRight" };
    }
  }

  async #makeKey(command: Extract<AgentCommand, { operation: "makeKey" }>, card: ScriptedCard): Promise<AgentResult> {
    const password = await this.#open(command, command.params.sealedPassword);
    if (password === null) return { kind: "refused", reason: "sealedPasswordUnusable" };
    if (!/^[0-9A-Z]{6,16}$/.test(password)) return { kind: "refused", reason: "passwordNotAllowed" };
    const { commandId, cardNumber, caseId } = command;
    await this.#tell(commandId, "authenticate");
    const cardChallenge = Buffer.alloc(16, 7).toString("base64");
    const opened = await this.#need({ type: "need", commandId, need: "hostChallenge", cardNumber, cardChallenge });
    if (opened.kind !== "hostChallenge") return { kind: "interrupted", reason: "authorityUnavailable", step: null };
    const { hostChallenge, hostCryptogram: cardCryptogram } = opened;
    const session = {
      type: "need",
      commandId,
      need: "macs",
      cardNumber,
      cardChallenge,
      hostChallenge,
      cardCryptogram,
    } as const;
    const macs = await this.#need({
      ...session,
      counter: 1,
      command: { name: "generateKey", algorithm: command.params.algorithm },
    });
    if (macs.kind !== "macs") return { kind: "refused", reason: "notAuthorised" };
    await this.#tell(commandId, "generateKey");
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    card.key = privateKey;
    await this.#tell(commandId, "setPassword");
    card.password = password;
    await this.#tell(commandId, "proofOfPossession");
    const spki = publicKey.export({ type: "spki", format: "der" });
    const caseChallenge = Buffer.from(command.params.caseChallenge, "base64");
    const proof = sign("sha256", proofOfPossessionMessage({ caseChallenge, caseId, cardNumber, spki }), privateKey);
    return {
      kind: "keyMade",
      publicKey: spki.toString("base64"),
      keyGeneratedAt: new Date(command.expiresAt).toISOString(),
      proofOfPossession: proof.toString("base64"),
      cardOrigin: { cardNumber, cardChallenge, hostChallenge, counter: 1, mac: Buffer.alloc(16, 9).toString("base64") },
    };
  }

  async #tell(commandId: string, step: AgentStep): Promise<void> {
    this.#send({ type: "progress", commandId, step });
    await this.during(step);
  }

  async #open(
    command: Extract<AgentCommand, { operation: "makeKey" }>,
    sealed: SealedPassword,
  ): Promise<string | null> {
    const { terminal, caseId, attempt, cardNumber, operation, commandNumber } = command;
    if (this.#sessionKeys === null) return null;
    try {
      const context = await this.#suite.createRecipientContext({
        recipientKey: this.#sessionKeys,
        enc: new Uint8Array(Buffer.from(sealed.enc, "base64")).buffer,
        info: sealedPasswordInfo({ terminal, caseId, attempt, cardNumber, operation, commandNumber }).buffer,
      });
      const opened = await context.open(new Uint8Array(Buffer.from(sealed.ciphertext, "base64")).buffer);
      return Buffer.from(opened).toString("ascii");
    } catch {
      return null;
    }
  }

  #need(need: Extract<AgentMessage, { type: "need" }>): Promise<Extract<GatewayMessage, { type: "answer" }>["answer"]> {
    return new Promise((resolve) => {
      this.#waiting.set(need.commandId, resolve);
      this.#send(need);
    });
  }
}

function stateOf(card: ScriptedCard) {
  return {
    cardNumber: card.cardNumber,
    keyAlgorithm: card.key === null ? null : ("rsa-2048" as const),
    passwordSet: card.password !== null,
    certificateStored: card.certificate !== null,
    authorityCertificateStored: card.authorityCertificate !== null,
    triesLeft: card.password === null ? 0 : 5,
  };
}
