import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pid } from "node:process";

/** Another process that still runs has the directory. */
class DirectoryTaken extends Error {
  override readonly name = "DirectoryTaken";
  constructor(directory: string, by: string) {
    super(`${directory} belongs to process ${by}`);
  }
}

/** Takes a directory for this process; the lock of a process that has ended does not count. Returns how to give it back. */
export function lockDirectory(directory: string): () => void {
  const lock = join(directory, "lock");
  const [holder = "", began] = (textOf(lock) ?? "").split(" ");
  const runs = began !== undefined && began === beginOf(holder);
  if (runs && holder !== String(pid)) throw new DirectoryTaken(directory, holder);
  rmSync(lock, { force: true });
  writeFileSync(lock, `${pid} ${beginOf(pid)}`, { flag: "wx" });
  return () => rmSync(lock, { force: true });
}

/** When a process began, in ticks since the machine did: another one may have its number by now. `undefined`: there is none. */
function beginOf(process: string | number): string | undefined {
  // proc(5): the name in brackets may hold anything; starttime is the 20th field after it.
  return textOf(`/proc/${process}/stat`)?.split(") ").at(-1)?.split(" ")[19];
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
