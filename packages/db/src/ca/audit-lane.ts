/**
 * One writer of the audit trail: one database connection of one process run. The lane knows the head of its stream, so
 * that each act and its event commit in one statement and no two lanes wait for each other.
 */
import { type AuditEvent, type AuditHead, type AuditRecord, emptyHead, nextRecord } from "@mitome/audit";
import type { Acting, Clock } from "@mitome/ca";
import { LedgerConflict } from "./ledger-conflict.ts";
import { LedgerConnection } from "./ledger-connection.ts";

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
  readonly #connection: LedgerConnection;
  readonly #run: ProcessRun;
  #head: AuditHead;
  /** Whether `#head` is what the database has. Not so at first, and after a commit whose answer was lost. */
  #certain = false;

  constructor(url: string, run: ProcessRun, number: number) {
    this.#connection = new LedgerConnection(url);
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
      const [row] = await this.#connection.query<Row>(statement, parameters, () => {
        // Whether the act was committed is not known: another connection will tell.
        this.#certain = false;
      });
      return row;
    } catch (error) {
      if (isOwnSequence(error)) this.#certain = false;
      throw error;
    }
  }

  /** Reads where the stream ends; an empty stream begins with the process's start (千葉県運用規程 4-11-9). */
  async #findHead(): Promise<void> {
    const { stream } = this.#head;
    const [last] = await this.#connection.query<{ sequence: number; hash: Uint8Array }>(lastRecord, [stream]);
    this.#head = last === undefined ? emptyHead(stream) : { stream, ...last };
    this.#certain = true;
    if (this.#head.sequence === 0) await this.#begin();
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
    await this.#connection.close();
  }
}

/** An event with no other act. */
export const recordEventStatement: ActStatement = `
  insert into ca.audit_event (${auditColumns}) values (${auditValues}) returning true as acted`;

const lastRecord = `
  select sequence, hash from ca.audit_event where stream = $1::text order by sequence desc limit 1`;

function auditParameters(record: AuditRecord): unknown[] {
  const { stream, sequence, at, kind, result, system, operator, detail, hash } = record;
  return [stream, sequence, at, kind, result, system, operator, detail, hash];
}

/** Our sequence number is taken: a commit that was thought lost has arrived. */
function isOwnSequence(error: unknown): boolean {
  return error instanceof LedgerConflict && error.constraint === "audit_event_pkey";
}
