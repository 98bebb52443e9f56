import type { Cluster } from "@mitome/db/cluster";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { type Canary, findIn, spell } from "./canaries.fixture.ts";

async function inDatabase<Answer>(
  cluster: Cluster,
  database: string,
  read: (sql: RoleSql) => Promise<Answer>,
): Promise<Answer> {
  const sql = sqlAs(cluster.url("postgres", database));
  try {
    return await read(sql);
  } finally {
    await sql.end();
  }
}

/** The columns of a database, `schema.table.column`, in which the words stand, whatever way PostgreSQL stores them. */
export function columnsHolding(
  cluster: Cluster,
  database: string,
  canaries: readonly Canary[],
): Promise<readonly string[]> {
  const spellings = spell(canaries);
  return inDatabase(cluster, database, async (sql) => {
    const columns = await sql<{ schema: string; table: string; column: string; type: string }>`
      select table_schema as schema, table_name as table, column_name as column, data_type as type
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
    const holding: string[] = [];
    for (const { schema, table, column, type } of columns) {
      const value = type === "bytea" ? `"${column}"` : `convert_to("${column}"::text, 'UTF8')`;
      const rows = await sql.run<{ value: Uint8Array | null }>(`select ${value} as value from "${schema}"."${table}"`);
      const found = rows.some((row) => row.value !== null && findIn(column, row.value, spellings).length > 0);
      if (found) holding.push(`${schema}.${table}.${column}`);
    }
    return holding.sort();
  });
}

/** Which table each file of a database belongs to (its indexes and out-of-line storage too), by path below the data directory. */
export function filesOfTables(cluster: Cluster, database: string): Promise<ReadonlyMap<string, string>> {
  return inDatabase(cluster, database, async (sql) => {
    const rows = await sql<{ path: string; table: string }>`
      select pg_relation_filepath(file.oid) as path, owner.oid::regclass::text as table
      from pg_class file
      left join pg_index on pg_index.indexrelid = file.oid
      join pg_class stored on stored.oid = coalesce(pg_index.indrelid, file.oid)
      join pg_class owner on owner.oid = stored.oid or owner.reltoastrelid = stored.oid
      where pg_relation_filepath(file.oid) is not null and owner.relkind = 'r'`;
    return new Map(rows.map(({ path, table }) => [path, table]));
  });
}
