/** Revocations as lists are made from them; authority and signer read them alike, each as its own role. */
import {
  type ListEntry,
  type ListExtent,
  type ListPartition,
  type ListPlan,
  type ListSource,
  type ListStretch,
  longestRecording,
  type RevocationReason,
  revocationReasons,
} from "@mitome/ca";
import type pg from "pg";
import { copyRows, type Octets } from "./copied-rows.ts";
import { readRows } from "./ledger-connection.ts";
import { serialOf } from "./rows.ts";
import * as statements from "./status-statements.ts";

/** Some revocations by column, separated by commas. */
interface RevocationColumns {
  readonly serials: string;
  /** Seconds, as lists have them. */
  readonly revoked_at: string;
  readonly not_after: string;
  readonly reasons: string;
}

/** Stretches read at once, and ends alone. */
const atOnce = { stretches: 24, ends: 240 } as const;

/** The values that name a partition. */
export function partitionValues({ authority, generation, partition }: ListPartition): readonly (string | number)[] {
  return [authority, generation, partition];
}

/** Reads revocations through a pool. */
export class PostgresListSource implements ListSource {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async countOwed(partition: ListPartition, { through, thisUpdate }: ListPlan, after: number): Promise<number> {
    const values = [...partitionValues(partition), through, new Date(thisUpdate.getTime() - longestRecording), after];
    const [row] = await readRows<{ found: number }>(this.#pool, statements.countOwed, values);
    return row?.found ?? 0;
  }

  async readRevocations(partition: ListPartition, after: number, through: number): Promise<Iterable<ListEntry>> {
    if (after === through) return [];
    const values = [...partitionValues(partition), after, through];
    const [columns] = await readRows<RevocationColumns>(this.#pool, statements.readRevocations, values);
    return columns === undefined ? [] : entriesOf(columns);
  }

  async *readEnds(partition: ListPartition, extent: ListExtent): AsyncGenerator<Uint8Array> {
    for await (const [, ends] of this.#inOrder(statements.readEnds, partition, extent, atOnce.ends)) {
      if (ends !== undefined) yield ends;
    }
  }

  async *readStretches(partition: ListPartition, extent: ListExtent): AsyncGenerator<ListStretch> {
    const rows = this.#inOrder(statements.readStretches, partition, extent, atOnce.stretches);
    for await (const [number, ends, entries] of rows) {
      if (number !== undefined && ends !== undefined && entries !== undefined) {
        yield { number: number.readInt32BE(), ends, entries };
      }
    }
  }

  async *#inOrder(
    statement: string,
    partition: ListPartition,
    { stretches, keptFrom }: ListExtent,
    most: number,
  ): AsyncGenerator<readonly Octets[]> {
    const after = (number: number) =>
      copyRows(this.#pool, statement, [...partitionValues(partition), stretches, keptFrom, number, most]);
    let next = stretches === 0 ? undefined : after(0);
    while (next !== undefined) {
      const rows = await next;
      const last = rows.at(-1)?.[0]?.readInt32BE() ?? stretches;
      // PostgreSQL reads the next ones while these are made use of.
      next = rows.length < most || last === stretches ? undefined : after(last);
      next?.catch(() => undefined);
      yield* rows;
    }
  }
}

function* entriesOf({ serials, revoked_at, not_after, reasons }: RevocationColumns): Generator<ListEntry, void> {
  const [dates, ends, words] = [numbersOf(revoked_at), numbersOf(not_after), reasons.split(",")];
  let index = 0;
  for (const serial of serials.split(",")) {
    const [revokedAt, notAfter] = [instantOf(dates[index]), instantOf(ends[index])];
    yield { serial: serialOf(serial), revokedAt, notAfter, reason: reasonOf(words[index]) };
    index += 1;
  }
}

/** PostgreSQL's whole numbers with commas between them: as JSON they are read at once. */
function numbersOf(text: string): readonly number[] {
  return JSON.parse(`[${text}]`);
}

function instantOf(seconds: number | undefined): Date {
  return new Date((seconds ?? Number.NaN) * 1000);
}

function reasonOf(text: string | undefined): RevocationReason {
  const reason = revocationReasons.find((known) => known === text);
  if (reason === undefined) throw new Error("the ledger holds a reason that is none");
  return reason;
}
