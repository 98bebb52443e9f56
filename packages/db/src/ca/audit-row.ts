/** An audit event as a row of `ca.audit_event`. */
import type { AuditRecord } from "@mitome/audit";

const types = {
  stream: "text",
  sequence: "bigint",
  at: "timestamptz",
  kind: "text",
  result: "text",
  system: "text",
  operator: "text",
  detail: "text",
  hash: "bytea",
} as const;

/** The columns of an event. */
export const auditColumns = Object.keys(types).join(", ");
/** Their types as parameters. `detail` arrives as text, so that the octets that were hashed are the octets kept. */
export const auditTypes: readonly string[] = Object.values(types);
/** The event of one act: its parameters $1 to $9. */
export const auditValues = auditTypes
  .map((type, index) => `$${index + 1}::${type}${index === auditTypes.length - 2 ? "::json" : ""}`)
  .join(", ");

/** The values of {@link auditColumns}. */
export function auditRow(record: AuditRecord): readonly unknown[] {
  const { stream, sequence, at, kind, result, system, operator, detail, hash } = record;
  return [stream, sequence, at, kind, result, system, operator, detail, hash];
}
