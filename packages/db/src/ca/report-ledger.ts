/** Reports that were put before the public (千葉県運用規程 4-5). */
import type { AuditEvent } from "@mitome/audit";
import { type Acting, type ProvisionReport, parseProvisionReport } from "@mitome/ca";
import { auditColumns, auditValues } from "./audit-row.ts";
import { LedgerConflict } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";

/** A report and how it is found: `id` is the page's address, letters, digits and hyphens. */
export interface ReportToPublish {
  readonly id: string;
  readonly authority: string;
  readonly title: string;
  readonly report: ProvisionReport;
  /** The report on paper. */
  readonly pdf: Uint8Array;
  readonly publishedAt: Date;
}

/** $10 id, $11 authority, $12 title, $13 report as JSON, $14 PDF, $15 instant. */
const publish = `
  with published as (
    insert into ca.published_report (id, authority, title, report, pdf, published_at)
    values ($10::text, $11::text, $12::text, $13::text::json, $14::bytea, $15::timestamptz) returning 1
  ), audited as (
    insert into ca.audit_event (${auditColumns}) select ${auditValues} from published
  )
  select count(*) = 1 as acted from published`;

/** Publishes a report for good; `exists` when one of this name was published before. By ca_owner. */
export async function publishReport(
  ledger: PostgresLedger,
  acting: Acting,
  { id, authority, title, report, pdf, publishedAt }: ReportToPublish,
  event: AuditEvent,
): Promise<"published" | "exists"> {
  try {
    const values = [id, authority, title, JSON.stringify(report), pdf, publishedAt];
    await ledger.lanes.act(acting, event, publish, values);
    return "published";
  } catch (error) {
    if (error instanceof LedgerConflict && error.constraint === "published_report_pkey") return "exists";
    throw error;
  }
}

const published = `
  select title, report, pdf, published_at as "publishedAt" from ca.published_report
  where authority = $1::text and id = $2::text and pdf is not null`;

/** A report as it was published; `undefined` when there is none of this name on paper. */
export async function readPublishedReport(
  ledger: PostgresLedger,
  authority: string,
  id: string,
): Promise<ReportToPublish | undefined> {
  const [row] = await readRows<Pick<ReportToPublish, "title" | "pdf" | "publishedAt"> & { readonly report: unknown }>(
    ledger.reader,
    published,
    [authority, id],
  );
  if (row === undefined) return undefined;
  const report = parseProvisionReport(row.report);
  if (report === undefined) throw new RangeError(`the ledger holds a report that is none: ${id}`);
  return { id, authority, ...row, report };
}
