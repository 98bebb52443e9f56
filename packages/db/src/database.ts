/** How the municipality's stores reach their database: statements of drizzle over a pool of node-postgres. */
import { sql } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { openPool } from "./connection.ts";
import { guarded, StoreUnavailable, unavailable } from "./store-unavailable.ts";

/** What a store can say: the query builder over its tables, and SQL where that says it better. */
export type Statements = Pick<NodePgDatabase, "select" | "insert" | "update" | "delete" | "execute">;

/** A municipality's database or register. Errors of driver and server leave it as {@link StoreUnavailable} alone. */
export interface Database {
  /** Runs statements that each stand for themselves, on any connections. */
  run<T>(work: (on: Statements) => Promise<T>): Promise<T>;
  /** Runs statements in one transaction, which is undone when `work` throws. */
  transaction<T>(work: (on: Statements) => Promise<T>): Promise<T>;
  /** Waits for the statements under way. */
  close(): Promise<void>;
}

/** A database by its URL, over at most `connections`; it comes back by itself after the server was away. */
export function connect(url: string, connections: number): Database {
  const pool = openPool(url, connections);
  const statements = drizzle(pool);
  return {
    run: (work) => guarded(() => work(statements)),
    transaction: (work) => guarded(() => transact(pool, work)),
    close: () => pool.end(),
  };
}

// Not by drizzle's own `transaction`: when its `begin` fails it never gives the connection back, and after a statement
// that nobody answered it gives it back as if it were free (docs/adr/0011).
async function transact<T>(pool: pg.Pool, work: (on: Statements) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw unavailable(error);
  });
  let committed = false;
  try {
    const on = drizzle(client);
    await on.execute(sql`begin`);
    const answer = await work(on);
    const { command } = await on.execute(sql`commit`);
    // PostgreSQL answers ROLLBACK when a statement failed and `work` went on all the same: in_failed_sql_transaction.
    if (command !== "COMMIT") throw new StoreUnavailable("25P02");
    committed = true;
    return answer;
  } finally {
    // A transaction that failed takes its connection with it: the server undoes it, and nothing of it gets into another.
    client.release(!committed);
  }
}
