/**
 * Access records on their way to where they are counted. A record is in a file before its answer leaves, so that the end
 * of this process loses none; the file is on the disk within {@link syncEvery} milliseconds; from there the records go to the
 * database, many at a time, and count once they are durable in it. The database being away slows no answer.
 */
import { randomUUIDv7 } from "node:crypto";
import { close, existsSync, fdatasync, mkdirSync, openSync, readdirSync, writeSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { lockDirectory } from "./lock-directory.ts";
import type { AccessRecords, IssuerAccessRecord } from "./ports.ts";
import { Unavailable } from "./signed-answer.ts";

const onDisk = promisify(fdatasync);
const closed = promisify(close);

const syncEvery = 20;
const storeEvery = 200;
const storeAfterFailure = 1_000;
/** More than any line has. */
const octetsAtOnce = 4 * 1_024 * 1_024;
const suffix = ".records";
const lineEnd = 0x0a;

/** How the spool is kept, and whom it tells. */
export interface SpoolSettings {
  /** A directory of this process alone. */
  readonly directory: string;
  /** Records that may wait; above it nothing more is answered. */
  readonly most: number;
  readonly onFailure: () => void;
}

/** The records of one process that are not stored yet. */
export class AccessSpool {
  readonly #records: AccessRecords;
  readonly #settings: SpoolSettings;
  /** Closed files, oldest first, each with how many records it has. */
  readonly #closed: { readonly file: string; readonly count: number }[] = [];
  #waiting = 0;
  #lines: string[] = [];
  #written: Promise<void> | undefined;
  #open: { readonly file: string; readonly descriptor: number; count: number } | undefined;
  #unsynced = false;
  #synced = Promise.resolve();
  #sequence = 0;
  #storing = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #unlock: (() => void) | undefined;
  #ended = false;

  constructor(records: AccessRecords, settings: SpoolSettings) {
    this.#records = records;
    this.#settings = settings;
  }

  /**
   * Takes up what an earlier process left, and begins to store. Resolves with the number of files it left; throws while
   * another process has the directory.
   */
  async start(): Promise<number> {
    const { directory } = this.#settings;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#unlock = lockDirectory(directory);
    const left = readdirSync(directory)
      .filter((name) => name.endsWith(suffix))
      .sort();
    for (const name of left) {
      const file = join(directory, name);
      const count = countLines(await wholeLinesIn(file));
      this.#closed.push({ file, count });
      this.#waiting += count;
    }
    this.#storeLater(storeEvery);
    return left.length;
  }

  /** Resolves once the record is written; rejects with `Unavailable` when it cannot be, or too many wait. */
  append(record: IssuerAccessRecord): Promise<void> {
    if (this.#ended || this.#waiting >= this.#settings.most) return Promise.reject(new Unavailable("accessRecords"));
    this.#waiting += 1;
    // In the order of time: the index of what is stored grows at its end.
    this.#lines.push(this.#records.lineOf(randomUUIDv7(), record));
    // Those of one turn of the event loop are one write.
    this.#written ??= nextTurn().then(() => this.#write());
    return this.#written;
  }

  /** Stores what can be stored; the rest stays for the next start. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#written?.catch(() => undefined);
    clearTimeout(this.#timer);
    await this.#storeAll();
    await this.#synced;
    this.#unlock?.();
  }

  #write(): void {
    const lines = this.#lines;
    this.#lines = [];
    this.#written = undefined;
    try {
      this.#open ??= this.#newFile();
      const octets = Buffer.from(lines.join(""));
      if (writeSync(this.#open.descriptor, octets) < octets.length) throw new Error("the disk is full");
      this.#open.count += lines.length;
    } catch (error) {
      this.#waiting -= lines.length;
      // A line that is cut short by this must not run into the next one.
      this.#closeFile();
      throw new Unavailable("accessRecords", error);
    }
    if (!this.#unsynced) {
      this.#unsynced = true;
      setTimeout(() => this.#sync(), syncEvery);
    }
  }

  #newFile() {
    this.#sequence += 1;
    const name = `${Date.now()}-${String(this.#sequence).padStart(9, "0")}-${randomUUIDv7()}${suffix}`;
    const file = join(this.#settings.directory, name);
    return { file, descriptor: openSync(file, "ax", 0o600), count: 0 };
  }

  #sync(): void {
    this.#unsynced = false;
    const { descriptor } = this.#open ?? {};
    if (descriptor !== undefined) this.#onDisk(() => onDisk(descriptor));
  }

  #closeFile(): void {
    if (this.#open === undefined) return;
    const { file, descriptor, count } = this.#open;
    this.#open = undefined;
    this.#closed.push({ file, count });
    this.#onDisk(() => onDisk(descriptor));
    this.#onDisk(() => closed(descriptor));
  }

  /** One after another: a file is not closed while it is being synced. */
  #onDisk(work: () => Promise<void>): void {
    this.#synced = this.#synced.then(work).catch(() => this.#settings.onFailure());
  }

  #storeLater(after: number): void {
    if (this.#ended) return;
    this.#timer = setTimeout(async () => {
      const stored = await this.#storeAll();
      this.#storeLater(stored ? storeEvery : storeAfterFailure);
    }, after);
    this.#timer.unref();
  }

  /** Stores all closed files, one run after another; `false` when that failed. */
  async #storeAll(): Promise<boolean> {
    const run = this.#storing.then(async () => {
      this.#closeFile();
      for (let next = this.#closed[0]; next !== undefined; next = this.#closed[0]) {
        await this.#store(next.file);
        this.#closed.shift();
        this.#waiting -= next.count;
      }
    });
    this.#storing = run.catch(() => {});
    try {
      await run;
      return true;
    } catch {
      this.#settings.onFailure();
      return false;
    }
  }

  async #store(file: string): Promise<void> {
    // One that somebody took away holds up no other.
    if (!existsSync(file)) return;
    const lines = await wholeLinesIn(file);
    for (let [at, end] = [0, 0]; at < lines.length; at = end) {
      end = lines.length - at > octetsAtOnce ? lines.lastIndexOf(lineEnd, at + octetsAtOnce) + 1 : lines.length;
      await this.#records.store(lines.subarray(at, end));
    }
    await rm(file, { force: true });
  }
}

/** The whole lines of a file; one that was being written when the process ended had no answer yet. */
async function wholeLinesIn(file: string): Promise<Uint8Array> {
  const octets = await readFile(file);
  return octets.subarray(0, octets.lastIndexOf(lineEnd) + 1);
}

function countLines(octets: Uint8Array): number {
  let count = 0;
  for (const octet of octets) if (octet === lineEnd) count += 1;
  return count;
}
