/** Lists of revoked certificates in the ledger. */
import { randomUUID } from "node:crypto";
import type { AuditEvent } from "@mitome/audit";
import {
  type Acting,
  type KnownPartition,
  type ListContent,
  type ListEntry,
  type ListExtent,
  type ListInHand,
  type ListLedger,
  type ListPartition,
  type ListPlan,
  type ListStretch,
  lastEndOf,
  type PartitionState,
  type RecordedList,
  stretchLength,
} from "@mitome/ca";
import { readRows } from "./ledger-connection.ts";
import { listParts } from "./list-parts.ts";
import { PostgresListSource, partitionValues } from "./list-source.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";
import * as statements from "./status-statements.ts";

/** How long a list belongs to the run that makes it, in seconds; a long one takes some. */
const listLeaseSeconds = 60;

interface PlanRow {
  readonly number: number;
  readonly this_update: Date;
  readonly next_update: Date;
  readonly next_publish: Date;
  readonly through: number;
  readonly kept_from: Date;
}

interface ListRow extends PlanRow, ListPartition {
  readonly id: string;
  readonly fence: number;
  readonly tbs_hash: Uint8Array;
}

/** A partition, and the plan of its newest signed list if there is one. */
type PartitionRow = ListPartition & {
  readonly revocations: number;
  readonly last_number: number;
} & (PlanRow | { readonly [Column in keyof PlanRow]: null });

/** The listing part of a {@link PostgresLedger}, over the same lanes and connections. */
export class PostgresListLedger implements ListLedger {
  readonly #ledger: PostgresLedger;
  readonly #source: PostgresListSource;

  constructor(ledger: PostgresLedger) {
    this.#ledger = ledger;
    this.#source = new PostgresListSource(ledger.reader);
  }

  countOwed(partition: ListPartition, plan: ListPlan, after: number): Promise<number> {
    return this.#source.countOwed(partition, plan, after);
  }

  readRevocations(partition: ListPartition, after: number, through: number): Promise<Iterable<ListEntry>> {
    return this.#source.readRevocations(partition, after, through);
  }

  readEnds(partition: ListPartition, extent: ListExtent): AsyncIterable<Uint8Array> {
    return this.#source.readEnds(partition, extent);
  }

  readStretches(partition: ListPartition, extent: ListExtent): AsyncIterable<ListStretch> {
    return this.#source.readStretches(partition, extent);
  }

  async readPartition(partition: ListPartition): Promise<PartitionState> {
    const [row] = await this.#read<PartitionRow>(statements.readPartition, partitionValues(partition));
    return row === undefined ? { revocations: 0, lastNumber: 0, newest: undefined } : stateOf(row);
  }

  async readPartitions(authority: string): Promise<readonly KnownPartition[]> {
    const rows = await this.#read<PartitionRow>(statements.readPartitions, [authority]);
    return rows.map((row) => ({ ...stateOf(row), partition: partitionOf(row) }));
  }

  async draft(partition: ListPartition, plan: ListPlan): Promise<ListInHand | "underWay"> {
    const id = randomUUID();
    const { number, thisUpdate, nextUpdate, nextPublish, through, keptFrom } = plan;
    const drafted = await this.#read(statements.draftList, [
      ...[...partitionValues(partition), id, number, thisUpdate, nextUpdate, nextPublish, through, keptFrom],
      ...[this.#ledger.run.id, listLeaseSeconds],
    ]);
    return drafted.length === 0 ? "underWay" : { id, fence: 1, partition, plan };
  }

  async missingStretches(partition: ListPartition, through: number): Promise<readonly number[]> {
    const values = [...partitionValues(partition), stretchLength, through];
    return (await this.#read<{ number: number }>(statements.missingStretches, values)).map(({ number }) => number);
  }

  async keepStretch(partition: ListPartition, { number, ends, entries }: ListStretch): Promise<void> {
    const values = [...partitionValues(partition), number, lastEndOf(ends), ends, entries];
    await this.#read(statements.keepStretch, values);
  }

  async *readParts({ id, partition, plan }: ListInHand): AsyncGenerator<Uint8Array> {
    const [row] = await this.#read<{ stretches: number }>(statements.stretchesOfList, [id]);
    yield* listParts(this.#ledger.reader, { id, partition, keptFrom: plan.keptFrom, stretches: row?.stretches ?? 0 });
  }

  async recordList(
    acting: Acting,
    list: ListInHand,
    { tbsHash, entries, octets, stretches, head, tail }: Omit<ListContent, "pieces"> & { readonly tbsHash: Uint8Array },
    event: AuditEvent,
  ): Promise<RecordedList | "late"> {
    const values = [list.id, list.fence, tbsHash, entries, listLeaseSeconds, stretches, octets, head, tail];
    const done = await this.#ledger.lanes.act(acting, event, statements.recordList, values);
    return done ? { ...list, tbsHash } : "late";
  }

  async takeExpiredLists(authority: string, limit: number): Promise<readonly RecordedList[]> {
    await this.#read(statements.giveUpDrafts, [authority]);
    const values = [this.#ledger.run.id, listLeaseSeconds, authority, limit];
    const rows = await this.#read<ListRow>(statements.takeExpiredLists, values);
    return rows.map((row) => ({
      ...{ id: row.id, fence: row.fence, tbsHash: row.tbs_hash, plan: planOf(row) },
      partition: partitionOf(row),
    }));
  }

  async recordSignature(acting: Acting, list: RecordedList, signature: Uint8Array, event: AuditEvent) {
    return await this.#ledger.lanes.act(acting, event, statements.recordListSignature, [
      list.id,
      list.fence,
      signature,
    ]);
  }

  async discardList(acting: Acting, list: RecordedList, event: AuditEvent): Promise<boolean> {
    return await this.#ledger.lanes.act(acting, event, statements.discardList, [list.id, list.fence]);
  }

  async #read<Row>(query: string, values: readonly unknown[]): Promise<Row[]> {
    return await readRows<Row>(this.#ledger.reader, query, values);
  }
}

function partitionOf({ authority, generation, partition }: ListPartition): ListPartition {
  return { authority, generation, partition };
}

function stateOf(row: PartitionRow): PartitionState {
  const { revocations, last_number: lastNumber } = row;
  return { revocations, lastNumber, newest: row.number === null ? undefined : planOf(row) };
}

function planOf(row: PlanRow): ListPlan {
  return {
    number: row.number,
    thisUpdate: row.this_update,
    nextUpdate: row.next_update,
    nextPublish: row.next_publish,
    through: row.through,
    keptFrom: row.kept_from,
  };
}
