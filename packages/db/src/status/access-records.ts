/** Access records in PostgreSQL, where they count. */
import { type AccessRecord, usesIn } from "@mitome/ca";
import type pg from "pg";
import { openPool } from "../connection.ts";

/** A record with a number of its own, so that it counts once however often it is stored. */
interface NumberedRecord {
  readonly id: string;
  readonly authority: string;
  readonly generation: number;
  readonly record: AccessRecord;
}

const storeRecords = {
  name: "access-records",
  text: `insert into access.access_record (id, authority, generation, verifier, confirmer, method, at, given, uses)
    select id, authority, generation, verifier, confirmer, method, at, given::json, uses
    from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[],
      $9::integer[]) as r (id, authority, generation, verifier, confirmer, method, at, given, uses)
    on conflict (id) do nothing`,
};

/** Adds records as `ca_responder`, which can do nothing else with them. */
export class PostgresAccessRecords {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = openPool(url, 1);
  }

  /** Resolves once all are durable. Records that are there already stay as they are. */
  async store(records: readonly NumberedRecord[]): Promise<void> {
    const rows = records.map(({ id, authority, generation, record }) => {
      const { verifierId, confirmer, at, method, ...given } = record;
      return [id, authority, generation, verifierId, confirmer, method, at, JSON.stringify(given), usesIn(record)];
    });
    const columns = Array.from({ length: 9 }, (_, column) => rows.map((row) => row[column]));
    await this.#pool.query({ ...storeRecords, values: columns });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
