import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Asks over a connection that is a verifier's; rejects when the connection ends before the answer does. */
export type Ask = (
  method: "GET" | "POST",
  der: Uint8Array,
) => Promise<{ readonly status: number; readonly body: Buffer }>;

/** Asks at a socket as the proxy does, for the client whose certificate this is (DER in base64). */
export function askerAt(socketPath: string, client: string): Ask {
  const agent = new Agent({ keepAlive: true });
  const headers = { "content-type": "application/ocsp-request", "mitome-client-certificate": client };
  return (method, der) => {
    const path = method === "GET" ? `/ocsp/${encodeURIComponent(Buffer.from(der).toString("base64"))}` : "/ocsp";
    return new Promise((resolve, reject) => {
      const asked = request({ ...{ socketPath, method, path, headers, agent } }, (response) => {
        read(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      });
      asked.once("error", reject);
      asked.end(method === "POST" ? der : undefined);
    });
  };
}

async function read(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A responder in a process of its own, and what to ask it. */
export interface StartedResponder {
  readonly child: ChildProcess;
  readonly directory: string;
  readonly spool: string;
  /** Requests that are answered with a status. */
  readonly requests: readonly Buffer[];
  readonly ask: Ask;
}

/** Starts `responder-process.fixture.ts`; resolves when it answers. */
export async function startResponderProcess(...args: readonly string[]): Promise<StartedResponder> {
  const program = fileURLToPath(new URL("./responder-process.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const said: Record<"directory" | "spool" | "socket" | "client", string> & { readonly requests: readonly string[] } =
    JSON.parse(line);
  const { directory, spool, socket, client } = said;
  const requests = said.requests.map((base64) => Buffer.from(base64, "base64"));
  return { child, directory, spool, requests, ask: askerAt(socket, client) };
}
