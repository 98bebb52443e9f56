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

const PAGE = 4096;
// Documentation/admin-guide/mm/pagemap.rst: 64 bits a page; bit 63 present, bit 62 swapped.
const ENTRY = 8;
const IN_USE = 0xc0;

/** Everything that a process holds in memory that it can write to, run of pages by run; throws where the kernel forbids it. */
export function* memoryOf(pid: number): Generator<Buffer> {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const pagemap = openSync(`/proc/${pid}/pagemap`, "r");
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, "latin1").split("\n")) {
      const [, from = "", to = ""] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from === "") continue;
      const start = Number.parseInt(from, 16);
      const pages = Buffer.alloc(((Number.parseInt(to, 16) - start) / PAGE) * ENTRY);
      readSync(pagemap, pages, 0, pages.length, (start / PAGE) * ENTRY);
      for (const [first, count] of runsInUse(pages)) {
        const bytes = Buffer.allocUnsafe(count * PAGE);
        const read = readOrNothing(memory, bytes, start + first * PAGE);
        if (read > 0) yield bytes.subarray(0, read);
      }
    }
  } finally {
    closeSync(memory);
    closeSync(pagemap);
  }
}

/** Pages in use that follow one another: the first one's number and how many. */
function* runsInUse(pages: Buffer): Generator<readonly [first: number, count: number]> {
  let first = -1;
  for (let page = 0; page <= pages.length / ENTRY; page++) {
    const isInUse = ((pages[page * ENTRY + ENTRY - 1] ?? 0) & IN_USE) !== 0;
    if (isInUse && first < 0) first = page;
    if (!isInUse && first >= 0) {
      yield [first, page - first];
      first = -1;
    }
  }
}

/** 0 for memory that was given back meanwhile. */
function readOrNothing(memory: number, bytes: Buffer, at: number): number {
  try {
    return readSync(memory, bytes, 0, bytes.length, at);
  } catch {
    return 0;
  }
}
