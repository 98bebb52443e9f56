import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { Worker } from "node:worker_threads";
import type { HttpPlace } from "./http-load.ts";

/** Signatures a second of node:crypto with a key from a file, on as many threads as there are cores. */
export async function softwareSignRate(key: string, seconds: number): Promise<number> {
  const program = new URL("./sign-thread.ts", import.meta.url);
  const rates = cpus().map(async (): Promise<number> => {
    const [rate]: number[] = await once(new Worker(program, { workerData: { key, seconds } }), "message");
    return rate ?? Number.NaN;
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

/** Runs bare node:http that knows these answers by their requests, in a process of its own, while `use` lasts. */
export async function withBareServer<Result>(
  place: HttpPlace,
  pairs: readonly (readonly [request: Uint8Array, answer: Uint8Array])[],
  use: () => Promise<Result>,
): Promise<Result> {
  const server = fork(new URL("./bare-server.ts", import.meta.url), { serialization: "advanced" });
  const ended = once(server, "exit");
  const failed = () => {
    throw new Error("the bare server ended");
  };
  try {
    server.send({ place, pairs });
    await Promise.race([once(server, "message"), ended.then(failed)]);
    return await use();
  } finally {
    server.kill();
    await ended;
  }
}
