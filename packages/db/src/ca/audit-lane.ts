/**
 * One writer of the audit trail: one database connection of one process run. The lane knows the head of its stream, so
 * that each act and its event commit in one statement and no two lanes wait for each other.
 */
import { type AuditEvent, type AuditHead, type AuditRecord, emptyHead, nextRecord } from "@mitome/audit";
import type { Acting, Clock } from "@mitome/ca";
import postgres from "postgres";
import { connectionOptions } from "../connection.ts";
import { inTime } from "./in-time.ts";
import { translate } from "./ledger-conflict.ts";

/** Parameters $1 to $9 of every act: the audit event that commits with it. */
export const auditColumns = "stream, sequence, at, kind, result, system, operator, detail, hash";
/** The values of {@link auditColumns} as parameters. */
export const auditValues =
  "$1::text, $2::bigint, $3::timestamptz, $4::text, $5::text, $6::text, $7::text, $8::text::json, $9::bytea";

/** A statement that inserts its audit event out of $1 to $9 exactly when it acts, and returns `acted`. */
export type ActStatement = string;

/** A process run as its streams name it. */
export interface ProcessRun {
  readonly program: string;
  readonly id: string;
  readonly clock: Clock;
}

interface ActedRow {
  readonly acted: boolean;
}

/** One stream's writer. One act at a time. */
export class AuditLane {
  readonly #url: string;
  #sql: Sql;
  readonly #run: ProcessRun;
  #head: AuditHead;
  /** Whether `#head` is what the database has. Not so at first, and after a commit whose answer was lost. */
  #certain = false;

  constructor(url: string, run: ProcessRun, number: number) {
    this.#url = url;
    this.#sql = connect(url, 1);
    this.#run = run;
    this.#head = emptyHead(`${run.program}.${run.id}.${number}`);
  }

  /** The last event known to be committed. */
  get head(): AuditHead {
    return this.#head;
  }

  /**
   * Runs one statement with its event; `undefined` when the statement found nothing to act on.
   * Throws LedgerConflict, LedgerUnavailable or LedgerFault.
   */
  async act<Row extends ActedRow>(
    acting: Acting,
    event: AuditEvent,
    statement: ActStatement,
    parameters: readonly unknown[],
  ): Promise<Row | undefined> {
    if (!this.#certain) await this.#findHead();
    const record = nextRecord(this.#head, { origin: acting.origin, event }, this.#run.clock.now());
    const row = await this.#execute<Row>(statement, [...auditParameters(record), ...parameters]);
    if (row?.acted !== true) return undefined;
    this.#head = { stream: record.stream, sequence: record.sequence, hash: record.hash };
    acting.witness?.(this.#head);
    return row;
  }

  async #execute<Row extends ActedRow>(statement: string, parameters: unknown[]): Promise<Row | undefined> {
    try {
      const [row] = await inTime(this.#sql.unsafe<Row[]>(statement, parameters as never[], { prepare: true }));
      return row;
    } catch (cause) {
      const { definite, error } = translate(cause);
      if (!definite) this.#startAfresh();
      if (isOwnSequence(error)) this.#certain = false;
      throw error;
    }
  }

  /** Reads where the stream ends; an empty stream begins with the process's start (千葉県運用規程 4-11-9). */
  async #findHead(): Promise<void> {
    const { stream } = this.#head;
    try {
      const [last] = await inTime(this.#sql<{ sequence: number; hash: Uint8Array }[]>`
        select sequence, hash from ca.audit_event where stream = ${stream} order by sequence desc limit 1`);
      this.#head = last === undefined ? emptyHead(stream) : { stream, ...last };
    } catch (cause) {
      this.#startAfresh();
      throw translate(cause).error;
    }
    this.#certain = true;
    if (this.#head.sequence === 0) await this.#begin();
  }

  /** Whether the last act was committed is not known: another connection will tell. */
  #startAfresh(): void {
    this.#certain = false;
    const lost = this.#sql;
    this.#sql = connect(this.#url, 1);
    void lost.end({ timeout: 0 }).catch(() => undefined);
  }

  async #begin(): Promise<void> {
    const { program } = this.#run;
    const event = { kind: "process.started", result: "done", detail: { program } } as const;
    await this.act({ origin: { system: program, operator: null } }, event, recordEventStatement, []);
  }

  /** Opens the connection and writes the stream's first event. */
  async open(): Promise<void> {
    if (!this.#certain) await this.#findHead();
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 2 });
  }
}

/** An event with no other act. */
export const recordEventStatement: ActStatement = `
  insert into ca.audit_event (${auditColumns}) values (${auditValues}) returning true as acted`;

/** Connections with integers as numbers. */
export type Sql = postgres.Sql<{ bigint: number }>;

/** A pool of connections. */
export function connect(url: string, connections: number): Sql {
  return postgres({
    ...connectionOptions(url),
    max: connections,
    connect_timeout: 5,
    backoff: () => 0.1,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => {},
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
  });
}

function auditParameters(record: AuditRecord): unknown[] {
  const { stream, sequence, at, kind, result, system, operator, detail, hash } = record;
  return [stream, sequence, at, kind, result, system, operator, detail, hash];
}

/** Our sequence number is taken: a commit that was thought lost has arrived. */
function isOwnSequence(error: Error): boolean {
  return "constraint" in error && error.constraint === "audit_event_pkey";
}
