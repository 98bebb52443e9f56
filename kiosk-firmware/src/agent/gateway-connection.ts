import { EventEmitter } from "node:events";
import { Agent as HttpsAgent } from "node:https";
import { checkServerIdentity } from "node:tls";
import { type AgentMessage, type GatewayMessage, gatewayMessage } from "@mitome/card";
import { equipmentIdentityIn } from "@mitome/x509";
import WebSocket from "ws";

/** How to reach the gateway, with the contents of the PEM files. */
export interface GatewayAddress {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly authority: string;
  readonly municipality: string;
}

const FIRST_WAIT = 200;
const LONGEST_WAIT = 5_000;
const HEARTBEAT = 10_000;
const LARGEST_MESSAGE = 65_536;

/**
 * The agent's one connection: dialled by the agent over TLS 1.3 with both certificates, dialled again whenever it ends. Emits `open`,
 * `message`, `refusedMessage` (what the gateway sent is not in the protocol) and `close`.
 */
export class GatewayConnection extends EventEmitter<{
  open: [];
  message: [GatewayMessage];
  refusedMessage: [];
  close: [];
}> {
  readonly #address: GatewayAddress;
  #socket: WebSocket | null = null;
  #wait = FIRST_WAIT;
  #stopped = false;

  constructor(address: GatewayAddress) {
    super();
    this.#address = address;
  }

  /** Dials; afterwards keeps itself connected until `stop`. */
  start(): void {
    if (this.#stopped) return;
    const { url, ca, cert, key } = this.#address;
    const agent = new HttpsAgent({
      ca,
      cert,
      key,
      minVersion: "TLSv1.3",
      checkServerIdentity: (host, certificate) =>
        checkServerIdentity(host, certificate) ?? this.#refusalOf(certificate.raw),
    });
    const socket = new WebSocket(url, { agent, maxPayload: LARGEST_MESSAGE, handshakeTimeout: 10_000 });
    this.#socket = socket;
    let alive = true;
    const heartbeat = setInterval(() => {
      if (!alive) return socket.terminate();
      alive = false;
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, HEARTBEAT);
    socket.on("pong", () => {
      alive = true;
    });
    socket.on("open", () => {
      alive = true;
      this.#wait = FIRST_WAIT;
      this.emit("open");
    });
    socket.on("message", (data) => this.#receive(String(data)));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(heartbeat);
      this.#socket = null;
      this.emit("close");
      setTimeout(() => this.start(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    });
  }

  /** Sends if there is a connection; tells whether it did. */
  send(message: AgentMessage): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Closes for good. */
  stop(): void {
    this.#stopped = true;
    this.#socket?.terminate();
  }

  #refusalOf(certificate: Uint8Array): Error | undefined {
    const identity = equipmentIdentityIn(certificate);
    const { authority, municipality } = this.#address;
    const ours = identity?.authority === authority && identity.municipality === municipality;
    return ours && identity.kind === "server" ? undefined : new Error("not this municipality's server");
  }

  #receive(text: string): void {
    const parsed = gatewayMessage.safeParse(parseJson(text));
    if (parsed.success) this.emit("message", parsed.data);
    else this.emit("refusedMessage");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
