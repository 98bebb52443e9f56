import { type CaseContext, type CaseState, caseStates, issueFeeYen, type StoredCase } from "@mitome/ra";
import { and, desc, eq, gte, sql } from "drizzle-orm";
import type { Database, Statements } from "../database.ts";
import { StoreUnavailable } from "../store-unavailable.ts";
import { act, counterCase, delivery, effect, isAttached } from "./tables.ts";

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
  readonly state: string;
  readonly context: unknown;
  readonly machineVersion: number;
}

const columns = {
  state: counterCase.state,
  context: counterCase.context,
  machineVersion: counterCase.machineVersion,
};

/** Cases in PostgreSQL, of one municipality: no other's can be read or written through it. */
export function caseStore(database: Database, municipality: string): CaseStore {
  const own = eq(counterCase.municipality, municipality);
  const ownCase = (caseId: string) => and(eq(counterCase.caseId, caseId), own);

  return {
    open: (stored, by) =>
      database.transaction(async (on) => {
        const opened = await on
          .insert(counterCase)
          .values({ caseId: stored.context.caseId, municipality, ...columnsOf(stored, by.at) })
          .onConflictDoNothing({ target: counterCase.counter, where: isAttached });
        if (opened.rowCount === 0) return false;
        await writeAct(on, by, stored.context.counter, stored.context.caseId, stored.value);
        return true;
      }),

    step: (caseId, next, by) =>
      database.transaction(async (on) => {
        const [row] = await on.select(columns).from(counterCase).where(ownCase(caseId)).for("update");
        const after = row === undefined ? null : next(readCase(row));
        if (after === null) return null;
        await on
          .update(counterCase)
          .set({ ...columnsOf(after, by.at), revision: sql`${counterCase.revision} + 1` })
          .where(eq(counterCase.caseId, caseId));
        await writeAct(on, by, after.context.counter, caseId, after.value);
        await writeDelivery(on, by, after);
        return after;
      }),

    find: (caseId) =>
      database.run(async (on) => {
        const [row] = await on.select(columns).from(counterCase).where(ownCase(caseId));
        return row === undefined ? null : readCase(row);
      }),

    attached: (counter) =>
      database.run(async (on) => {
        const [row] = await on
          .select(columns)
          .from(counterCase)
          .where(and(eq(counterCase.counter, counter), own, isAttached));
        return row === undefined ? null : readCase(row);
      }),

    allAttached: () =>
      database.run(async (on) => {
        const rows = await on.select(columns).from(counterCase).where(and(own, isAttached));
        return rows.map(readCase);
      }),

    suspended: () =>
      database.run(async (on) => {
        const rows = await on
          .select({ ...columns, since: counterCase.updatedAt })
          .from(counterCase)
          .where(and(own, eq(counterCase.state, "suspended")))
          .orderBy(counterCase.updatedAt)
          .limit(50);
        return rows.map((row) => ({ stored: readCase(row), since: row.since }));
      }),

    lastDelivered: (counter, since) =>
      database.run(async (on) => {
        const [last] = await on
          .select({ caseId: delivery.caseId, serial: delivery.serial })
          .from(delivery)
          .innerJoin(counterCase, eq(counterCase.caseId, delivery.caseId))
          .where(and(eq(counterCase.counter, counter), own, gte(delivery.deliveredAt, since)))
          .orderBy(desc(delivery.number))
          .limit(1);
        return last ?? null;
      }),

    record: (by) => database.run((on) => writeAct(on, by, by.counter, by.caseId, null)),

    effectBegun: (caseId, key, at) =>
      database.run(async (on) => {
        const again = { tries: sql`${effect.tries} + 1`, begunAt: at, doneAt: null, outcome: null };
        await on
          .insert(effect)
          .values({ caseId, key, begunAt: at })
          .onConflictDoUpdate({ target: [effect.caseId, effect.key], set: again });
      }),

    effectDone: (caseId, key, outcome, at) =>
      database.run(async (on) => {
        const begun = and(eq(effect.caseId, caseId), eq(effect.key, key));
        await on.update(effect).set({ doneAt: at, outcome }).where(begun);
      }),
  };
}

const columnsOf = ({ value: state, context, machineVersion }: StoredCase, updatedAt: Date) => {
  return { counter: context.counter, state, context, machineVersion, updatedAt };
};

async function writeAct(on: Statements, by: Act, counter: string, caseId: string | null, state: string | null) {
  await on.insert(act).values({ at: by.at, counter, clerk: by.clerk, caseId, kind: by.kind, state });
}

// 電子証明書交付記録簿
async function writeDelivery(on: Statements, by: Act, { value, context }: StoredCase): Promise<void> {
  const { caseId, certificate, outcome } = context;
  if (value !== "ended" || outcome !== "delivered" || certificate === null) return;
  const clerk = by.clerk ?? context.clerk;
  await on
    .insert(delivery)
    .values({ caseId, serial: certificate.serial, deliveredAt: by.at, clerk, feeYen: issueFeeYen })
    .onConflictDoNothing({ target: delivery.caseId });
}

// The row is this program's own writing; its state and version are checked, its context is taken as it was written.
function readCase(row: CaseRow): StoredCase {
  const value = caseStates.find((state): state is CaseState => state === row.state);
  if (value === undefined || typeof row.context !== "object" || row.context === null)
    throw new StoreUnavailable("caseUnreadable");
  return { value, context: row.context as CaseContext, machineVersion: row.machineVersion };
}
