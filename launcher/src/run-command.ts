import { spawn } from "node:child_process";
import { root } from "./places.ts";
import { CannotGoOn } from "./say.ts";

/** What a command that was run to its end printed (standard output and error as they came) and its exit code. */
export interface CommandOutcome {
  readonly code: number;
  readonly output: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes for standard input. */
  readonly input?: Uint8Array | string;
  /** The folder to run in; the checkout when not said. */
  readonly cwd?: string;
}

/** Runs a command and keeps what it prints. A command that is not there ends with code 127. */
export function runQuietly(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd ?? root,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
    });
    const chunks: Buffer[] = [];
    const output = (): string => Buffer.concat(chunks).toString("utf8");
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on("error", () => {}); // a command that does not read its input is no fault
    child.stdin.end(options.input ?? "");
    child.once("error", (problem) => resolve({ code: 127, output: problem.message }));
    child.once("close", (code) => resolve({ code: code ?? 1, output: output() }));
  });
}

/** Runs a command and answers what it printed; throws `CannotGoOn` when it fails. */
export async function must(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, output } = await runQuietly(command, args, { env });
  if (code !== 0) throw new CannotGoOn(`${command} ended with ${code}.`, ...output.trimEnd().split("\n").slice(-8));
  return output;
}

/** Runs a command in the checkout with this terminal as its own and answers its exit code. */
export function runLoudly(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
    child.once("error", () => resolve(127));
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
