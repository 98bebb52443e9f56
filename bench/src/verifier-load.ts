import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { SerialNumber } from "@mitome/x509";
import type { CertificateHistory } from "./judge-answer.ts";

/** Who asks whom, and how. Instants in milliseconds. */
export interface VerifierLoad {
  readonly port: number;
  /** PEM of each verifier's identity; connections are spread over them. */
  readonly identities: readonly { readonly ca: string; readonly cert: string; readonly key: string }[];
  readonly connections: number;
  /** Certificates in DER. */
  readonly issuer: Uint8Array;
  readonly responder: Uint8Array;
  /** When the last question is asked. */
  readonly until: number;
}

/** What the verifiers were told, held against what happened. */
export interface VerifierOutcome {
  /** Responses, and what they said of how many certificates. */
  readonly answers: number;
  readonly said: Readonly<Record<"good" | "revoked" | "unknown", number>>;
  /** Of these, about a certificate in the second after its issuance or revocation was answered, or while that was under way. */
  readonly close: number;
  /** Milliseconds. */
  readonly latencies: readonly number[];
  /** What was wrong, and how often. */
  readonly wrong: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  /** Milliseconds by which answers came too late, at most, by kind. */
  readonly latest: ReadonlyMap<string, number>;
}

/** What the thread of the verifiers hears. */
export type VerifierMessage =
  | { readonly kind: "heard"; readonly serial: SerialNumber }
  | { readonly kind: "judge"; readonly histories: ReadonlyMap<string, CertificateHistory> };

/** Verifiers that ask from a thread of their own. */
export class VerifierThread {
  readonly #worker: Worker;
  readonly #ended: Promise<unknown>;

  constructor(load: VerifierLoad) {
    this.#worker = new Worker(new URL("./verifier-load-worker.ts", import.meta.url), { workerData: load });
    this.#ended = once(this.#worker, "message");
    this.#ended.catch(() => undefined);
  }

  /** Has them ask about a certificate at once, and every now and then from then on. */
  hear(serial: SerialNumber): void {
    this.#tell({ kind: "heard", serial });
  }

  /** Resolves when the last question is answered. */
  async end(): Promise<void> {
    await this.#ended;
  }

  /** Holds all answers against what happened, and ends the thread. */
  async judge(histories: ReadonlyMap<string, CertificateHistory>): Promise<VerifierOutcome> {
    const said = once(this.#worker, "message");
    this.#tell({ kind: "judge", histories });
    const [outcome]: VerifierOutcome[] = await said;
    if (outcome === undefined) throw new Error("the verifiers ended without a word");
    return outcome;
  }

  #tell(message: VerifierMessage): void {
    this.#worker.postMessage(message);
  }
}
