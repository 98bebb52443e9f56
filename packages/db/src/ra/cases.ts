import { type CaseContext, type CaseState, caseStates, issueFeeYen, type StoredCase } from "@mitome/ra";
import type postgres from "postgres";
import { guarded, StoreUnavailable } from "./store-unavailable.ts";

/** What was done to a case and by whom: `clerk` is null for the resident and for the system itself. */
export interface Act {
  readonly kind: string;
  readonly clerk: string | null;
  readonly at: Date;
}

/** Cases of one municipality, each stored whole after every step together with the act that made it. */
export interface CaseStore {
  /** False when the counter already has a case. */
  open(stored: StoredCase, act: Act): Promise<boolean>;
  /**
   * Takes one step under the case's row lock: `next` sees the case as it is and answers the new one, or null to leave
   * it. Answers the stored case, or null when nothing changed or there is no such case here.
   */
  step(caseId: string, next: (stored: StoredCase) => StoredCase | null, act: Act): Promise<StoredCase | null>;
  find(caseId: string): Promise<StoredCase | null>;
  /** The case attached to a counter, if any. */
  attached(counter: string): Promise<StoredCase | null>;
  allAttached(): Promise<readonly StoredCase[]>;
  suspended(): Promise<readonly { readonly stored: StoredCase; readonly since: Date }[]>;
  /** The last case delivered at a counter since an instant. */
  lastDelivered(counter: string, since: Date): Promise<{ readonly caseId: string; readonly serial: string } | null>;
  /** Records an act that changed no case (a search, a document, a log-in). */
  record(act: Act & { readonly counter: string; readonly caseId: string | null }): Promise<void>;
  effectBegun(caseId: string, key: string, at: Date): Promise<void>;
  effectDone(caseId: string, key: string, outcome: string, at: Date): Promise<void>;
}

interface CaseRow {
  state: string;
  context: unknown;
  machine_version: number;
}

/** Cases in PostgreSQL, of one municipality: no other's can be read or written through it. */
export function caseStore(sql: postgres.Sql, municipality: string): CaseStore {
  const columns = sql`state, context, machine_version`;
  const writeAct = (on: postgres.ISql, act: Act, counter: string, caseId: string | null, state: string | null) =>
    on`insert into ra.act (at, counter, clerk, case_id, kind, state)
      values (${act.at}, ${counter}, ${act.clerk}, ${caseId}, ${act.kind}, ${state})`;

  return {
    open: (stored, act) =>
      guarded(async () => {
        try {
          return await sql.begin(async (on) => {
            const { caseId, counter } = stored.context;
            await on`insert into ra.counter_case (case_id, municipality, counter, state, context, machine_version, updated_at)
              values (${caseId}, ${municipality}, ${counter}, ${stored.value}, ${JSON.stringify(stored.context)}::text::jsonb,
                ${stored.machineVersion}, ${act.at})`;
            await writeAct(on, act, counter, caseId, stored.value);
            return true;
          });
        } catch (error) {
          if (isCounterBusy(error)) return false;
          throw error;
        }
      }),

    step: (caseId, next, act) =>
      guarded(() =>
        sql.begin(async (on) => {
          const [row] = await on<CaseRow[]>`select ${columns} from ra.counter_case
            where case_id = ${caseId} and municipality = ${municipality} for update`;
          if (row === undefined) return null;
          const after = next(readCase(row));
          if (after === null) return null;
          const { value, context, machineVersion } = after;
          await on`update ra.counter_case set state = ${value}, context = ${JSON.stringify(context)}::text::jsonb,
            counter = ${context.counter}, machine_version = ${machineVersion}, revision = revision + 1,
            updated_at = ${act.at} where case_id = ${caseId}`;
          await writeAct(on, act, context.counter, caseId, value);
          if (value === "ended" && context.outcome === "delivered" && context.certificate !== null) {
            await on`insert into ra.delivery (case_id, serial, delivered_at, clerk, fee_yen)
              values (${caseId}, ${context.certificate.serial}, ${act.at}, ${act.clerk ?? context.clerk}, ${issueFeeYen})
              on conflict (case_id) do nothing`;
          }
          return after;
        }),
      ),

    find: (caseId) =>
      guarded(async () => {
        const [row] = await sql<CaseRow[]>`select ${columns} from ra.counter_case
          where case_id = ${caseId} and municipality = ${municipality}`;
        return row === undefined ? null : readCase(row);
      }),

    attached: (counter) =>
      guarded(async () => {
        const [row] = await sql<CaseRow[]>`select ${columns} from ra.counter_case
          where counter = ${counter} and municipality = ${municipality} and state not in ('suspended', 'closed')`;
        return row === undefined ? null : readCase(row);
      }),

    allAttached: () =>
      guarded(async () => {
        const rows = await sql<CaseRow[]>`select ${columns} from ra.counter_case
          where municipality = ${municipality} and state not in ('suspended', 'closed')`;
        return rows.map(readCase);
      }),

    suspended: () =>
      guarded(async () => {
        const rows = await sql<(CaseRow & { updated_at: Date })[]>`select ${columns}, updated_at from ra.counter_case
          where municipality = ${municipality} and state = 'suspended' order by updated_at limit 50`;
        return rows.map((row) => ({ stored: readCase(row), since: row.updated_at }));
      }),

    lastDelivered: (counter, since) =>
      guarded(async () => {
        const [row] = await sql<{ case_id: string; serial: string }[]>`select d.case_id, d.serial from ra.delivery d
          join ra.counter_case c using (case_id)
          where c.counter = ${counter} and c.municipality = ${municipality} and d.delivered_at >= ${since}
          order by d.number desc limit 1`;
        return row === undefined ? null : { caseId: row.case_id, serial: row.serial };
      }),

    record: (act) => guarded(async () => void (await writeAct(sql, act, act.counter, act.caseId, null))),

    effectBegun: (caseId, key, at) =>
      guarded(async () => {
        await sql`insert into ra.effect (case_id, key, begun_at) values (${caseId}, ${key}, ${at})
          on conflict (case_id, key) do update set tries = ra.effect.tries + 1, begun_at = excluded.begun_at,
          done_at = null, outcome = null`;
      }),

    effectDone: (caseId, key, outcome, at) =>
      guarded(async () => {
        await sql`update ra.effect set done_at = ${at}, outcome = ${outcome} where case_id = ${caseId} and key = ${key}`;
      }),
  };
}

function isCounterBusy(error: unknown): boolean {
  return error instanceof Error && "constraint_name" in error && error.constraint_name === "counter_case_attached";
}

// The row is this program's own writing; its state and version are checked, its context is taken as it was written.
function readCase(row: CaseRow): StoredCase {
  const value = caseStates.find((state): state is CaseState => state === row.state);
  if (value === undefined || typeof row.context !== "object" || row.context === null)
    throw new StoreUnavailable("caseUnreadable");
  return { value, context: row.context as CaseContext, machineVersion: row.machine_version };
}
