import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { ListPartition } from "@mitome/ca";
import { verifySignature } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "./journal-lines.ts";
import { type ListChanges, ListFixture, type ListInLedger } from "./lists.fixture.ts";
import { type FoundedAuthority, foundAuthority } from "./signer.fixture.ts";

let authority: FoundedAuthority;
let lists: ListFixture;

beforeAll(async () => {
  authority = await foundAuthority();
  lists = new ListFixture(authority);
});

afterAll(async () => {
  await lists?.close();
  await authority?.stop();
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const hour = 3_600_000;

/** A list of a municipality that had two revocations. */
async function recorded(changes: ListChanges = {}): Promise<ListInLedger> {
  const partition = await lists.fresh();
  for (let count = 0; count < 2; count += 1) await lists.revoke(partition);
  return lists.record(partition, changes);
}

const sign = (list: Pick<ListInLedger, "id">, fence = 1n) => authority.client.signList(list.id, fence);

async function signed(list: ListInLedger): Promise<Uint8Array> {
  const answer = await sign(list);
  if (answer.kind !== "signed") throw new Error(JSON.stringify(answer));
  await lists.end(list);
  return answer.signature;
}

async function isByTheAuthority(tbs: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const key = await authority.client.publicKey(`ca:${authority.definition.id}:1`);
  if (key.kind !== "publicKey") throw new Error(key.kind);
  return verifySignature(key.spki, "sha256WithRSAEncryption", tbs, signature);
}

describe("a recorded list", () => {
  it("is signed with the authority's key and journalled before and after", async () => {
    const list = await recorded();
    const signature = await signed(list);
    expect(await isByTheAuthority(list.tbs, signature)).toBe(true);
    const tbs = sha256(list.tbs);
    const entries = (await readJournal(authority.journal)).map(({ entry }) => entry);
    expect(entries.filter((entry) => "tbs" in entry && entry.tbs === tbs)).toEqual([
      {
        ...{ kind: "attempt", intent: null, request: null, ticket: null, key: "ca:chiba-practice:1", tbs, attempt: 1 },
        list: { partition: `1:${list.partition.partition}`, number: 1, through: 2 },
      },
      { kind: "outcome", tbs, attempt: 1, outcome: "signed", signature: sha256(signature) },
    ]);
  });

  it("gets the same RSA signature when it is signed again after a lost answer", async () => {
    const list = await recorded();
    const first = await sign(list);
    expect(first.kind).toBe("signed");
    expect(await sign(list)).toEqual(first);
  });

  it("is signed as the revocations say, whatever was kept of its octets", async () => {
    const list = await recorded();
    await authority.owner`update ca.crl_part set octets = ${randomBytes(64)} where list = ${list.id}`;
    expect(await isByTheAuthority(list.tbs, await signed(list))).toBe(true);
  });

  it("is followed by one of the next number that has its revocations and more", async () => {
    const list = await recorded();
    await signed(list);
    await lists.revoke(list.partition);
    const next = await lists.record(list.partition);
    expect(next.plan).toMatchObject({ number: 2, through: 3 });
    expect(await isByTheAuthority(next.tbs, await signed(next))).toBe(true);
  });
});

describe("a list of stretches that are kept", () => {
  /** A municipality with two full stretches and a rest. */
  async function partitionOf2100(): Promise<ListPartition> {
    const partition = await lists.fresh();
    await lists.revokeMany(partition, 2_100);
    return partition;
  }
  const refusedFor = (detail: string) => ({ kind: "refused", reason: "inspectionFailed", detail });

  /** Alters a revocation as nobody but the owner of the database can. */
  async function alterRevocation({ partition }: ListPartition, sequence: number): Promise<void> {
    const { owner } = authority;
    await owner`alter table ca.certificate disable trigger revocation_numbered`;
    await owner`update ca.certificate set revocation_reason = 'keyCompromise'
      where partition = ${partition} and revocation_sequence = ${sequence}`;
    await owner`alter table ca.certificate enable trigger revocation_numbered`;
  }

  it("is signed once they are what their revocations make, and the next one by the same octets", async () => {
    const partition = await partitionOf2100();
    const first = await lists.record(partition);
    expect(await isByTheAuthority(first.tbs, await signed(first))).toBe(true);
    await lists.revoke(partition);
    const next = await lists.record(partition);
    expect(next.plan).toMatchObject({ number: 2, through: 2_101 });
    expect(await isByTheAuthority(next.tbs, await signed(next))).toBe(true);
  });

  it("is signed without those of which every certificate has ended", async () => {
    const partition = await lists.fresh();
    await lists.revokeMany(partition, 1_500, -2);
    await lists.revokeMany(partition, 1_500);
    const list = await lists.record(partition, { plan: { keptFrom: new Date(Date.now() - 24 * hour) } });
    expect(list.tbs.length).toBeLessThan(1_500 * 60);
    expect(await isByTheAuthority(list.tbs, await signed(list))).toBe(true);
  });

  it("is signed the same when its revocations were read before, and none of it is believed the more", async () => {
    const partition = await partitionOf2100();
    const expected = { generation: 1, partition: partition.partition, through: 2_100 };
    expect(await authority.client.expectList(expected)).toEqual({ kind: "read" });
    const first = await lists.record(partition);
    expect(await isByTheAuthority(first.tbs, await signed(first))).toBe(true);
    await authority.owner`update ca.crl_stretch set entries = set_byte(entries, 7, get_byte(entries, 7) # 1)
      where partition = ${partition.partition} and number = 2`;
    await lists.revoke(partition);
    const next = await lists.record(partition);
    expect(await sign(next)).toEqual(refusedFor("stretchAltered"));
    await lists.end(next);
  });

  it("is not read for a partition that there is not, nor beyond what was revoked, and read again when it is there", async () => {
    const partition = await lists.fresh();
    await lists.revokeMany(partition, 900);
    const expected = { generation: 1, partition: partition.partition, through: 1_000 };
    expect(await authority.client.expectList({ ...expected, partition: "999999" })).toEqual(refusedFor("partition"));
    expect(await authority.client.expectList(expected)).toEqual(refusedFor("revocationMissing"));
    await lists.revokeMany(partition, 200);
    expect(await authority.client.expectList(expected)).toEqual({ kind: "read" });
    const list = await lists.record(partition);
    expect(await isByTheAuthority(list.tbs, await signed(list))).toBe(true);
  });

  it("is refused when one is not what its revocations make", async () => {
    const partition = await partitionOf2100();
    await lists.end(await lists.record(partition));
    await authority.owner`update ca.crl_stretch set entries = set_byte(entries, 7, get_byte(entries, 7) # 1)
      where partition = ${partition.partition} and number = 2`;
    expect(await sign(await lists.record(partition))).toEqual(refusedFor("stretchAltered"));
  });

  it("is refused when one was altered since it was signed, though the revocations were altered alike", async () => {
    const partition = await partitionOf2100();
    await signed(await lists.record(partition));
    await alterRevocation(partition, 1_234);
    await authority.owner`delete from ca.crl_stretch where partition = ${partition.partition}`;
    expect(await sign(await lists.record(partition))).toEqual(refusedFor("stretchAltered"));
  });

  it("is what was revoked when a revocation alone was altered since it was signed", async () => {
    const partition = await partitionOf2100();
    const first = await lists.record(partition);
    await signed(first);
    await alterRevocation(partition, 1_234);
    const next = await lists.record(partition);
    expect(await isByTheAuthority(next.tbs, await signed(next))).toBe(true);
    expect(next.tbs.length).toBe(first.tbs.length);
  });

  it("is refused when one is left out as ended that has not", async () => {
    const partition = await partitionOf2100();
    await lists.end(await lists.record(partition));
    await authority.owner`update ca.crl_stretch set last_end = now() - interval '1 year'
      where partition = ${partition.partition} and number = 1`;
    const plan = { keptFrom: new Date(Date.now() - hour) };
    expect(await sign(await lists.record(partition, { plan }))).toEqual(refusedFor("stretchAltered"));
  });

  it("is refused when a revocation of one is missing in the ledger", async () => {
    const partition = await partitionOf2100();
    const list = await lists.record(partition);
    await authority.owner`delete from ca.certificate where partition = ${partition.partition}
      and revocation_sequence = 500`;
    expect(await sign(list)).toEqual(refusedFor("revocationMissing"));
  });
});

describe("security.md §1, §3: lists that the signer refuses", () => {
  it("one that is not in the ledger", async () => {
    expect(await sign({ id: randomUUID() })).toMatchObject({ kind: "refused", reason: "intentUnknown" });
  });

  it.each(["drafted", "discarded"] as const)("one that is %s", async (state) => {
    const answer = await sign(await recorded({ state }));
    expect(answer).toEqual({ kind: "refused", reason: "intentNotOpen", detail: state });
  });

  it("one under another fence", async () => {
    expect(await sign(await recorded(), 2n)).toMatchObject({ kind: "refused", reason: "fenceWrong" });
  });

  it("another authority's", async () => {
    const { owner, definition } = authority;
    await owner`insert into ca.authority (id, definition) values ('chiba', ${JSON.stringify(definition)})`;
    await owner`insert into ca.activation (authority, generation, epoch, starts_at, ends_at)
      values ('chiba', 1, 1, now() - interval '1 minute', now() + interval '1 day')`;
    const partition = await lists.enter({ authority: "chiba", generation: 1, partition: "authority" });
    const answer = await sign(await lists.record(partition));
    expect(answer).toEqual({ kind: "refused", reason: "inspectionFailed", detail: "authority" });
  });

  it("one of a municipality elsewhere", async () => {
    const list = await recorded();
    const tokyo = await lists.enter({ ...list.partition, partition: "131016" });
    await authority.owner`update ca.crl set partition = ${tokyo.partition} where id = ${list.id}`;
    expect(await sign(list)).toEqual({ kind: "refused", reason: "inspectionFailed", detail: "partition" });
  });

  it("one of a key that the token does not have", async () => {
    const list = await lists.record(await lists.fresh());
    await lists.enter({ ...list.partition, generation: 2 });
    await authority.owner`insert into ca.activation (authority, generation, epoch, starts_at, ends_at)
      values (${list.partition.authority}, 2, 1, now() - interval '1 minute', now() + interval '1 day')`;
    await authority.owner`update ca.crl set generation = 2 where id = ${list.id}`;
    const answer = await sign(list);
    await authority.owner`delete from ca.activation where generation = 2`;
    expect(answer).toMatchObject({ kind: "refused", reason: "keyUnknown" });
  });

  it("one whose number other octets had before, also after a restart: the journal remembers", async () => {
    const list = await recorded();
    await signed(list);
    const replay = async () => {
      await authority.owner`delete from ca.crl where partition = ${list.partition.partition}`;
      const changes = { plan: { number: 1, thisUpdate: new Date(list.plan.thisUpdate.getTime() + 1000) } };
      return sign(await lists.record(list.partition, withPeriod(changes)));
    };
    expect(await replay()).toEqual({ kind: "refused", reason: "listNotNext" });
    await authority.process().stop();
    await authority.restart();
    expect(await replay()).toEqual({ kind: "refused", reason: "listNotNext" });
  });

  it("one with fewer revocations than the one before", async () => {
    const list = await recorded();
    await signed(list);
    const answer = await sign(await lists.record(list.partition, { plan: { through: 1 } }));
    expect(answer).toEqual({ kind: "refused", reason: "listNotNext" });
  });

  it("one for which a revocation is missing in the ledger", async () => {
    const list = await recorded();
    await authority.owner`delete from ca.certificate where revocation_sequence = 1
      and partition = ${list.partition.partition}`;
    const answer = await sign(list);
    expect(answer).toEqual({ kind: "refused", reason: "inspectionFailed", detail: "revocationMissing" });
  });

  it("one that leaves out what was accepted long before it: its snapshot is older than it says", async () => {
    const partition = await lists.fresh();
    await lists.revoke(partition);
    await lists.revoke(partition, new Date(Date.now() - 600_000));
    const answer = await sign(await lists.record(partition, { plan: { through: 1 } }));
    expect(answer).toEqual({ kind: "refused", reason: "inspectionFailed", detail: "revocationMissing" });
  });

  it("one that announces revocations that never were", async () => {
    const answer = await sign(await recorded({ plan: { through: 3 } }));
    expect(answer).toMatchObject({ reason: "inspectionFailed", detail: "revocationMissing" });
  });

  it("one recorded for other octets than the revocations make", async () => {
    const list = await recorded();
    await authority.owner`update ca.crl set tbs_hash = ${randomBytes(32)} where id = ${list.id}`;
    expect(await sign(list)).toMatchObject({ reason: "inspectionFailed", detail: "differsFromRevocations" });
  });

  it("one of which a revocation was altered since", async () => {
    const list = await recorded();
    const { owner } = authority;
    await owner`alter table ca.certificate disable trigger revocation_numbered`;
    await owner`update ca.certificate set revocation_reason = 'superseded' where revocation_sequence = 1
      and partition = ${list.partition.partition}`;
    await owner`alter table ca.certificate enable trigger revocation_numbered`;
    expect(await sign(list)).toMatchObject({ reason: "inspectionFailed", detail: "differsFromRevocations" });
  });

  it.each([
    ["that would be valid for 73 hours", { nextUpdate: 73 }, "period"],
    ["that announces the next one for later", { nextPublish: 25 }, "period"],
    ["that leaves out what has not ended yet", { keptFrom: 1 }, "period"],
    ["that begins in the future", { thisUpdate: 0.1, nextUpdate: 72.1, nextPublish: 24.1 }, "clock"],
    ["that is of yesterday", { thisUpdate: -2, nextUpdate: 70, nextPublish: 22 }, "tooOld"],
  ])("one %s", async (_what, hours, detail) => {
    const now = Math.floor(Date.now() / 1000) * 1000;
    const plan = Object.fromEntries(Object.entries(hours).map(([name, count]) => [name, new Date(now + count * hour)]));
    const answer = await sign(await recorded({ plan: { thisUpdate: new Date(now), ...plan } }));
    expect(answer).toEqual({ kind: "refused", reason: "inspectionFailed", detail });
  });

  it("one of two that are asked for under the same number at the same time", async () => {
    const { owner } = authority;
    await owner`alter table ca.crl drop constraint crl_partition_generation_number_authority_key`;
    await owner`drop index ca.one_unfinished_list`;
    const list = await recorded();
    const later = { thisUpdate: new Date(list.plan.thisUpdate.getTime() + 1000), number: 1 };
    const twin = await lists.record(list.partition, withPeriod({ plan: later }));
    const answers = await Promise.all([sign(list), sign(twin)]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(["refused", "signed"]);
  });

  it("any, while its key is not activated", async () => {
    const list = await recorded();
    await authority.owner`update ca.activation set ended_at = now() where authority = ${authority.definition.id}`;
    expect(await sign(list)).toEqual({ kind: "notActivated" });
  });
});

/** The changes with the period that belongs to their beginning. */
function withPeriod({ plan: { thisUpdate, ...plan } }: { plan: { thisUpdate: Date; number: number } }): ListChanges {
  const after = (hours: number) => new Date(thisUpdate.getTime() + hours * hour);
  return { plan: { ...plan, thisUpdate, nextUpdate: after(72), nextPublish: after(24) } };
}
