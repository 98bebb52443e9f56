/** Lists of revoked certificates in the ledger. */
import { randomUUID } from "node:crypto";
import type { AuditEvent } from "@mitome/audit";
import type {
  Acting,
  EntryCount,
  KnownPartition,
  ListEntry,
  ListInHand,
  ListLedger,
  ListPartition,
  ListPlan,
  PartitionState,
  RecordedList,
} from "@mitome/ca";
import { readRows } from "./ledger-connection.ts";
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

  countOwed(partition: ListPartition, plan: ListPlan): Promise<number> {
    return this.#source.countOwed(partition, plan);
  }

  countEntries(partition: ListPartition, plan: ListPlan): Promise<readonly EntryCount[]> {
    return this.#source.countEntries(partition, plan);
  }

  readEntries(partition: ListPartition, plan: ListPlan): AsyncIterable<Iterable<ListEntry>> {
    return this.#source.readEntries(partition, plan);
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
    await this.#read(statements.enterPartition, partitionValues(partition));
    const drafted = await this.#read(statements.draftList, [
      ...[...partitionValues(partition), id, number, thisUpdate, nextUpdate, nextPublish, through, keptFrom],
      ...[this.#ledger.run.id, listLeaseSeconds],
    ]);
    return drafted.length === 0 ? "underWay" : { id, fence: 1, partition, plan };
  }

  async keepPart({ id }: ListInHand, part: number, octets: Uint8Array): Promise<void> {
    await this.#read(statements.keepPart, [id, part, octets]);
  }

  async *readParts({ id }: ListInHand): AsyncGenerator<Uint8Array> {
    for (let part = 0; ; part += 1) {
      const [row] = await this.#read<{ octets: Uint8Array }>(statements.readPart, [id, part]);
      if (row === undefined) return;
      yield row.octets;
    }
  }

  async recordList(
    acting: Acting,
    list: ListInHand,
    { tbsHash, entries }: { readonly tbsHash: Uint8Array; readonly entries: number },
    event: AuditEvent,
  ): Promise<RecordedList | "late"> {
    const values = [list.id, list.fence, tbsHash, entries, listLeaseSeconds];
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
