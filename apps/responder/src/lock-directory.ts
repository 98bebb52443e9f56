import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kill, pid } from "node:process";

/** Another process that still runs has the directory. */
class DirectoryTaken extends Error {
  override readonly name = "DirectoryTaken";
  constructor(directory: string, by: number) {
    super(`${directory} belongs to process ${by}`);
  }
}

/** Takes a directory for this process; what a process that has ended left of its lock does not count. Returns how to give it back. */
export function lockDirectory(directory: string): () => void {
  const lock = join(directory, "lock");
  const holder = holderOf(lock);
  if (holder !== undefined && holder !== pid && isRunning(holder)) throw new DirectoryTaken(directory, holder);
  rmSync(lock, { force: true });
  writeFileSync(lock, String(pid), { flag: "wx" });
  return () => rmSync(lock, { force: true });
}

function holderOf(lock: string): number | undefined {
  try {
    const [digits] = /^[1-9]\d*$/.exec(readFileSync(lock, "utf8")) ?? [];
    return digits === undefined ? undefined : Number(digits);
  } catch {
    return undefined;
  }
}

function isRunning(number: number): boolean {
  try {
    return kill(number, 0);
  } catch (error) {
    // It runs, as somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
