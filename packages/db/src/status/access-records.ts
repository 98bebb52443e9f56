/** Access records in PostgreSQL, where they count. */
import { type AccessRecord, AccessRecordsRefused, usesIn } from "@mitome/ca";
import pg from "pg";
import { openPool } from "../connection.ts";
import { CopyStatement } from "../copy-statement.ts";

/** A record with the key whose certificates it is about. */
type StorableRecord = AccessRecord & { readonly authority: string; readonly generation: number };

const addLines = `copy access.access_record (id, authority, generation, verifier, confirmer, method, at, given, uses)
  from stdin`;
const newLines = {
  name: "new-access-records",
  text: `select distinct on (id) line
    from (select line, split_part(line, e'\\t', 1)::uuid as id from unnest($1::text[]) as lines (line)) named
    where not exists (select from access.access_record r where r.id = named.id)`,
};

/** SQLSTATE unique_violation: the only key is the record's id. */
const thereAlready = "23505";

/** Adds records as `ca_responder`, which can do nothing else with them. */
export class PostgresAccessRecords {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = openPool(url, 1);
  }

  /** A row of COPY's text format: what waits on disk goes into the database as it is, at half of the cost of an insert. */
  lineOf(id: string, record: StorableRecord): string {
    const { authority, generation, verifierId, confirmer, method, at, ...given } = record;
    const whose = `${id}\t${cell(authority)}\t${generation}\t${cell(verifierId)}\t${cell(confirmer)}`;
    return `${whose}\t${method}\t${at.toISOString()}\t${cell(JSON.stringify(given))}\t${usesIn(record)}\n`;
  }

  /**
   * Resolves once all are durable: lines of `lineOf` in UTF-8. One whose id is there already stays as it is. Throws
   * `AccessRecordsRefused` for records of which one will never be taken, and then none is; anything else may help to be
   * tried again.
   */
  async store(lines: Uint8Array): Promise<void> {
    try {
      await this.#addNew(lines);
    } catch (error) {
      throw isRefusal(error) ? new AccessRecordsRefused(error.code) : error;
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #addNew(lines: Uint8Array): Promise<void> {
    try {
      await this.#add(lines);
    } catch (error) {
      if (!isRefusal(error) || error.code !== thereAlready) throw error;
      const { rows } = await this.#pool.query<{ line: string }>(newLines, [linesIn(lines)]);
      if (rows.length > 0) await this.#addNew(Buffer.from(rows.map(({ line }) => line).join("")));
    }
  }

  async #add(lines: Uint8Array): Promise<void> {
    const client = await this.#pool.connect();
    const copy = new CopiedLines(addLines, lines);
    let lost = true;
    try {
      client.query(copy);
      await copy.done;
      lost = false;
    } catch (error) {
      lost = !(error instanceof pg.DatabaseError);
      throw error;
    } finally {
      // One whose answer did not come whole is not used again.
      client.release(lost);
    }
  }
}

/** Lines on their way in. */
class CopiedLines extends CopyStatement<undefined> {
  readonly #lines: Uint8Array;

  constructor(text: string, lines: Uint8Array) {
    super(text);
    this.#lines = lines;
  }

  protected override get result(): undefined {
    return undefined;
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#lines);
    connection.endCopyFrom();
  }
}

/** What the driver's connection can do besides what its types say. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
}

function linesIn(octets: Uint8Array): readonly string[] {
  return (
    Buffer.from(octets)
      .toString()
      .match(/[^\n]*\n/g) ?? []
  );
}

const anySpecial = /[\\\t\n\r]/;
const special = new RegExp(anySpecial, "g");
const escaped: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function cell(text: string | null): string {
  if (text === null) return "\\N";
  return anySpecial.test(text) ? text.replace(special, (character) => escaped[character] ?? "") : text;
}

/** PostgreSQL, appendix A: class 22 is what is no such value, class 23 what breaks a constraint. */
function isRefusal(error: unknown): error is pg.DatabaseError & { readonly code: string } {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? "");
}
