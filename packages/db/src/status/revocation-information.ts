/** 失効情報 and 失効情報ファイル (千葉県運用規程 1-1), as `ca_responder` reads them. */
import { type AuthorityDefinition, type RevocationReason, suiteOf } from "@mitome/ca";
import type pg from "pg";
import { readRows } from "../ca/ledger-connection.ts";
import { PostgresPublishedLists, type PublishedList } from "../ca/published-lists.ts";
import { openPrimaryPool } from "../connection.ts";

/** A certificate that is revoked and has not ended. */
interface RevokedCertificateOnRecord {
  readonly serial: string;
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
}

/**
 * What was revoked in a partition. A revocation stays for ever and keeps its number, so this is of one instant however
 * long it is read.
 */
export interface RevocationInformation {
  /** Number of the newest revocation in it. */
  readonly through: number;
  readonly certificates: number;
  /** In the order of revocation, some thousands at a time. */
  readonly entries: AsyncIterable<readonly RevokedCertificateOnRecord[]>;
}

/** A signed list of the archive, part by part. */
export interface RevocationInformationFile {
  readonly list: PublishedList;
  readonly length: number;
  readonly parts: AsyncIterable<Uint8Array>;
}

interface EntryRow {
  readonly sequence: number;
  readonly serial: string;
  readonly revoked_at: Date;
  readonly reason: RevocationReason;
}

/** $1 authority, $2 generation, $3 partition, $4 until when a certificate has ended. */
const extent = `
  with newest as (
    select coalesce(max(revocations), 0) as through from ca.crl_partition
    where partition = $3::text and generation = $2::integer and authority = $1::text
  )
  select through, (
    select count(*) from ca.revoked_certificate
    where partition = $3::text and generation = $2::integer and authority = $1::text and sequence <= through
      and not_after >= $4::timestamptz
  ) as certificates
  from newest`;

/** The same, $5 and $6 between which numbers. */
const stretch = `
  select sequence, serial, revoked_at, reason from ca.revoked_certificate
  where partition = $3::text and generation = $2::integer and authority = $1::text
    and sequence > $5::bigint and sequence <= $6::bigint and not_after >= $4::timestamptz
  order by sequence limit 4096`;

/** Reads what verifiers are given on request. */
export class PostgresRevocationInformation {
  readonly #pool: pg.Pool;
  readonly #authority: string;
  /** Every list that was signed. */
  readonly #lists: PostgresPublishedLists;

  constructor(url: string, definition: AuthorityDefinition) {
    this.#pool = openPrimaryPool(url, 2);
    this.#authority = definition.id;
    this.#lists = new PostgresPublishedLists(this.#pool, definition.id, suiteOf(definition).signatureAlgorithm);
  }

  /** 失効情報 of a partition now, of certificates that have not ended before `keptFrom`. Rejects while the ledger is away. */
  async now(generation: number, partition: string, keptFrom: Date): Promise<RevocationInformation> {
    const values = [this.#authority, generation, partition, keptFrom];
    const [found] = await readRows<{ through: number; certificates: number }>(this.#pool, extent, values);
    const { through = 0, certificates = 0 } = found ?? {};
    return { through, certificates, entries: entriesOf(this.#pool, values, through) };
  }

  /** 失効情報ファイル: the list of a partition that was the newest at a time, and its octets. */
  async fileAt(generation: number, partition: string, time: Date): Promise<RevocationInformationFile | undefined> {
    const list = await this.#lists.asOf(generation, partition, time);
    return list && { list, ...this.#lists.inParts(list) };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

async function* entriesOf(pool: pg.Pool, values: readonly unknown[], through: number) {
  for (let after = 0; ; ) {
    const rows = await readRows<EntryRow>(pool, stretch, [...values, after, through]);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ serial, revoked_at: revokedAt, reason }) => ({ serial, revokedAt, reason }));
    after = last.sequence;
  }
}
