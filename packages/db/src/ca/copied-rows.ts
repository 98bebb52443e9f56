/**
 * Rows of octets by PostgreSQL's binary COPY. The driver has every value in hexadecimal, which takes both sides several
 * times as long, and four times the memory.
 */
import pg from "pg";
import { CopyStatement } from "../copy-statement.ts";
import { translate } from "./ledger-conflict.ts";

/** One column of a row as PostgreSQL sends it: `bytea` as it is, an `integer` in four octets, big-endian. */
export type Octets = Buffer;

/** `PGCOPY…`, flags and the length of an extension that there is none of. */
const headerOctets = 19;

/** Rows of a query with these values, which are written into its text: COPY takes no parameters. None may be null. */
export async function copyRows(
  pool: pg.Pool,
  query: string,
  values: readonly (string | number | Date)[],
): Promise<readonly (readonly Octets[])[]> {
  const text = query.replace(/\$(\d+)/g, (_, place) => literal(values[Number(place) - 1]));
  try {
    const client = await pool.connect();
    const copy = new BinaryCopy(`copy (${text}) to stdout (format binary)`);
    let lost = true;
    try {
      client.query(copy);
      const rows = await copy.done;
      lost = false;
      return rows;
    } finally {
      // One whose answer did not come whole is not used again.
      client.release(lost);
    }
  } catch (cause) {
    throw translate(cause).error;
  }
}

function literal(value: string | number | Date | undefined): string {
  if (value === undefined) throw new RangeError("a query with fewer values than it names");
  return pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value));
}

/** Its rows as they come. */
class BinaryCopy extends CopyStatement<readonly (readonly Octets[])[]> {
  readonly #rows: Octets[][] = [];
  #begun = false;

  protected override get result(): readonly (readonly Octets[])[] {
    return this.#rows;
  }

  /** One row a message; the first has the header before it, the last says that there are no more. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // The driver uses the memory again.
    const message = Buffer.from(this.#begun ? chunk : chunk.subarray(headerOctets));
    this.#begun = true;
    const columns = message.length === 0 ? -1 : message.readInt16BE(0);
    if (columns < 0) return;
    const row: Octets[] = [];
    for (let [column, at] = [0, 2]; column < columns; column += 1) {
      const end = at + 4 + message.readInt32BE(at);
      row.push(message.subarray(at + 4, end));
      at = end;
    }
    this.#rows.push(row);
  }
}
