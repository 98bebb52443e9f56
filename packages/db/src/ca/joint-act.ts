/** Acts of one kind that are done together: one statement, one commit and one answer for all of them. */
import { auditColumns, auditTypes } from "./audit-row.ts";

/**
 * A statement over `act`, whose rows are the acts with their audit events. It does all of them or none: `acted` is false
 * when it found nothing for any of them, and what it finds for some alone it refuses by `ca.require`.
 */
export interface JointAct {
  readonly text: string;
}

/** A joint act with these columns beside its audit event's, each with its type; `text` goes on from `with act as (…),`. */
export function jointAct(columns: Readonly<Record<string, string>>, text: string): JointAct {
  const types = [...auditTypes, ...Object.values(columns)];
  const arrays = types.map((type, index) => `$${index + 1}::${type}[]`).join(", ");
  const names = [auditColumns, ...Object.keys(columns)].join(", ");
  return { text: `with act as materialized (select * from unnest(${arrays}) as act (${names})), ${text}` };
}

/** The audit events of all acts, once each of them has its row in the CTE named. */
export const auditedTogether = (cte: string) => `
  audited as (
    insert into ca.audit_event (${auditColumns})
    select stream, sequence, at, kind, result, system, operator, detail::json, hash from act
    where (select count(*) from ${cte}) = (select count(*) from act)
  )`;

/** Rows of values as arrays of columns. */
export function columnsOf(rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  const [first = []] = rows;
  return first.map((_, column) => rows.map((row) => row[column]));
}
