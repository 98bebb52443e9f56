/** The ledger's public side in memory: one reading after another, and the octets of its lists and papers, which never change. */
import type { PostgresPublicRecords, PublicReading } from "@mitome/db/status";
import { log } from "./log.ts";

/** One of the newest lists of a reading. */
export type ListOnRecord = PublicReading["lists"][number];

const readEvery = 10_000;
const restBetween = 500;
/** Octets of lists and papers that are kept; what is wanted and not kept is read again. */
const mostOctets = 256 * 1_024 * 1_024;

/** Reads the ledger every ten seconds, and soon after it says that there is more to publish. Nobody waits for it. */
export class LedgerView {
  readonly #records: PostgresPublicRecords;
  readonly #octets = new Map<string, Uint8Array>();
  readonly #hearers: (() => Promise<void>)[] = [];
  #reading: PublicReading;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;
  #changed = false;
  #closed = false;

  private constructor(records: PostgresPublicRecords, reading: PublicReading) {
    this.#records = records;
    this.#reading = reading;
  }

  /** Rejects when the ledger cannot be read for the first time. */
  static async open(records: PostgresPublicRecords): Promise<LedgerView> {
    const view = new LedgerView(records, await records.read());
    records.onChange(() => {
      if (view.#changed) return;
      view.#changed = true;
      view.#refreshAfter(restBetween);
    });
    view.#refreshAfter(readEvery);
    return view;
  }

  /** The last reading. */
  get reading(): PublicReading {
    return this.#reading;
  }

  /** Whom to call after each attempt to read, successful or not: the clock has moved on too. */
  onReading(heard: () => Promise<void>): void {
    this.#hearers.push(heard);
  }

  /** Reads now. Rejects while the ledger is away. */
  async readNow(): Promise<PublicReading> {
    this.#reading = await this.#records.read();
    return this.#reading;
  }

  /** DER of a list; rejects while the ledger is away and the list is not kept here. */
  octetsOf(list: ListOnRecord): Promise<Uint8Array> {
    return this.#keptOr(list.id, () => this.#records.octets(this.#reading, list));
  }

  /** PDF of a report that is on paper; rejects as {@link octetsOf}. */
  paperOf(report: PublicReading["reports"][number]): Promise<Uint8Array> {
    return this.#keptOr(`report ${report.id}`, () => this.#records.paper(report));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#refreshing;
    await this.#records.close();
  }

  #refreshAfter(delay: number): void {
    // Whoever refreshes now asks for the next time at its end.
    if (this.#closed || this.#refreshing !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#refreshing = this.#refresh().finally(() => {
        this.#refreshing = undefined;
        this.#refreshAfter(this.#changed ? restBetween : readEvery);
      });
    }, delay).unref();
  }

  async #refresh(): Promise<void> {
    this.#changed = false;
    await this.readNow().catch(() => log("warn", "RS009"));
    for (const heard of this.#hearers) await heard();
  }

  async #keptOr(name: string, read: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const kept = this.#octets.get(name);
    const octets = kept ?? (await read());
    this.#octets.delete(name);
    this.#octets.set(name, octets);
    if (kept === undefined) this.#forgetOldest();
    return octets;
  }

  #forgetOldest(): void {
    let kept = 0;
    for (const { length } of this.#octets.values()) kept += length;
    for (const [id, { length }] of this.#octets) {
      if (kept <= mostOctets) return;
      this.#octets.delete(id);
      kept -= length;
    }
  }
}
