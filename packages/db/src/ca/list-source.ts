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
import { serialNumberOfHex } from "@mitome/x509";
import type pg from "pg";
import { copyRows, type Octets } from "./copied-rows.ts";
import { readRows } from "./ledger-connection.ts";
import * as statements from "./status-statements.ts";

/** Stretches read at once, and ends alone. */
const atOnce = { stretches: 12, ends: 240 } as const;

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
    const values = [...partitionValues(partition), after, through, `{${revocationReasons.join()}}`];
    const [row] = await copyRows(this.#pool, statements.readRevocations, values);
    return row?.[0] === undefined ? [] : revocationsIn(row[0]);
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

/** Octets of a revocation as `ca.numbered_revocations` gives it, and where its fields begin. */
const record = { octets: 38, revokedAt: 20, notAfter: 28, reason: 36 } as const;
const fewRecords = 64 * record.octets;

/** One by one, none kept while the next is read; serial numbers of a few together, for each call costs as much as an entry. */
function* revocationsIn(octets: Buffer): Generator<ListEntry, void> {
  let hex = "";
  for (let at = 0; at < octets.length; at += record.octets) {
    const from = at % fewRecords;
    if (from === 0) hex = octets.toString("hex", at, at + fewRecords);
    const serial = serialNumberOfHex(hex.slice(2 * from, 2 * (from + record.revokedAt)));
    if (serial === undefined) throw new Error("the ledger holds a serial number that is none");
    yield {
      serial,
      revokedAt: secondAt(octets, at + record.revokedAt),
      notAfter: secondAt(octets, at + record.notAfter),
      reason: reasonNumbered(octets.readInt16BE(at + record.reason)),
    };
  }
}

const secondsTo2000 = 946_684_800;

/** A `timestamptz`: microseconds since 2000 in eight octets. Lists have whole seconds. */
function secondAt(octets: Buffer, at: number): Date {
  const microseconds = octets.readInt32BE(at) * 2 ** 32 + octets.readUInt32BE(at + 4);
  return new Date((Math.floor(microseconds / 1_000_000) + secondsTo2000) * 1000);
}

/** PostgreSQL counts from 1. */
function reasonNumbered(number: number): RevocationReason {
  const reason = revocationReasons[number - 1];
  if (reason === undefined) throw new Error("the ledger holds a reason that is none");
  return reason;
}
