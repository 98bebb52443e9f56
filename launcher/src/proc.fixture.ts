import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";

/** A process as `/proc` shows it to root. */
export interface SeenProcess {
  readonly pid: number;
  readonly commandLine: Buffer;
  readonly environment: Buffer;
  /** Soft and hard limit of core dumps, as `/proc/<pid>/limits` prints them. */
  readonly coreLimit: string;
}

/** These processes and all that they started, as they are now. */
export function processesUnder(roots: readonly number[]): readonly SeenProcess[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? readText(`/proc/${name}/stat`) : "";
    if (stat !== "") parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const isUnder = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (roots.includes(pid) || isUnder(parents.get(pid)));
  return [...parents.keys()].filter(isUnder).map((pid) => ({
    pid,
    commandLine: Buffer.from(readText(`/proc/${pid}/cmdline`), "latin1"),
    environment: Buffer.from(readText(`/proc/${pid}/environ`), "latin1"),
    coreLimit:
      /^Max core file size\s+(\S+)\s+(\S+)/m
        .exec(readText(`/proc/${pid}/limits`))
        ?.slice(1)
        .join(" ") ?? "ended",
  }));
}

/** Empty once the process has ended. */
function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** Everything that a process holds in memory that it can write to, region by region; throws where the kernel forbids it. */
export function* memoryOf(pid: number): Generator<Buffer> {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, "latin1").split("\n")) {
      const [, from = "", to = ""] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from === "" || line.includes("[vvar]")) continue;
      const bytes = Buffer.alloc(Number.parseInt(to, 16) - Number.parseInt(from, 16));
      try {
        readSync(memory, bytes, 0, bytes.length, Number.parseInt(from, 16));
      } catch {
        continue; // a region that was given back meanwhile
      }
      yield bytes;
    }
  } finally {
    closeSync(memory);
  }
}
