/** Forward-only migrations: numbered SQL files, each applied once, in order, in one transaction with its record. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { openClient } from "./connection.ts";

/** A schema of the database, each with its own owner and roles; they are never joined. */
export type SchemaName = "ca" | "access" | "ra" | "register";

/** Raised when a migration that was applied has been changed since, or one is missing. */
export class MigrationChanged extends Error {
  override readonly name = "MigrationChanged";
}

/**
 * Brings a schema up to the newest migration.
 * @param url of the schema's owner, which may create it
 */
export async function migrate(url: string, schema: SchemaName): Promise<void> {
  const client = await openClient(url);
  try {
    // All or nothing: the connection's end undoes what was not committed.
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(hashtext($1))", [`migrate:${schema}`]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(`set local search_path = ${schema}`);
    await client.query(
      "create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())",
    );
    const applied = await client.query<{ name: string; sha256: string }>("select name, sha256 from migration");
    const known = new Map(applied.rows.map((row) => [row.name, row.sha256]));
    for (const { name, text, sha256 } of migrationsOf(schema)) {
      const before = known.get(name);
      if (before === sha256) continue;
      if (before !== undefined) throw new MigrationChanged(`${schema}/${name} was changed after it was applied`);
      await client.query(text);
      await client.query("insert into migration (name, sha256) values ($1, $2)", [name, sha256]);
    }
    await client.query("commit");
  } finally {
    await client.end();
  }
}

function migrationsOf(schema: SchemaName) {
  const folder = new URL(`../migrations/${schema}/`, import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  return names.sort().map((name) => {
    const text = readFileSync(new URL(name, folder), "utf8");
    return { name, text, sha256: createHash("sha256").update(text).digest("hex") };
  });
}
