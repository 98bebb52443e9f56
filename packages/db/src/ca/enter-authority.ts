/** Entering an authority into a new ledger, and reading it back at start. */
import type { AuthorityDefinition } from "@mitome/ca";
import { brandDer, type Der } from "@mitome/x509";
import type pg from "pg";
import { translate } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";

/** What a key of an authority is for: certificates of residents (and its own), or of machines. */
export type KeyPurpose = "residents" | "equipment";

/** A key of an authority as the ledger knows it. */
export interface EnteredKey {
  readonly purpose: KeyPurpose;
  readonly number: number;
  /** Its label in the token. */
  readonly label: string;
  readonly publicKey: Der<"SubjectPublicKeyInfo">;
  readonly certificate: Der<"Certificate"> | undefined;
}

/** Enters a definition, its municipalities and keys. What is there already stays as it is. By ca_owner. */
export async function enterAuthority(
  owner: pg.Pool,
  definition: AuthorityDefinition,
  keys: readonly EnteredKey[],
): Promise<void> {
  const { id } = definition;
  const client = await owner.connect();
  try {
    await client.query("begin");
    await client.query(enterDefinition, [id, JSON.stringify(definition)]);
    for (const { code, name, romaji } of definition.municipalities)
      await client.query(enterMunicipality, [id, code, name, romaji]);
    for (const { purpose, number, label, publicKey, certificate } of keys)
      await client.query(enterKey, [id, number, purpose, label, publicKey, certificate ?? null]);
    await client.query("commit");
    client.release();
  } catch (cause) {
    client.release(true);
    throw translate(cause).error;
  }
}

const enterDefinition = `
  insert into ca.authority (id, definition) values ($1::text, $2::text::json) on conflict do nothing`;
const enterMunicipality = `
  insert into ca.municipality (authority, code, name, romaji) values ($1::text, $2::text, $3::text, $4::text)
  on conflict do nothing`;
const enterKey = `
  insert into ca.generation (authority, number, purpose, key_label, public_key, certificate)
  values ($1::text, $2::integer, $3::text, $4::text, $5::bytea, $6::bytea) on conflict do nothing`;

interface GenerationRow {
  readonly purpose: KeyPurpose;
  readonly number: number;
  readonly key_label: string;
  readonly public_key: Uint8Array;
  readonly certificate: Uint8Array | null;
}

/** The keys of an authority, oldest first. */
export async function readKeys(pool: pg.Pool, authority: string): Promise<readonly EnteredKey[]> {
  const query = `select purpose, number, key_label, public_key, certificate from ca.generation
    where authority = $1::text order by number`;
  const found = await readRows<GenerationRow>(pool, query, [authority]);
  return found.map((row) => ({
    purpose: row.purpose,
    number: row.number,
    label: row.key_label,
    publicKey: brandDer<"SubjectPublicKeyInfo">(row.public_key),
    certificate: row.certificate === null ? undefined : brandDer<"Certificate">(row.certificate),
  }));
}

/** An authority's definition as it was entered, unparsed; `undefined` when there is none. */
export async function readDefinition(pool: pg.Pool, authority: string): Promise<unknown> {
  const query = "select definition from ca.authority where id = $1::text";
  const [row] = await readRows<{ definition: unknown }>(pool, query, [authority]);
  return row?.definition;
}
