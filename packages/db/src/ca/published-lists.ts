/** Signed lists as they are published, now and as of any past time (失効情報ファイル, 千葉県運用規程 1-1). */
import { frameCertificateList, type SignatureAlgorithm } from "@mitome/x509";
import type pg from "pg";
import { readRows } from "./ledger-connection.ts";

/** A signed list's own facts. */
export interface PublishedList {
  readonly id: string;
  readonly generation: number;
  readonly partition: string;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly nextPublish: Date;
  readonly entries: number;
  readonly signature: Uint8Array;
}

interface ListRow {
  readonly id: string;
  readonly generation: number;
  readonly partition: string;
  readonly number: number;
  readonly this_update: Date;
  readonly next_update: Date;
  readonly next_publish: Date;
  readonly entries: number;
  readonly signature: Uint8Array;
}

const columns = "id, generation, partition, number, this_update, next_update, next_publish, entries, signature";
const newestLists = `
  select distinct on (generation, partition) ${columns} from ca.published_list
  where authority = $1::text order by generation, partition, number desc`;
const newestList = `
  select ${columns} from ca.published_list
  where partition = $3::text and generation = $2::integer and authority = $1::text and this_update <= $4::timestamptz
  order by number desc limit 1`;
const nextList = `
  select ${columns} from ca.published_list
  where partition = $3::text and generation = $2::integer and authority = $1::text and number > $4::bigint
  order by number limit 1`;
const partLengths = "select octet_length(octets) as length from ca.crl_part where list = $1::uuid order by part";
const onePart = "select octets from ca.crl_part where list = $1::uuid and part = $2::integer";
const partsOf = "select octets from ca.crl_part where list = $1::uuid order by part";

/** Reads an authority's signed lists through a pool, as any role that may see them. */
export class PostgresPublishedLists {
  readonly #pool: pg.Pool;
  readonly #authority: string;
  readonly #algorithm: SignatureAlgorithm;

  constructor(pool: pg.Pool, authority: string, algorithm: SignatureAlgorithm) {
    this.#pool = pool;
    this.#authority = authority;
    this.#algorithm = algorithm;
  }

  /** The newest list of every partition that has one. */
  async newest(): Promise<readonly PublishedList[]> {
    return (await readRows<ListRow>(this.#pool, newestLists, [this.#authority])).map(listOf);
  }

  /** The list of a partition that was the newest at this time. */
  async asOf(generation: number, partition: string, time: Date): Promise<PublishedList | undefined> {
    const values = [this.#authority, generation, partition, time];
    const [row] = await readRows<ListRow>(this.#pool, newestList, values);
    return row && listOf(row);
  }

  /** The first list of a partition after the one of this number. */
  async after(generation: number, partition: string, number: number): Promise<PublishedList | undefined> {
    const values = [this.#authority, generation, partition, number];
    const [row] = await readRows<ListRow>(this.#pool, nextList, values);
    return row && listOf(row);
  }

  /** A list's DER. */
  async octets({ id, signature }: PublishedList): Promise<Uint8Array> {
    const parts = await readRows<{ octets: Uint8Array }>(this.#pool, partsOf, [id]);
    const length = parts.reduce((sum, { octets }) => sum + octets.length, 0);
    const { before, after } = frameCertificateList(length, this.#algorithm, signature);
    return Buffer.concat([before, ...parts.map(({ octets }) => octets), after]);
  }

  /** A list's DER part by part, of which one is in memory at a time, and how many octets all are. */
  async inParts({
    id,
    signature,
  }: PublishedList): Promise<{ readonly length: number; readonly parts: AsyncIterable<Uint8Array> }> {
    const lengths = await readRows<{ length: number }>(this.#pool, partLengths, [id]);
    const content = lengths.reduce((sum, { length }) => sum + length, 0);
    const { before, after } = frameCertificateList(content, this.#algorithm, signature);
    const pool = this.#pool;
    async function* parts() {
      yield before;
      for (const number of lengths.keys()) {
        const [part] = await readRows<{ octets: Uint8Array }>(pool, onePart, [id, number]);
        if (part === undefined) throw new Error("a signed list has lost a part");
        yield part.octets;
      }
      yield after;
    }
    return { length: before.length + content + after.length, parts: parts() };
  }
}

function listOf(row: ListRow): PublishedList {
  return {
    ...{ id: row.id, generation: row.generation, partition: row.partition, number: row.number },
    ...{ thisUpdate: row.this_update, nextUpdate: row.next_update, nextPublish: row.next_publish },
    ...{ entries: row.entries, signature: row.signature },
  };
}
