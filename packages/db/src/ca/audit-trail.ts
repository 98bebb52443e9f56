/** The audit trail as an auditor reads it: stream by stream, in order. */
import type { AuditRecord } from "@mitome/audit";
import type pg from "pg";
import { translate } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";

interface EventRow {
  readonly stream: string;
  readonly sequence: number;
  readonly at: Date;
  readonly kind: string;
  readonly result: string;
  readonly system: string;
  readonly operator: string | null;
  readonly detail: string;
  readonly hash: Uint8Array;
}

const page = 1_000;

const recordsAfter = `
  select stream, sequence, at, kind, result, system, operator, detail::text as detail, hash
  from ca.audit_event where (stream, sequence) > ($1::text, $2::bigint) order by stream, sequence limit ${page}`;

/** Every record of every stream as of one moment, streams one after another, each from its first; a page at a time. */
export async function* readStreams(pool: pg.Pool): AsyncGenerator<AuditRecord> {
  const client = await pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    for (let last: EventRow | undefined, more = true; more; ) {
      const { rows } = await client.query<EventRow>(recordsAfter, [last?.stream ?? "", last?.sequence ?? 0]);
      yield* rows;
      last = rows.at(-1);
      more = rows.length === page;
    }
  } catch (cause) {
    throw translate(cause).error;
  } finally {
    client.release(true);
  }
}

/** Heads of all streams of one run, as they were signed together. */
export interface SignedHeads {
  readonly id: number;
  /** JSON: stream, sequence and hash in hex of each. */
  readonly heads: string;
  readonly signature: Uint8Array;
}

/** Every set of heads that was signed, oldest first. */
export async function readSignedHeads(pool: pg.Pool): Promise<readonly SignedHeads[]> {
  return await readRows<SignedHeads>(
    pool,
    "select id, heads::text as heads, signature from ca.audit_heads order by id",
    [],
  );
}
