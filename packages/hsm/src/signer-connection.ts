import { connect, type Socket } from "node:net";
import { encodeFrame, FrameReader, writeTogether } from "./frames.ts";
import { HsmUnavailable, type HsmUnavailableCause } from "./hsm-unavailable.ts";
import { answer, type RefusalReason, refusalReason } from "./signer-protocol.ts";

/** The signer's own rules said no; `detail` names the failed check, never a person's data. */
export type SignerRefusal =
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly detail?: string }
  | { readonly kind: "notActivated" };

/** Where a signer listens and how long one answer may take (milliseconds, default 10 000). */
export interface SignerAddress {
  readonly socket: string;
  readonly timeout?: number;
}

type Waiting = {
  readonly resolve: (value: SignerRefusal | { kind: "answer"; value: unknown }) => void;
  readonly reject: (error: Error) => void;
  readonly deadline: number;
};

/**
 * One pipelined connection to a signer's Unix socket. It is opened on first use and again after a loss; requests under
 * way when it is lost reject with HsmUnavailable (their effect is unknown: ask again), none is sent twice.
 */
export class SignerConnection {
  readonly #socketPath: string;
  readonly #timeout: number;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Socket | undefined;
  #watch: NodeJS.Timeout | undefined;
  #nextId = 1;
  #closed = false;

  constructor(address: SignerAddress) {
    this.#socketPath = address.socket;
    this.#timeout = address.timeout ?? 10_000;
  }

  /** Sends one request; resolves with the raw answer or a refusal; rejects with HsmUnavailable. */
  request<Operation extends { readonly op: string }>(
    operation: Operation,
  ): Promise<SignerRefusal | { kind: "answer"; value: unknown }> {
    if (this.#closed) return Promise.reject(new HsmUnavailable("notConnected"));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, deadline: performance.now() + this.#timeout });
      const socket = this.#open();
      socket.ref();
      this.#watch ??= setInterval(() => this.#expire(), Math.max(50, this.#timeout / 10)).unref();
      writeTogether(socket, encodeFrame({ ...operation, id }));
    });
  }

  /** Ends the connection; requests under way reject with HsmUnavailable. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    this.#socket?.destroy();
    this.#fail("stopping");
  }

  #open(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect({ path: this.#socketPath });
    const frames = new FrameReader();
    let connected = false;
    socket.on("connect", () => {
      connected = true;
    });
    socket.on("data", (chunk) => {
      try {
        for (const value of frames.push(chunk)) this.#settle(value);
      } catch {
        socket.destroy();
      }
    });
    socket.on("error", () => undefined); // "close" follows and tells the waiting requests
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#fail(connected ? "connectionLost" : "notConnected");
    });
    this.#socket = socket;
    return socket;
  }

  #settle(value: unknown): void {
    const parsed = answer.parse(value);
    const waiting = this.#waiting.get(parsed.id);
    if (waiting === undefined) return; // answered after its deadline
    this.#waiting.delete(parsed.id);
    if (this.#waiting.size === 0) this.#socket?.unref(); // an idle connection keeps no process alive
    if (parsed.ok) waiting.resolve({ kind: "answer", value });
    else if (parsed.error === "notActivated") waiting.resolve({ kind: "notActivated" });
    else if (parsed.error === "hsmUnavailable") waiting.reject(new HsmUnavailable(causeOf(parsed.reason)));
    else {
      const reason = refusalReason.parse(parsed.reason);
      waiting.resolve({ kind: "refused", reason, ...(parsed.detail === undefined ? {} : { detail: parsed.detail }) });
    }
  }

  #expire(): void {
    const now = performance.now();
    for (const [id, waiting] of this.#waiting) {
      if (waiting.deadline > now) continue;
      this.#waiting.delete(id);
      waiting.reject(new HsmUnavailable("operationTimedOut"));
    }
  }

  #fail(cause: HsmUnavailableCause): void {
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiting of lost) waiting.reject(new HsmUnavailable(cause));
  }
}

const causes: Readonly<Record<HsmUnavailableCause, true>> = {
  tokenMissing: true,
  sessionLost: true,
  deviceError: true,
  operationTimedOut: true,
  notConnected: true,
  connectionLost: true,
  ledgerUnreachable: true,
  journalUnwritable: true,
  stopping: true,
};

function causeOf(reason: string | undefined): HsmUnavailableCause {
  const known = Object.keys(causes).find((cause): cause is HsmUnavailableCause => cause === reason);
  return known ?? "deviceError";
}
