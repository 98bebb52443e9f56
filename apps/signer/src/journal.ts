import { createHash } from "node:crypto";
import { constants, createReadStream, existsSync } from "node:fs";
import { type FileHandle, open, truncate } from "node:fs/promises";
import { HsmUnavailable } from "@mitome/hsm/signer-client";
import { z } from "zod";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What the journal can say. The hashes are SHA-256; no entry holds a name, a PIN or the bytes that were signed. */
const journalEntry = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("started"), instance: z.string(), tornOctets: z.int() }),
  z.strictObject({ kind: z.literal("activated") }),
  z.strictObject({ kind: z.literal("deactivated"), reason: z.enum(["operator", "activationEnded", "stopping"]) }),
  z.strictObject({ kind: z.literal("pinWrong") }),
  z.strictObject({ kind: z.literal("clockConfirmed"), first: z.string(), second: z.string() }),
  z.strictObject({
    kind: z.literal("attempt"),
    /** The intent's id, or null for the heads of the audit streams. */
    intent: z.string().nullable(),
    key: z.string(),
    /** SHA-256 of the municipality's request behind a subscriber's intent. */
    request: hash.nullable(),
    tbs: hash,
    attempt: z.int().min(1),
  }),
  z.strictObject({
    kind: z.literal("outcome"),
    tbs: hash,
    attempt: z.int().min(1),
    outcome: z.enum(["signed", "failed", "wrong"]),
    signature: hash.nullable(),
  }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;

/** One line of the journal: `previous` is SHA-256 of the line before it, without its line feed. */
const journalLine = z.strictObject({
  sequence: z.int().min(1),
  previous: hash,
  at: z.iso.datetime(),
  entry: journalEntry,
});
export type JournalLine = z.infer<typeof journalLine>;

/** The journal's lines do not follow one another: it was altered, and the signer does not start. */
export class JournalBroken extends Error {
  override readonly name = "JournalBroken";
  readonly sequence: number;
  constructor(sequence: number) {
    super(`the journal is broken at line ${sequence}`);
    this.sequence = sequence;
  }
}

/** What earlier runs left in the journal. */
export interface JournalPast {
  /** Octets of a last line that was not completed; the act it announced had not begun. */
  readonly tornOctets: number;
  /** Wrong PINs since the last right one, and the instant of the last. */
  readonly wrongPins: number;
  readonly lastWrongPin: Date | undefined;
}

type Position = { sequence: number; head: string; length: number };
type Queued = { readonly line: string; resolve: () => void; reject: (error: Error) => void };

const zeroHash = "0".repeat(64);
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * The signer's own log of signatures: append-only JSON lines, chained by hash. PKCS#11 has no such log. An entry is
 * durable when `append` resolves; entries that wait together are written together, so that the disk's latency does not
 * bound the rate.
 */
export class Journal {
  readonly #path: string;
  readonly #now: () => Date;
  // Both grow with the journal: 128 bits of a hash and a small value for each signature there ever was.
  readonly #attempts = new Map<string, number>();
  readonly #intentOfRequest = new Map<string, string>();
  readonly #unresolved = new Set<string>();
  #file: FileHandle | undefined;
  /** Where the file durably ends, and where it will end once the queue is written. */
  #durable: Position = { sequence: 0, head: zeroHash, length: 0 };
  #next = { sequence: 0, head: zeroHash };
  #queue: Queued[] = [];
  #writing: Promise<void> | undefined;
  #newest: Date | undefined;
  past: JournalPast = { tornOctets: 0, wrongPins: 0, lastWrongPin: undefined };

  private constructor(path: string, now: () => Date) {
    this.#path = path;
    this.#now = now;
  }

  /** Reads the whole journal, drops a torn last line, and opens it for appending. Throws JournalBroken. */
  static async open(path: string, now: () => Date): Promise<Journal> {
    const journal = new Journal(path, now);
    await journal.#readPast();
    journal.#file = await openForAppending(path);
    return journal;
  }

  get status() {
    const { sequence, head } = this.#durable;
    return {
      entries: sequence,
      head,
      tornLine: this.past.tornOctets > 0,
      unresolved: this.#unresolved.size,
    };
  }

  /** The latest instant of any entry since people last confirmed the clock. */
  get newestEntry(): Date | undefined {
    return this.#newest;
  }

  /** How often a signature over these bytes was begun, in this run and all before it. */
  attemptsOf(tbsHash: string): number {
    return this.#attempts.get(shortened(tbsHash)) ?? 0;
  }

  /** Whether a signature was begun for this request under another intent: one request becomes one certificate. */
  wasRequestOfAnother(requestHash: string, intent: string): boolean {
    const known = this.#intentOfRequest.get(shortened(requestHash));
    return known !== undefined && known !== intentKey(intent);
  }

  /** Makes an entry durable. Rejects with HsmUnavailable when it cannot be written: the act must not happen. */
  append(entry: JournalEntry): Promise<void> {
    const at = this.#now();
    const sequence = this.#next.sequence + 1;
    const line = JSON.stringify({ sequence, previous: this.#next.head, at, entry });
    this.#next = { sequence, head: sha256(line) };
    this.#count(entry, at);
    return new Promise((resolve, reject) => {
      this.#queue.push({ line, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      const octets = Buffer.from(batch.map(({ line }) => `${line}\n`).join(""));
      try {
        this.#file ??= await openForAppending(this.#path);
        await this.#file.appendFile(octets); // durable on return: O_DSYNC
        this.#durable = {
          sequence: this.#durable.sequence + batch.length,
          head: sha256(batch.at(-1)?.line ?? ""),
          length: this.#durable.length + octets.length,
        };
        for (const { resolve } of batch) resolve();
      } catch {
        await this.#forget([...batch, ...this.#queue]);
      }
    }
    this.#writing = undefined; // here, not when the promise settles: an entry queued in between would wait for ever
  }

  // Nothing that could not be written has happened. What a failed write left in the file is cut off again.
  async #forget(batch: readonly Queued[]): Promise<void> {
    this.#queue = [];
    this.#next = { sequence: this.#durable.sequence, head: this.#durable.head };
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
    await truncate(this.#path, this.#durable.length).catch(() => undefined);
    for (const { reject } of batch) reject(new HsmUnavailable("journalUnwritable"));
  }

  #count(entry: JournalEntry, at: Date): void {
    if (entry.kind === "clockConfirmed" || this.#newest === undefined || at > this.#newest) this.#newest = at;
    if (entry.kind === "attempt") {
      this.#attempts.set(shortened(entry.tbs), entry.attempt);
      if (entry.request !== null && entry.intent !== null) {
        this.#intentOfRequest.set(shortened(entry.request), intentKey(entry.intent));
      }
      this.#unresolved.add(`${entry.tbs}:${entry.attempt}`);
    }
    if (entry.kind === "outcome") this.#unresolved.delete(`${entry.tbs}:${entry.attempt}`);
  }

  async #readPast(): Promise<void> {
    if (!existsSync(this.#path)) return;
    let wrongPins = 0;
    let lastWrongPin: Date | undefined;
    const tornOctets = await readLines(this.#path, (text) => {
      const line = parseLine(text);
      if (line?.previous !== this.#durable.head || line.sequence !== this.#durable.sequence + 1) {
        throw new JournalBroken(this.#durable.sequence + 1);
      }
      const length = this.#durable.length + Buffer.byteLength(text) + 1;
      this.#durable = { sequence: line.sequence, head: sha256(text), length };
      const at = new Date(line.at);
      this.#count(line.entry, at);
      if (line.entry.kind === "activated") wrongPins = 0;
      if (line.entry.kind === "pinWrong") {
        wrongPins++;
        lastWrongPin = at;
      }
    });
    if (tornOctets > 0) await truncate(this.#path, this.#durable.length);
    this.#next = { sequence: this.#durable.sequence, head: this.#durable.head };
    this.past = { tornOctets, wrongPins, lastWrongPin };
  }
}

/** Reads a journal for inspection: every line, oldest first; a torn last line is left out. Throws JournalBroken. */
export async function readJournal(path: string): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  let head = zeroHash;
  await readLines(path, (text) => {
    const line = parseLine(text);
    if (line?.previous !== head) throw new JournalBroken(lines.length + 1);
    head = sha256(text);
    lines.push(line);
  });
  return lines;
}

/** Calls `each` with every complete line; returns how many octets follow the last of them. */
async function readLines(path: string, each: (line: string) => void): Promise<number> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a, start)) {
      each(rest.toString("utf8", start, end));
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  return rest.length;
}

function parseLine(text: string): JournalLine | undefined {
  try {
    return journalLine.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

// One-octet characters: a quarter of the memory of hexadecimal text.
function shortened(hashInHex: string): string {
  return Buffer.from(hashInHex.slice(0, 32), "hex").toString("latin1");
}

function intentKey(intent: string): string {
  return Buffer.from(intent.replaceAll("-", ""), "hex").toString("latin1");
}

function openForAppending(path: string): Promise<FileHandle> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_DSYNC } = constants;
  return open(path, O_WRONLY | O_APPEND | O_CREAT | O_DSYNC, 0o600);
}
