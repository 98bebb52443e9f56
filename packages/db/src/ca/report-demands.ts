/** Reports that verifiers were asked for (千葉県運用規程 2-1-2(33)), in the ledger. */
import type { AuditEvent } from "@mitome/audit";
import type { Acting, ReportDemand, ReportDemandLedger } from "@mitome/ca";
import { auditColumns, auditValues } from "./audit-row.ts";
import { LedgerConflict } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";

const audited = (cte: string) => `insert into ca.audit_event (${auditColumns}) select ${auditValues} from ${cte}`;

/** $10 id, $11 verifier, $12 by whom, $13 when, $14 subject, $15 due. */
const recordDemand = `
  with demanded as (
    insert into ca.report_demand (id, verifier, demanded_by, demanded_at, subject, due_at)
    select $10::uuid, id, $12::text, $13::timestamptz, $14::text, $15::timestamptz
    from ca.verifier where id = $11::text returning 1
  ), audited as (${audited("demanded")})
  select count(*) = 1 as acted from demanded`;

/** $10 id, $11 when. */
const recordAnswer = `
  with answered as (
    update ca.report_demand set answered_at = $11::timestamptz where id = $10::uuid and answered_at is null returning 1
  ), audited as (${audited("answered")})
  select count(*) = 1 as acted from answered`;

const readDemands = `
  select id, verifier, demanded_by, demanded_at, subject, due_at, answered_at from ca.report_demand
  order by demanded_at, id`;

interface DemandRow {
  readonly id: string;
  readonly verifier: string;
  readonly demanded_by: ReportDemand["demandedBy"];
  readonly demanded_at: Date;
  readonly subject: string;
  readonly due_at: Date;
  readonly answered_at: Date | null;
}

/** Demands in the ledger. */
export class PostgresReportDemands implements ReportDemandLedger {
  readonly #ledger: PostgresLedger;

  constructor(ledger: PostgresLedger) {
    this.#ledger = ledger;
  }

  async record(
    acting: Acting,
    demand: Omit<ReportDemand, "answeredAt">,
    event: AuditEvent,
  ): Promise<"recorded" | "recordedBefore" | "noVerifier"> {
    const { id, verifierId, demandedBy, demandedAt, subject, dueAt } = demand;
    const values = [id, verifierId, demandedBy, demandedAt, subject, dueAt];
    try {
      const done = await this.#ledger.lanes.act(acting, event, recordDemand, values);
      return done ? "recorded" : "noVerifier";
    } catch (error) {
      if (error instanceof LedgerConflict && error.constraint === "report_demand_pkey") return "recordedBefore";
      throw error;
    }
  }

  async recordAnswer(acting: Acting, id: string, answeredAt: Date, event: AuditEvent): Promise<boolean> {
    return await this.#ledger.lanes.act(acting, event, recordAnswer, [id, answeredAt]);
  }

  /** All, oldest first. */
  async all(): Promise<readonly ReportDemand[]> {
    const rows = await readRows<DemandRow>(this.#ledger.reader, readDemands, []);
    return rows.map((row) => ({
      ...{ id: row.id, verifierId: row.verifier, demandedBy: row.demanded_by, demandedAt: row.demanded_at },
      ...{ subject: row.subject, dueAt: row.due_at, answeredAt: row.answered_at },
    }));
  }
}
