import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A responder in a process of its own, and what to ask it. */
export interface StartedResponder {
  readonly child: ChildProcess;
  readonly directory: string;
  readonly spool: string;
  /** Requests that are answered with a status. */
  readonly requests: readonly Buffer[];
  /** Asks over a connection that is the verifier's; rejects when the connection ends before the answer does. */
  ask(method: "GET" | "POST", der: Uint8Array): Promise<{ readonly status: number; readonly body: Buffer }>;
}

/** Starts `responder-process.fixture.ts`; resolves when it answers. */
export async function startResponderProcess(...args: readonly string[]): Promise<StartedResponder> {
  const program = fileURLToPath(new URL("./responder-process.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const said: Record<"directory" | "spool" | "socket" | "client", string> & { readonly requests: readonly string[] } =
    JSON.parse(line);
  const { directory, spool, socket: socketPath, client } = said;
  const agent = new Agent({ keepAlive: true });
  const headers = { "content-type": "application/ocsp-request", "mitome-client-certificate": client };
  const ask: StartedResponder["ask"] = (method, der) => {
    const path = method === "GET" ? `/ocsp/${encodeURIComponent(Buffer.from(der).toString("base64"))}` : "/ocsp";
    return new Promise((resolve, reject) => {
      const asked = request({ ...{ socketPath, method, path, headers, agent } }, (response) => {
        read(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      });
      asked.once("error", reject);
      asked.end(method === "POST" ? der : undefined);
    });
  };
  const requests = said.requests.map((base64) => Buffer.from(base64, "base64"));
  return { child, directory, spool, requests, ask };
}

async function read(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}
