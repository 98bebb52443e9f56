import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Where an HTTP server listens: a Unix socket, or a port of the loopback. */
export type HttpPlace = { readonly path: string } | { readonly host: "127.0.0.1"; readonly port: number };

/** OCSP requests to be asked by POST, each connection one at a time. */
export interface HttpLoad {
  /** Connections are made to each in turn. */
  readonly places: readonly HttpPlace[];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked in turn. */
  readonly bodies: readonly Uint8Array[];
  readonly connections: number;
  /** For how long; without it each is asked once. */
  readonly seconds?: number;
  /** The server ends the connection after each answer. */
  readonly closing?: boolean;
}

/** What came of it. */
export interface HttpAnswers {
  /** Milliseconds of each answer. */
  readonly latencies: readonly number[];
  readonly seconds: number;
  /** In the order of the bodies, where each was asked once. */
  readonly answers: readonly Uint8Array[];
  /** Failures and answers that are no status, with how many. */
  readonly wrong: ReadonlyMap<string, number>;
}

/** Asks from a thread of its own. Throws when anything was not answered with a status. */
export async function askOverHttp(load: HttpLoad): Promise<HttpAnswers> {
  const worker = new Worker(new URL("./http-load-worker.ts", import.meta.url), { workerData: load });
  const [said]: HttpAnswers[] = await once(worker, "message");
  if (said === undefined) throw new Error("the load ended without a word");
  const [first] = said.wrong;
  if (first !== undefined) throw new Error(`${first[1]} of ${said.latencies.length}: ${first[0]}`);
  return said;
}

/** Answers a second. */
export function rateOf({ latencies, seconds }: HttpAnswers): number {
  return latencies.length / seconds;
}
