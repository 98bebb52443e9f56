/** Revocations as lists are made from them; authority and signer read them alike, each as its own role. */
import {
  type EntryCount,
  type ListEntry,
  type ListPartition,
  type ListPlan,
  type ListSource,
  longestRecording,
  type RevocationReason,
  revocationReasons,
} from "@mitome/ca";
import type pg from "pg";
import { readRows } from "./ledger-connection.ts";
import { serialOf } from "./rows.ts";
import * as statements from "./status-statements.ts";

/** The entries of a stretch of revocations by column, separated by spaces. */
interface EntryColumns {
  readonly serials: string;
  /** Seconds, as lists have them. */
  readonly revoked_at: string;
  readonly reasons: string;
}

/** Revocations read at once. */
const batch = 2_048;

/** The values that name a partition. */
export function partitionValues({ authority, generation, partition }: ListPartition): readonly unknown[] {
  return [authority, generation, partition];
}

/** Reads revocations through a pool. */
export class PostgresListSource implements ListSource {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async countOwed(partition: ListPartition, { through, thisUpdate }: ListPlan): Promise<number> {
    const values = [...partitionValues(partition), through, new Date(thisUpdate.getTime() - longestRecording)];
    const [row] = await readRows<{ found: number }>(this.#pool, statements.countOwed, values);
    return row?.found ?? 0;
  }

  async countEntries(partition: ListPartition, { through, keptFrom }: ListPlan): Promise<readonly EntryCount[]> {
    const values = [...partitionValues(partition), through, keptFrom];
    const rows = await readRows<{ octets: number; entries: number }>(this.#pool, statements.countEntries, values);
    return rows.map(({ octets, entries }) => ({ integerOctets: octets, entries }));
  }

  async *readEntries(partition: ListPartition, plan: ListPlan): AsyncGenerator<Iterable<ListEntry>> {
    const read = (from: number) => this.#readStretch(partition, plan, from);
    let ahead: Promise<EntryColumns | undefined> | undefined;
    for (let from = 0; from < plan.through; from += batch) {
      const stretch = ahead ?? read(from);
      // PostgreSQL reads the next ones while these are made use of.
      ahead = from + batch < plan.through ? read(from + batch) : undefined;
      ahead?.catch(() => undefined);
      const columns = await stretch;
      if (columns !== undefined) yield entriesOf(columns);
    }
  }

  async #readStretch(partition: ListPartition, { through, keptFrom }: ListPlan, from: number) {
    const values = [...partitionValues(partition), through, keptFrom, from, from + batch];
    const [columns] = await readRows<EntryColumns>(this.#pool, statements.readEntries, values);
    return columns;
  }
}

function* entriesOf({ serials, revoked_at, reasons }: EntryColumns): Generator<ListEntry, void> {
  const [seconds, words] = [revoked_at.split(" "), reasons.split(" ")];
  let index = 0;
  for (const serial of serials.split(" ")) {
    const revokedAt = new Date(Number(seconds[index]) * 1000);
    yield { serial: serialOf(serial), revokedAt, reason: reasonOf(words[index]) };
    index += 1;
  }
}

function reasonOf(text: string | undefined): RevocationReason {
  const reason = revocationReasons.find((known) => known === text);
  if (reason === undefined) throw new Error("the ledger holds a reason that is none");
  return reason;
}
