import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A real agent process. */
export interface AgentProcess {
  readonly child: ChildProcess;
  /** Everything it wrote to stderr. */
  log(): string;
  /** Resolves with the signal or exit code that ended it. */
  readonly ended: Promise<string | number | null>;
  stop(): Promise<void>;
}

/** Starts `agent/main.ts` with a configuration; resolves when it is ready. */
export async function startAgent(directory: string, configuration: object): Promise<AgentProcess> {
  const file = join(directory, "agent.json");
  writeFileSync(file, JSON.stringify(configuration));
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, file], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (data) => {
    log += String(data);
  });
  const ended = once(child, "exit").then(([code, signal]) => (signal ?? code) as string | number | null);
  const ready = once(createInterface({ input: child.stdout }), "line");
  await Promise.race([
    ready,
    ended.then((how) => {
      throw new Error(`the agent ended (${how}): ${log}`);
    }),
  ]);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  };
  return { child, log: () => log, ended, stop };
}
