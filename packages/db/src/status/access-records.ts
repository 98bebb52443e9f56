/** Access records in PostgreSQL, where they count. */
import { AccessRecordsRefused } from "@mitome/ca";
import pg from "pg";
import { openPool } from "../connection.ts";

// Each one's JSON is read once. A record that is there already stays as it is. What it counts: each certificate asked
// about, each list or file.
const storeRecords = {
  name: "access-records",
  text: `insert into access.access_record (id, authority, generation, verifier, confirmer, method, at, given, uses)
    select (record ->> 'id')::uuid, record ->> 'authority', (record ->> 'generation')::integer,
      record ->> 'verifierId', record ->> 'confirmer', record ->> 'method', (record ->> 'at')::timestamptz,
      record - array['id', 'authority', 'generation', 'verifierId', 'confirmer', 'method', 'at'],
      case when record ? 'answers' then jsonb_array_length(record -> 'answers') else 1 end
    from jsonb_array_elements($1::jsonb) as records (record)
    on conflict (id) do nothing`,
};

/** Adds records as `ca_responder`, which can do nothing else with them. */
export class PostgresAccessRecords {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = openPool(url, 1);
  }

  /**
   * Resolves once all are durable. Each is the JSON of an access record with its `authority`, `generation` and an `id`
   * (UUID) of its own; one whose id is there already stays as it is. Throws `AccessRecordsRefused` for records of which one
   * will never be taken, and then none is; anything else may help to be tried again.
   */
  async store(records: readonly string[]): Promise<void> {
    try {
      await this.#pool.query({ ...storeRecords, values: [`[${records.join(",")}]`] });
    } catch (error) {
      throw isForGood(error) ? new AccessRecordsRefused(error.code) : error;
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** PostgreSQL, appendix A: class 22 is what is no such value, class 23 what breaks a constraint. */
function isForGood(error: unknown): error is pg.DatabaseError & { readonly code: string } {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? "");
}
