import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));

/** Runs the ceremony program on a plan; returns what it said. */
export function runCeremony(directory: string, plan: Record<string, unknown>): Record<string, unknown> {
  const file = join(directory, "ceremony.json");
  writeFileSync(file, JSON.stringify(plan));
  return JSON.parse(execFileSync(process.execPath, [program("ceremony"), file], { encoding: "utf8", stdio: "pipe" }));
}

/** The custodians' part of a plan, with their places under `directory`. */
export function custodiansIn(directory: string) {
  return ["one", "two"].map((name) => ({ name, directory: join(directory, "custodians", name) }));
}

/** One running signer process. */
export interface SignerProcess {
  readonly child: ChildProcess;
  /** What it wrote on stderr so far. */
  readonly log: () => string;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
  /** Resolves with the signal or code with which it ended. */
  readonly ended: Promise<number | string>;
}

/** Starts a signer and waits for its ready line. */
export async function startSignerProcess(
  directory: string,
  configuration: Record<string, unknown>,
  environment: Record<string, string> = {},
): Promise<SignerProcess> {
  const file = join(directory, `${configuration.instance}.json`);
  writeFileSync(file, JSON.stringify(configuration));
  const child = spawn(process.execPath, [program("main"), file], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const ended = once(child, "exit").then(([code, signal]) => signal ?? code);
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line").then(([line]) => String(line)), ended.then(() => undefined)]);
  if (first === undefined || JSON.parse(first).ready !== true) throw new Error(`the signer did not start: ${log}`);
  return {
    child,
    log: () => log,
    ended,
    stop: async () => {
      child.kill("SIGTERM");
      const code = await ended;
      return typeof code === "number" ? code : null;
    },
  };
}
