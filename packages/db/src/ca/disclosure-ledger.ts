/** Disclosures of who asked about one person, as two people had them recorded, by ca_owner. */
import type { AuditEvent } from "@mitome/audit";
import type { Acting, TwoPeople } from "@mitome/ca";
import { auditColumns, auditValues } from "./audit-row.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";

/** A disclosure about whoever holds, or held, the certificate of this serial number. */
export interface DisclosureToRecord {
  readonly id: string;
  readonly authority: string;
  readonly serial: string;
  /** Of the application that it answers: letters, digits and hyphens. */
  readonly reference: string;
  readonly by: TwoPeople;
}

/** $10 id, $11 authority, $12 serial, $13 reference, $14 and $15 who. */
const record = `
  with recorded as (
    insert into ca.disclosure (id, authority, subscriber_id, reference, first, second)
    select $10::uuid, authority, subscriber_id, $13::text, $14::text, $15::text
    from ca.certificate where authority = $11::text and serial = $12::text and subscriber_id is not null returning 1
  ), audited as (
    insert into ca.audit_event (${auditColumns}) select ${auditValues} from recorded
  )
  select count(*) = 1 as acted from recorded`;

/** Records a disclosure with its audit event in one act; `false` when no person has such a certificate. */
export async function recordDisclosure(
  ledger: PostgresLedger,
  acting: Acting,
  { id, authority, serial, reference, by }: DisclosureToRecord,
  event: AuditEvent,
): Promise<boolean> {
  return await ledger.lanes.act(acting, event, record, [id, authority, serial, reference, ...by]);
}
