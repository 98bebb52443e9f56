import { constants, existsSync } from "node:fs";
import { type FileHandle, open, truncate } from "node:fs/promises";
import { HsmUnavailable } from "@mitome/hsm/signer-client";
import { hashOfLine, JournalBroken, type JournalEntry, parseLine, readLines, zeroHash } from "./journal-lines.ts";
import { type BegunSignature, SignatureMemory } from "./signature-memory.ts";

/** What earlier runs left in the journal. */
export interface JournalPast {
  /** Octets of a last line that was not completed; the act it announced had not begun. */
  readonly tornOctets: number;
  /** Wrong PINs since the last right one, and the instant of the last. */
  readonly wrongPins: number;
  readonly lastWrongPin: Date | undefined;
}

/** A list of revoked certificates that a signature was begun for; `tbs` is the SHA-256 of its octets. */
export interface BegunList {
  readonly number: number;
  readonly through: number;
  readonly tbs: string;
}

type Position = { sequence: number; head: string; length: number };
type Queued = { readonly line: string; resolve: () => void; reject: (error: Error) => void };

/**
 * The signer's own log of signatures: append-only JSON lines, chained by hash. PKCS#11 has no such log. An entry is
 * durable when `append` resolves; entries that wait together are written together, so that the disk's latency does not
 * bound the rate.
 */
export class Journal {
  readonly #path: string;
  readonly #now: () => Date;
  readonly #memory = new SignatureMemory();
  readonly #unresolved = new Set<string>();
  readonly #newestLists = new Map<string, BegunList>();
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
    return this.#memory.attemptsOf(tbsHash);
  }

  /** Whether a signature was begun for this request under another intent: one request becomes one certificate. */
  wasRequestOfAnother(requestHash: string, intent: string): boolean {
    return this.#memory.wasUsedByAnother(requestHash, intent);
  }

  /** Whether a signature was begun with this ticket for another request: one ticket enrols one machine. */
  wasTicketOfAnother(ticketId: string, requestHash: string): boolean {
    return this.#memory.wasUsedByAnother(ticketId, requestHash);
  }

  /** The newest list of a partition that a signature was begun for. */
  newestListOf(partition: string): BegunList | undefined {
    return this.#newestLists.get(partition);
  }

  /** Makes an entry durable. Rejects with HsmUnavailable when it cannot be written: the act must not happen. */
  append(entry: JournalEntry): Promise<void> {
    const at = this.#now();
    const sequence = this.#next.sequence + 1;
    const line = JSON.stringify({ sequence, previous: this.#next.head, at, entry });
    this.#next = { sequence, head: hashOfLine(line) };
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
        const { bytesWritten } = await this.#file.write(octets); // durable on return: O_DSYNC
        if (bytesWritten < octets.length) throw new Error("the disk took a part only");
        this.#durable = {
          sequence: this.#durable.sequence + batch.length,
          head: hashOfLine(batch.at(-1)?.line ?? ""),
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
      this.#memory.remember({ ...entry, once: usedOnce(entry) }, at);
      // An intent is signed by a clock that was believed; the heads of the audit streams are not asked for one.
      if (entry.intent !== null) this.#memory.forgetBefore(at);
      this.#unresolved.add(`${entry.tbs}:${entry.attempt}`);
      if (entry.list !== undefined) this.#newestLists.set(entry.list.partition, { ...entry.list, tbs: entry.tbs });
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
      this.#durable = { sequence: line.sequence, head: hashOfLine(text), length };
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

// A municipality's request becomes one intent's certificate; a ticket the certificate of one machine's request, which
// the machine may send again after a lost answer.
function usedOnce({ intent, request, ticket }: Extract<JournalEntry, { kind: "attempt" }>): BegunSignature["once"] {
  if (request === null || intent === null) return undefined;
  return ticket === null ? { use: request, by: intent } : { use: ticket, by: request };
}

function openForAppending(path: string): Promise<FileHandle> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_DSYNC } = constants;
  return open(path, O_WRONLY | O_APPEND | O_CREAT | O_DSYNC, 0o600);
}
