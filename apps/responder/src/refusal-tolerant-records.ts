/**
 * Access records that the database refuses for good would hold up all that come after them. Each is set aside in a file of
 * its own instead, until a person has looked at it; the others go on.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AccessRecordsRefused } from "@mitome/ca";
import type { AccessRecords, IssuerAccessRecord } from "./ports.ts";

/** Where refused records go, and whom to tell. */
export interface RefusalSettings {
  readonly directory: string;
  /** Called for each record that is set aside: the SQLSTATE of its refusal, and how many lie there now. */
  readonly onRefusal: (code: string, setAside: number) => void;
}

const suffix = ".records";
const lineEnd = 0x0a;

/** Stores records; one that is refused for good counts as stored once it is set aside. */
export class RefusalTolerantRecords implements AccessRecords {
  readonly #records: AccessRecords;
  readonly #settings: RefusalSettings;

  constructor(records: AccessRecords, settings: RefusalSettings) {
    this.#records = records;
    this.#settings = settings;
  }

  /** How many lie there, counted anew: people take them away. */
  get setAside(): number {
    try {
      return readdirSync(this.#settings.directory).filter((name) => name.endsWith(suffix)).length;
    } catch {
      return 0;
    }
  }

  lineOf(id: string, record: IssuerAccessRecord): string {
    return this.#records.lineOf(id, record);
  }

  async store(lines: Uint8Array): Promise<void> {
    try {
      await this.#records.store(lines);
    } catch (error) {
      if (!(error instanceof AccessRecordsRefused)) throw error;
      const half = endOfHalf(lines);
      if (half === lines.length) return await this.#setAside(lines, error.code);
      await this.store(lines.subarray(0, half));
      await this.store(lines.subarray(half));
    }
  }

  /** Named by its digest, so that it lies there once; whole and on the disk before it counts. */
  async #setAside(line: Uint8Array, code: string): Promise<void> {
    const { directory, onRefusal } = this.#settings;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = join(directory, createHash("sha256").update(line).digest("hex") + suffix);
    if (existsSync(file)) return;
    const unfinished = await open(`${file}.next`, "w", 0o600);
    try {
      await unfinished.writeFile(line);
      await unfinished.sync();
    } finally {
      await unfinished.close();
    }
    await rename(`${file}.next`, file);
    for (const changed of [directory, dirname(directory)]) await syncDirectory(changed);
    onRefusal(code, this.setAside);
  }
}

/** Where the line ends that the middle is in. */
function endOfHalf(lines: Uint8Array): number {
  const before = lines.lastIndexOf(lineEnd, Math.floor(lines.length / 2) - 1) + 1;
  return before > 0 ? before : lines.indexOf(lineEnd) + 1;
}

async function syncDirectory(directory: string): Promise<void> {
  const opened = await open(directory, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
