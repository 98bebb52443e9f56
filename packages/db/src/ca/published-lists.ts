/** Signed lists as they are published, now and as of any past time (失効情報ファイル, 千葉県運用規程 1-1). */
import { createHash } from "node:crypto";
import type { ListExtent } from "@mitome/ca";
import { frameCertificateList, type SignatureAlgorithm } from "@mitome/x509";
import type pg from "pg";
import { readRows } from "./ledger-connection.ts";
import { listParts } from "./list-parts.ts";

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
  /** How its TBSCertList is kept, and what it is. */
  readonly kept: ListExtent & { readonly octets: number; readonly hash: Uint8Array };
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
  readonly stretches: number;
  readonly kept_from: Date;
  readonly tbs_hash: Uint8Array;
  readonly tbs_length: number;
}

const columns = `id, generation, partition, number, this_update, next_update, next_publish, entries, signature, stretches,
  kept_from, tbs_hash, tbs_length`;
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

  /** A list's DER. Rejects when the ledger's octets are not those that were signed. */
  async octets(list: PublishedList): Promise<Uint8Array> {
    const { parts } = this.inParts(list);
    const all: Uint8Array[] = [];
    for await (const part of parts) all.push(part);
    return Buffer.concat(all);
  }

  /**
   * A list's DER part by part, of which a few are in memory at a time, and how many octets all are. Rejects before the
   * last part when those before it are not what was signed.
   */
  inParts(list: PublishedList): { readonly length: number; readonly parts: AsyncIterable<Uint8Array> } {
    const { kept, signature } = list;
    const { before, after } = frameCertificateList(kept.octets, this.#algorithm, signature);
    const content = this.#contentOf(list);
    async function* parts() {
      yield before;
      yield* content;
      yield after;
    }
    return { length: before.length + kept.octets + after.length, parts: parts() };
  }

  async *#contentOf({ id, generation, partition, kept }: PublishedList): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    const list = { ...kept, id, partition: { authority: this.#authority, generation, partition } };
    for await (const part of listParts(this.#pool, list)) {
      hash.update(part);
      yield part;
    }
    if (!hash.digest().equals(kept.hash))
      throw new Error("the ledger's octets of a list are not those that were signed");
  }
}

function listOf(row: ListRow): PublishedList {
  return {
    ...{ id: row.id, generation: row.generation, partition: row.partition, number: row.number },
    ...{ thisUpdate: row.this_update, nextUpdate: row.next_update, nextPublish: row.next_publish },
    ...{ entries: row.entries, signature: row.signature },
    kept: { stretches: row.stretches, keptFrom: row.kept_from, octets: row.tbs_length, hash: row.tbs_hash },
  };
}
