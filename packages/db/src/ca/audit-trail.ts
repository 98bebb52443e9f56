/** The audit trail as an auditor reads it: stream by stream, in order. */
import type { AuditRecord } from "@mitome/audit";
import type { Sql } from "./audit-lane.ts";
import { translate } from "./ledger-conflict.ts";

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

/** Every record of every stream, streams one after another, each from its first; never more than a few in memory. */
export async function* readStreams(sql: Sql): AsyncGenerator<AuditRecord> {
  const rows = sql<EventRow[]>`
    select stream, sequence, at, kind, result, system, operator, detail::text as detail, hash
    from ca.audit_event order by stream, sequence`.cursor(1000);
  try {
    for await (const page of rows) yield* page;
  } catch (cause) {
    throw translate(cause).error;
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
export async function readSignedHeads(sql: Sql): Promise<readonly SignedHeads[]> {
  try {
    return await sql<SignedHeads[]>`select id, heads::text as heads, signature from ca.audit_heads order by id`;
  } catch (cause) {
    throw translate(cause).error;
  }
}
