import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { provision } from "./cluster.ts";
import { migrate } from "./migrate.ts";
import * as ra from "./ra/tables.ts";
import * as register from "./register/tables.ts";

let database: TestPostgres;
let admin: RoleSql;

beforeAll(async () => {
  database = await startTestPostgres();
  const owners = ["ra_owner", "register_owner"];
  await provision(database.cluster, "mitome_ra", { owners, users: ["ra_app", "register_reader"] });
  await migrate(database.cluster.url("ra_owner", "mitome_ra"), "ra");
  await migrate(database.cluster.url("register_owner", "mitome_ra"), "register");
  admin = sqlAs(database.cluster.url("postgres", "mitome_ra"));
});

afterAll(async () => {
  await admin?.end();
  await database?.stop();
});

const told = (column: string, type: string, nullable: boolean, filled: boolean) =>
  `${column} ${type}${nullable ? "" : " not null"}${filled ? " filled by default" : ""}`;

it.each([
  ["ra", ra],
  ["register", register],
])(
  "the tables of %s have in PostgreSQL the columns, types and nullability that the program knows",
  async (schema, known) => {
    const tables: unknown[] = Object.values(known);
    const columns = tables.flatMap((table) => {
      if (!(table instanceof PgTable)) return [];
      const { name, columns } = getTableConfig(table);
      return columns.map((column) => {
        const filled = column.hasDefault || column.generated !== undefined || column.generatedIdentity !== undefined;
        return told(`${name}.${column.name}`, column.getSQLType(), !column.notNull, filled);
      });
    });
    const rows = await admin<{ name: string; type: string; nullable: boolean; filled: boolean }>`
    select table_name || '.' || column_name as name, data_type as type, is_nullable = 'YES' as nullable,
      column_default is not null or is_identity = 'YES' or is_generated = 'ALWAYS' as filled
    from information_schema.columns where table_schema = ${schema} and table_name <> 'migration'`;
    const stored = rows.map(({ name, type, nullable, filled }) => told(name, type, nullable, filled));
    expect(columns.sort()).toEqual(stored.sort());
    expect(columns.length).toBeGreaterThan(10);
  },
);
