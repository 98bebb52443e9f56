/** Revocations, and lists of them as `apps/ca` records them. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import {
  decideList,
  encodeStretches,
  fullStretches,
  type ListPartition,
  type ListPlan,
  lastEndOf,
  listContent,
  stretchLength,
} from "@mitome/ca";
import { PostgresListSource } from "@mitome/db/ca";
import { openPool } from "@mitome/db/connection";
import { enterCertificate, enterRevocations } from "@mitome/testkit/entered-certificate";
import { brandDer, serialNumberFromRandom } from "@mitome/x509";
import type { FoundedAuthority } from "./signer.fixture.ts";

/** A row of ca.crl that differs from the right one. */
export interface ListChanges {
  readonly plan?: Partial<ListPlan>;
  readonly state?: "drafted" | "recorded" | "discarded";
}

/** A list in the ledger, and the octets that are right for its plan. */
export interface ListInLedger {
  readonly id: string;
  readonly partition: ListPartition;
  readonly plan: ListPlan;
  readonly tbs: Uint8Array;
}

/** The partitions of a founded authority, one after another. */
export class ListFixture {
  readonly #authority: FoundedAuthority;
  readonly #pool;
  readonly #municipalities: string[];

  constructor(authority: FoundedAuthority) {
    this.#authority = authority;
    this.#pool = openPool(authority.postgres.url("ca_owner"), 1);
    this.#municipalities = authority.definition.municipalities.map(({ code }) => code);
  }

  /** A municipality's partition that nobody has used. */
  async fresh(): Promise<ListPartition> {
    const partition = this.#municipalities.shift();
    if (partition === undefined) throw new Error("no municipality is left");
    return this.enter({ authority: this.#authority.definition.id, generation: 1, partition });
  }

  async enter(key: ListPartition): Promise<ListPartition> {
    await this.#authority.owner`insert into ca.crl_partition (authority, generation, partition)
      values (${key.authority}, ${key.generation}, ${key.partition}) on conflict do nothing`;
    return key;
  }

  /** Issues a certificate of the partition and revokes it; its serial number. */
  async revoke({ authority, partition }: ListPartition, acceptedAt = new Date()): Promise<string> {
    const { owner } = this.#authority;
    const serial = serialNumberFromRandom(randomBytes(20));
    const notAfter = new Date(Date.now() + 86_400_000);
    await enterCertificate(owner, { authority, serial, partition, notAfter });
    await owner`update ca.certificate set state = 'revoked', ended_at = ${acceptedAt}, revocation_reason = 'keyCompromise',
      revocation_cause = 'keyCompromiseReported' where serial = ${serial}`;
    return serial;
  }

  /** Enters so many revocations after those that the partition has, of certificates that end so many days from now. */
  async revokeMany({ authority, partition }: ListPartition, count: number, endsAfterDays = 1): Promise<void> {
    const notAfter = new Date((Math.floor(Date.now() / 1000) + endsAfterDays * 86_400) * 1000);
    await enterRevocations(this.#authority.owner, { authority, partition, notAfter, count });
  }

  /** Plans the partition's next list now and records it, right but for these changes. */
  async record(partition: ListPartition, { plan: changes = {}, state = "recorded" }: ListChanges = {}) {
    const { owner, definition } = this.#authority;
    const [found] = await owner<{ revocations: number; last: number }>`select revocations,
      (select coalesce(max(number), 0) from ca.crl where partition = ${partition.partition}) as last
      from ca.crl_partition where partition = ${partition.partition} and authority = ${partition.authority}`;
    if (found === undefined) throw new Error("the partition was not entered");
    const known = { revocations: Number(found.revocations), lastNumber: Number(found.last), newest: undefined };
    const plan = { ...decideList(definition, known, new Date()), ...changes };
    return this.#write(partition, plan, state);
  }

  /** Nobody has the list in hand any more: the next one may be recorded. */
  async end({ id }: ListInLedger): Promise<void> {
    await this.#authority.owner`update ca.crl set state = 'discarded', lease_until = null where id = ${id}`;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #write(partition: ListPartition, plan: ListPlan, state: string): Promise<ListInLedger> {
    const { owner } = this.#authority;
    const tbs = await this.#content(partition, plan);
    const id = randomUUID();
    const hash = createHash("sha256").update(tbs).digest();
    await owner`insert into ca.crl (id, authority, generation, partition, number, this_update, next_update, next_publish,
      through, kept_from, entries, tbs_hash, state, owner, lease_until) values (${id}, ${partition.authority},
      ${partition.generation}, ${partition.partition}, ${plan.number}, ${plan.thisUpdate}, ${plan.nextUpdate},
      ${plan.nextPublish}, ${plan.through}, ${plan.keptFrom}, 0, ${hash}, ${state}, ${randomUUID()},
      ${state === "discarded" ? null : new Date(Date.now() + 3_600_000)})`;
    await owner`insert into ca.crl_part (list, part, octets) values (${id}, 0, ${tbs})`;
    return { id, partition, plan, tbs };
  }

  /** The octets that this plan and the ledger's revocations make; stretches are kept as the authority does. */
  async #content(partition: ListPartition, plan: ListPlan): Promise<Uint8Array> {
    const { definition, client, owner } = this.#authority;
    const answer = await client.publicKey(`ca:${definition.id}:1`);
    if (answer.kind !== "publicKey") throw new Error(answer.kind);
    const generation = { number: 1, subjectPublicKeyInfo: brandDer<"SubjectPublicKeyInfo">(answer.spki) };
    const source = new PostgresListSource(this.#pool);
    for (let number = 1; number <= fullStretches(plan.through); number += 1) {
      const through = number * stretchLength;
      const revocations = [...(await source.readRevocations(partition, through - stretchLength, through))];
      if (revocations.length < stretchLength) continue;
      const [stretch] = encodeStretches(revocations, 1);
      if (stretch === undefined) continue;
      const { ends, entries } = stretch;
      await owner`insert into ca.crl_stretch (authority, generation, partition, number, last_end, ends, entries)
        values (${partition.authority}, 1, ${partition.partition}, ${number}, ${lastEndOf(ends)}, ${ends}, ${entries})
        on conflict do nothing`;
    }
    const pieces: Uint8Array[] = [];
    const list = await listContent({ definition, generation, partition, plan }, source);
    for await (const piece of list.pieces()) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}
