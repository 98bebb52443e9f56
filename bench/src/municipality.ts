import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { requestMessage } from "@mitome/ca";
import { Client } from "undici";
import { z } from "zod";
import type { AuthorityRun, EnrolledServer } from "./authority-run.ts";

const answer = z.object({ result: z.object({ data: z.unknown() }) });

/**
 * A municipality's server as the load generator plays it: the same mutual TLS and the same tRPC calls over HTTP, without the
 * client library's cost, so that the generator takes as little as it can from the cores that it shares with the authority.
 */
export class Municipality {
  readonly code: string;
  readonly #connections: Client[];
  readonly #key: KeyObject;
  #next = 0;

  constructor({ url }: AuthorityRun, { municipality, files }: EnrolledServer, connections: number) {
    this.code = municipality;
    this.#key = createPrivateKey(readFileSync(files.key));
    const connect = {
      ca: readFileSync(files.ca),
      cert: readFileSync(files.cert),
      key: readFileSync(files.key),
      minVersion: "TLSv1.3",
      servername: "localhost",
    } as const;
    this.#connections = Array.from({ length: connections }, () => new Client(url, { connect, pipelining: 1 }));
  }

  /** Signs the payload of a request as the server's equipment key does. */
  sign(request: "issuance" | "revocation", payload: Uint8Array): string {
    const signature = sign("sha256", requestMessage(request, payload), {
      key: this.#key,
      dsaEncoding: "ieee-p1363",
    });
    return signature.toString("base64");
  }

  /** Calls one mutation and returns its data. Throws with the status and the error's code when it is no answer. */
  async call(procedure: string, body: string): Promise<unknown> {
    const connection = this.#connections[this.#next++ % this.#connections.length];
    if (connection === undefined) throw new Error("no connection");
    const response = await connection.request({
      method: "POST",
      path: `/${procedure}`,
      headers: { "content-type": "application/json", "mitome-clerk": "load" },
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`${procedure}: ${response.statusCode} ${text.slice(0, 200)}`);
    return answer.parse(JSON.parse(text)).result.data;
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }
}
