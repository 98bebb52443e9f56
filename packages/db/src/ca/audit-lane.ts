/**
 * One writer of the audit trail: one database connection of one process run. The lane knows the head of its stream, so
 * that each act and its event commit in one statement and no two lanes wait for each other.
 */
import { type AuditEvent, type AuditHead, type AuditRecord, emptyHead, nextRecord } from "@mitome/audit";
import { type Acting, type Clock, LedgerUnavailable } from "@mitome/ca";
import { auditColumns, auditRow, auditValues } from "./audit-row.ts";
import { columnsOf, type JointAct } from "./joint-act.ts";
import { LedgerConflict } from "./ledger-conflict.ts";
import { LedgerConnection } from "./ledger-connection.ts";

/** A statement that inserts its audit event out of $1 to $9 exactly when it acts, and returns `acted`. */
export type ActStatement = string;

/** One act: who acts, what is written of it, and its statement's values after the event's. */
export interface Act {
  readonly acting: Acting;
  readonly event: AuditEvent;
  readonly values: readonly unknown[];
}

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

  /** Does one act; `false` when it found nothing to act on. Throws LedgerConflict, LedgerUnavailable or LedgerFault. */
  async act(statement: ActStatement, act: Act): Promise<boolean> {
    return await this.#commit(statement, [act], ([row = []]) => row);
  }

  /**
   * Does several acts of one kind, together if that can be and otherwise one after the other; each has its own outcome.
   * Throws LedgerUnavailable, which is everybody's.
   */
  async actTogether(statement: JointAct, acts: readonly Act[]): Promise<readonly PromiseSettledResult<boolean>[]> {
    if (acts.length > 1 && (await this.#tryTogether(statement, acts))) {
      return acts.map(() => ({ status: "fulfilled", value: true }));
    }
    const outcomes: PromiseSettledResult<boolean>[] = [];
    for (const act of acts) {
      outcomes.push(...(await Promise.allSettled([this.#commit(statement.text, [act], columnsOf)])));
    }
    return outcomes;
  }

  /** Does one act that has several events: all of the statement's rows or none; `false` and throws as {@link act}. */
  async actWhole(statement: JointAct, rows: readonly Act[]): Promise<boolean> {
    return await this.#commit(statement.text, rows, columnsOf);
  }

  async #tryTogether(statement: JointAct, acts: readonly Act[]): Promise<boolean> {
    try {
      return await this.#commit(statement.text, acts, columnsOf);
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      return false;
    }
  }

  /** Commits acts with their events at the end of the stream, in this order. */
  async #commit(
    statement: string,
    acts: readonly Act[],
    parametersOf: (rows: readonly (readonly unknown[])[]) => readonly unknown[],
  ): Promise<boolean> {
    if (!this.#certain) await this.#findHead();
    const records: AuditRecord[] = [];
    for (const { acting, event } of acts) {
      const last = records.at(-1) ?? this.#head;
      records.push(nextRecord(last, { origin: acting.origin, event }, this.#run.clock.now()));
    }
    const rows = records.map((record, index) => [...auditRow(record), ...(acts[index]?.values ?? [])]);
    const done = await this.#execute(statement, parametersOf(rows));
    if (done?.acted !== true) return false;
    for (const [index, { stream, sequence, hash }] of records.entries()) {
      this.#head = { stream, sequence, hash };
      acts[index]?.acting.witness?.(this.#head);
    }
    return true;
  }

  async #execute(statement: string, parameters: readonly unknown[]): Promise<ActedRow | undefined> {
    try {
      const [row] = await this.#connection.query<ActedRow>(statement, parameters, () => {
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
    await this.act(recordEventStatement, {
      acting: { origin: { system: program, operator: null } },
      event,
      values: [],
    });
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

/** Our sequence number is taken: a commit that was thought lost has arrived. */
function isOwnSequence(error: unknown): boolean {
  return error instanceof LedgerConflict && error.constraint === "audit_event_pkey";
}
