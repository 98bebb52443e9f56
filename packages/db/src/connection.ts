/** How every program reaches PostgreSQL: by a `postgres://` URL whose `host` parameter may name a socket's directory. */
import pg from "pg";

/**
 * A connection is made, and a statement answered, within this time in milliseconds, or the server counts as away. A
 * server that is there gives a statement up a little sooner, so that none works on that nobody waits for.
 */
const within = { connection: 5_000, answer: 8_000, statement: 7_500 } as const;

/** Where, as whom and how to connect; `bigint` columns are read as numbers. */
export function clientConfig(url: string): pg.ClientConfig {
  const parsed = new URL(url);
  return {
    host: parsed.searchParams.get("host") ?? parsed.hostname,
    port: Number(parsed.port || "5432"),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    connectionTimeoutMillis: within.connection,
    query_timeout: within.answer,
    statement_timeout: within.statement,
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
    },
  };
}

/**
 * A statement is planned once a connection, and every row is found by its index however small or large a table is at
 * that moment: planning anew for each set of values costs more than the statement.
 */
export const plannedOnce = [
  "plan_cache_mode=force_generic_plan",
  "enable_seqscan=off",
  "enable_hashjoin=off",
  "enable_mergejoin=off",
]
  .map((setting) => `-c ${setting}`)
  .join(" ");

/** At most `connections` connections with these options, made when needed and again after the server was away. */
export function openPool(url: string, connections: number, options = ""): pg.Pool {
  return toleratingLoss(new pg.Pool({ ...clientConfig(url), options, max: connections, idleTimeoutMillis: 0 }));
}

/** As `openPool`; with a server that follows another no connection is made, for what it says may be over. */
export function openPrimaryPool(url: string, connections: number, options = ""): pg.Pool {
  const settings = { ...clientConfig(url), options, max: connections, idleTimeoutMillis: 0 };
  const verify = (client: pg.PoolClient, done: (error?: Error) => void) => void refuseStandby(client).then(done, done);
  return toleratingLoss(new pg.Pool({ ...settings, verify }));
}

async function refuseStandby(client: pg.PoolClient): Promise<undefined> {
  const { rows } = await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
  if (rows[0]?.standby !== false) throw new Error("this server is a standby");
}

function toleratingLoss(pool: pg.Pool): pg.Pool {
  // A connection that ends is no event: who uses it hears so by the next statement, and the pool makes another.
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", () => undefined);
  return pool;
}

/** One connection, made at once, whose statements may take the time they need. */
export async function openClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ ...clientConfig(url), query_timeout: 0, statement_timeout: 0 });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
