/** What waits to be published, and what the ledger says should stand in repositories. */
import {
  type AuthorityDefinition,
  authorityPartition,
  listPointOf,
  type PublicationQueue,
  partitionsOf,
  type RepositoryObject,
  suiteOf,
  type WaitingPublication,
} from "@mitome/ca";
import { formatDn } from "@mitome/x509";
import type pg from "pg";
import { translate } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";
import { PostgresPublishedLists, type PublishedList } from "./published-lists.ts";

const waitingObjects = `
  select object, generation, partition, wanted from ca.publication
  where authority = $1::text and done < wanted order by wanted_since`;

const markDone = `
  update ca.publication set done = greatest(done, $5::bigint)
  where object = $2::text and generation = $3::integer and partition = $4::text and authority = $1::text`;

const certificates = `
  select certificate from ca.generation
  where authority = $1::text and purpose = 'residents' and certificate is not null order by number`;

/** The queue of one authority, over its ledger's connections; locks have connections of their own. */
export class PostgresPublicationQueue implements PublicationQueue {
  readonly #ledger: PostgresLedger;
  readonly #locks: pg.Pool;
  readonly #definition: AuthorityDefinition;
  readonly #lists: PostgresPublishedLists;

  constructor(ledger: PostgresLedger, locks: pg.Pool, definition: AuthorityDefinition) {
    this.#ledger = ledger;
    this.#locks = locks;
    this.#definition = definition;
    this.#lists = new PostgresPublishedLists(ledger.reader, definition.id, suiteOf(definition).signatureAlgorithm);
  }

  async waiting(authority: string): Promise<readonly WaitingPublication[]> {
    return await readRows<WaitingPublication>(this.#ledger.reader, waitingObjects, [authority]);
  }

  async done(authority: string, { object, generation, partition, wanted }: WaitingPublication): Promise<void> {
    await readRows(this.#ledger.reader, markDone, [authority, object, generation, partition, wanted]);
  }

  async newest(object: RepositoryObject): Promise<readonly Uint8Array[]> {
    switch (object.kind) {
      case "caCertificates": {
        const rows = await readRows<{ certificate: Uint8Array }>(this.#ledger.reader, certificates, [
          this.#definition.id,
        ]);
        return rows.map(({ certificate }) => certificate);
      }
      case "crossCertificatePairs":
        return [];
      case "authorityRevocationLists":
        return await this.#newestWhere(({ partition }) => partition === authorityPartition);
      case "certificateRevocationList": {
        const point = formatDn(object.point);
        return await this.#newestWhere((list) => this.#pointOf(list) === point);
      }
    }
  }

  /** One process at a time, whichever it is: a lock of the database that goes with its connection. */
  async hold<T>(target: string, act: () => Promise<T>): Promise<T> {
    const client = await this.#locks.connect().catch((cause: unknown) => {
      throw translate(cause).error;
    });
    try {
      await client.query("select pg_advisory_lock(hashtext($1::text))", [`publish:${target}`]);
      return await act();
    } finally {
      // With its connection the lock goes too, whatever became of it.
      client.release(true);
    }
  }

  async #newestWhere(wanted: (list: PublishedList) => boolean): Promise<readonly Uint8Array[]> {
    const lists = (await this.#lists.newest()).filter(wanted);
    return await Promise.all(lists.map((list) => this.#lists.octets(list)));
  }

  #pointOf({ generation, partition }: PublishedList): string | undefined {
    if (!partitionsOf(this.#definition).includes(partition)) return undefined;
    const point = listPointOf(this.#definition, { generation, partition });
    return point && formatDn(point);
  }
}
