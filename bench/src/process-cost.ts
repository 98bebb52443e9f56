import { readdirSync, readFileSync } from "node:fs";

/** What a set of processes has cost so far. */
export interface ProcessCost {
  /** User and system time of all threads, in milliseconds, in the kernel's steps of 10. */
  readonly cpu: number;
  /** Resident memory in MB. */
  readonly resident: number;
}

/** Reads processor time and resident memory of processes that are still there; others count nothing. */
export function costOf(pids: readonly number[]): ProcessCost {
  let [cpu, resident] = [0, 0];
  for (const pid of pids) {
    const stat = statOf(pid);
    if (stat === undefined) continue;
    cpu += (Number(stat[11]) + Number(stat[12])) * 10;
    resident += (Number(stat[21]) * 4096) / 1e6;
  }
  return { cpu, resident };
}

/** Processor time in milliseconds of a process and its children, also of those that have ended. */
export function cpuOfFamily(parent: number): number {
  const stat = statOf(parent) ?? [];
  return costOf(withChildren(parent)).cpu + (Number(stat[13]) + Number(stat[14])) * 10;
}

/** The most memory in MB that a process ever had resident. */
export function peakOf(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return (Number(kilobytes) * 1024) / 1e6;
}

/** A process and its children: a PostgreSQL server with its backends. */
export function withChildren(parent: number): number[] {
  const children = readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && statOf(Number(name))?.[1] === String(parent),
  );
  return [parent, ...children.map(Number)];
}

/** The command line of a process, empty when it is gone. */
export function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** The fields of /proc/<pid>/stat from the third on (state, parent, …): the second may hold spaces. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
