import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { CannotGoOn } from "./say.ts";

/** A program of ours that said it is ready, and how it said so. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** The one JSON line the program printed when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Fulfilled with the exit code (or signal) once the program has ended. */
  readonly ended: Promise<string>;
}

export interface ProgramToStart {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the program's standard error goes: its log. */
  readonly log: string;
  /** `ready-line`: wait for one line of JSON on standard output; `none`: started is ready. */
  readonly ready: "ready-line" | "none";
}

const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 8_000;

/** The programs one stack has started; what it started it stops, youngest first, by process id. */
export class Processes {
  readonly #running: { process: RunningProcess; program: ProgramToStart }[] = [];
  readonly #known = new Map<string, ProgramToStart>();
  #stopping = false;
  /** Called when a program ends that nobody asked to end. */
  onUnexpectedEnd: (process: RunningProcess, how: string) => void = () => {};

  /** Starts a program and waits until it is ready; throws `CannotGoOn` with the end of its log if it never is. */
  async start(program: ProgramToStart): Promise<RunningProcess> {
    if (!this.#known.has(program.name)) this.#known.set(program.name, program);
    const log = createWriteStream(program.log, { flags: "a", mode: 0o600 });
    // No core dumps: docs/security.md §5.
    const child = spawn("prlimit", ["--core=0", program.command, ...program.args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...program.env },
      // A group of its own: Ctrl-C reaches the launcher alone, which stops its programs in order.
      detached: true,
    });
    child.stderr.pipe(log);
    const ended = new Promise<string>((resolve) => {
      child.once("error", (problem) => resolve(problem.message));
      child.once("exit", (code, signal) => resolve(signal ?? String(code)));
    });
    const readyLine =
      program.ready === "none" ? Promise.resolve({}) : firstJsonLine(child, (line) => log.write(`${line}\n`));
    const outcome = await Promise.race([
      readyLine.then((ready) => ({ ready })),
      ended.then((how) => ({ how })),
      after(READY_WITHIN_MS).then(() => ({ how: "no sign of readiness in time" })),
    ]);
    if ("how" in outcome) {
      if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
      throw new CannotGoOn(
        `${program.name} did not start (${outcome.how}).`,
        `The end of its log, ${program.log}:`,
        ...(await lastLines(program.log)),
      );
    }
    const running: RunningProcess = { name: program.name, pid: child.pid ?? -1, ready: outcome.ready, ended };
    this.#running.push({ process: running, program });
    void ended.then((how) => {
      // What the program left behind in its group (a browser, a reader's child) goes with it, as a supervisor has it.
      signalGroup(running.pid, "SIGKILL");
      const index = this.#running.findIndex((entry) => entry.process === running);
      if (index >= 0) this.#running.splice(index, 1);
      if (!this.#stopping) this.onUnexpectedEnd(running, how);
    });
    return running;
  }

  /** What is running now, oldest first. */
  list(): { readonly name: string; readonly pid: number; readonly log: string }[] {
    return this.#running.map(({ process: { name, pid }, program: { log } }) => ({ name, pid, log }));
  }

  /** The program of this name as it was started first; throws when there was none. */
  programOf(name: string): ProgramToStart {
    const program = this.#known.get(name);
    if (program === undefined) throw new Error(`no program ${name} was started`);
    return program;
  }

  /** Ends one program with the signal and waits until it is gone. */
  async stop(name: string, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const entry = this.#running.find((candidate) => candidate.process.name === name);
    if (entry === undefined) return;
    this.#running.splice(this.#running.indexOf(entry), 1);
    await end(entry.process, signal);
  }

  /** Ends every program, youngest first; one that does not go in time is killed. */
  async stopAll(): Promise<void> {
    this.#stopping = true;
    for (const { process: running } of [...this.#running].reverse()) await end(running, "SIGTERM");
    this.#running.length = 0;
  }
}

async function end(running: RunningProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  signalGroup(running.pid, signal);
  const gone = await Promise.race([running.ended.then(() => true), after(STOP_WITHIN_MS).then(() => false)]);
  if (!gone) signalGroup(running.pid, "SIGKILL");
  await running.ended;
}

function signalGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group is gone already, which is what was wanted.
  }
}

function firstJsonLine(child: ChildProcess, others: (line: string) => void): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const ready = line.startsWith("{") ? JSON.parse(line) : undefined;
      if (ready?.ready === true) resolve(ready);
      else others(line);
    });
  });
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

/** The last lines of a log file, for a person; nothing when it cannot be read. */
async function lastLines(path: string, count = 12): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-count);
}
