/** Revocations as lists are made from them; authority and signer read them alike, each as its own role. */
import type { EntryCount, ListEntry, ListPartition, ListPlan, ListSource, RevocationReason } from "@mitome/ca";
import type pg from "pg";
import { readRows } from "./ledger-connection.ts";
import { serialOf } from "./rows.ts";
import * as statements from "./status-statements.ts";

interface EntryRow {
  readonly sequence: number;
  readonly serial: string;
  readonly revoked_at: Date;
  readonly reason: RevocationReason;
}

const batch = 8_192;

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

  async countThrough(partition: ListPartition, through: number): Promise<number> {
    const values = [...partitionValues(partition), through];
    const [row] = await readRows<{ found: number }>(this.#pool, statements.countThrough, values);
    return row?.found ?? 0;
  }

  async countEntries(partition: ListPartition, { through, keptFrom }: ListPlan): Promise<readonly EntryCount[]> {
    const values = [...partitionValues(partition), through, keptFrom];
    const rows = await readRows<{ octets: number; entries: number }>(this.#pool, statements.countEntries, values);
    return rows.map(({ octets, entries }) => ({ integerOctets: octets, entries }));
  }

  async *readEntries(partition: ListPartition, plan: ListPlan): AsyncGenerator<readonly ListEntry[]> {
    const fixed = [...partitionValues(partition), plan.through, plan.keptFrom];
    for (let last = 0; ; ) {
      const rows = await readRows<EntryRow>(this.#pool, statements.readEntries, [...fixed, last, batch]);
      if (rows.length > 0)
        yield rows.map(({ serial, revoked_at, reason }) => ({
          serial: serialOf(serial),
          revokedAt: revoked_at,
          reason,
        }));
      if (rows.length < batch) return;
      last = rows.at(-1)?.sequence ?? last;
    }
  }
}
