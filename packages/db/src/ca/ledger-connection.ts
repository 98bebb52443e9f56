/** How the ledger's statements reach PostgreSQL, and what becomes of a connection that was lost. */
import { LedgerUnavailable } from "@mitome/ca";
import pg from "pg";
import { clientConfig, plannedOnce } from "../connection.ts";
import { translate } from "./ledger-conflict.ts";

/** One connection, made when it is needed and again after a loss. One statement at a time. */
export class LedgerConnection {
  readonly #url: string;
  #client: pg.Client | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Rows of a prepared statement. Throws LedgerConflict, LedgerUnavailable or LedgerFault; `lost` is called when the
   * statement may or may not have taken effect. The next one then gets another connection.
   */
  async query<Row>(statement: string, values: readonly unknown[], lost = () => {}): Promise<Row[]> {
    const client = this.#client ?? (await this.#connect());
    try {
      return (await client.query<Row & pg.QueryResultRow>(prepared(statement, values))).rows;
    } catch (cause) {
      const { definite, error } = translate(cause);
      if (!definite) {
        this.#forget(client);
        lost();
      }
      throw error;
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...clientConfig(this.#url), options: plannedOnce });
    client.on("error", () => this.#forget(client));
    try {
      await client.connect();
    } catch {
      throw new LedgerUnavailable("the ledger cannot be reached");
    }
    this.#client = client;
    return client;
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    void client.end().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#client?.end();
  }
}

/** Rows of a prepared query on any connection of a pool; the driver's errors stay here. */
export async function readRows<Row>(pool: pg.Pool, query: string, values: readonly unknown[]): Promise<Row[]> {
  try {
    return (await pool.query<Row & pg.QueryResultRow>(prepared(query, values))).rows;
  } catch (cause) {
    throw translate(cause).error;
  }
}

const names = new Map<string, string>();

/** The statement under the name by which a connection, once it has parsed it, knows it again. */
function prepared(text: string, values: readonly unknown[]): pg.QueryConfig {
  let name = names.get(text);
  if (name === undefined) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return { name, text, values: [...values] };
}
