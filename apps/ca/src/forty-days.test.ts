import { createHash, randomUUID, sign } from "node:crypto";
import {
  byItself,
  ClockGuard,
  issueDueLists,
  issueList,
  type ListingAuthority,
  type ListPartition,
  listContent,
  listFault,
  listPointOf,
  longestRecording,
  OneAtATime,
  partitionsOf,
  publishWaiting,
  type RecordedList,
  type RepositoryObject,
  type RepositoryTarget,
  type RevocationReason,
  type RevokingAuthority,
  reasonFor,
  recoverLists,
  revocationCauses,
  revokeByAuthority,
  SignerRefused,
  SigningUnavailable,
} from "@mitome/ca";
import {
  enterAuthority,
  PostgresLedger,
  PostgresListLedger,
  PostgresListSource,
  PostgresPublicationQueue,
  PostgresRevocationBrake,
  PostgresRevocationLedger,
} from "@mitome/db/ca";
import { openPool } from "@mitome/db/connection";
import { directoryTarget } from "@mitome/directory";
import { enterCertificate, enterRevocations } from "@mitome/testkit/entered-certificate";
import { FixedClock, SeededRandomness } from "@mitome/testkit/fixed-clock";
import { letRevocationsGo } from "@mitome/testkit/let-revocations-go";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { makeSoftAuthority, testSerial } from "@mitome/testkit/soft-authority";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import {
  type CertificateList,
  crlExtensionOids,
  parseCertificateList,
  parseCrlNumber,
  type SerialNumber,
  verificationKey,
  verifySignature,
} from "@mitome/x509";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";

const hour = 3_600_000;
const day = 24 * hour;
const step = hour / 2;
const start = new Date("2026-04-01T00:00:00.250Z");
const definition = { ...quickAuthority, municipalities: quickAuthority.municipalities.slice(0, 3) };
const partitions = partitionsOf(definition);
const soft = makeSoftAuthority(start, definition);
const clock = new FixedClock(start);
const sinceStart = () => clock.now().getTime() - start.getTime();

/** When what is away, and for how long; the last three follow each other, 45 hours together. */
const outages = {
  process: [
    [13 * day + 20 * hour, 30 * hour],
    [30 * day + 23 * hour, 30 * hour],
  ],
  hsm: [
    [20 * day + 22 * hour, 10 * hour],
    [32 * day + 5 * hour, 10 * hour],
  ],
  slapd: [
    [25 * day + 23 * hour, 5 * hour],
    [32 * day + 15 * hour, 5 * hour],
  ],
} as const;
const isAway = (what: keyof typeof outages): boolean =>
  outages[what].some(([from, length]) => sinceStart() >= from && sinceStart() < from + length);
const isAllThere = () => !isAway("process") && !isAway("hsm") && !isAway("slapd");

const randomness = new SeededRandomness("forty days");
const below = (limit: number) => Buffer.from(randomness.bytes(4)).readUInt32BE() % limit;

type Running = RevokingAuthority & ListingAuthority & { readonly ledger: PostgresLedger };

let postgres: TestPostgres;
let directory: TestSlapd;
let target: RepositoryTarget;
let owner: RoleSql;
let signerPool: pg.Pool;
let locks: pg.Pool;
let running: Running | undefined;

beforeAll(async () => {
  directory = await startTestSlapd({ authorities: [definition] });
  target = directoryTarget("slapd", definition, directory.slapd.access(definition, "publisher"));
  postgres = await startTestPostgres();
  owner = sqlAs(postgres.url("ca_owner"));
  const entering = openPool(postgres.url("ca_owner"), 1);
  await enterAuthority(entering, definition, []);
  await entering.end();
  await letRevocationsGo(owner);
  signerPool = openPool(postgres.url("ca_signer"), 1);
  locks = openPool(postgres.url("ca_app"), 1);
  for (let number = 0; number < 400; number += 1) await issueCertificate(number);
  await enterEarlierRevocations();
});

afterAll(async () => {
  await running?.ledger.close();
  await locks?.end();
  await signerPool?.end();
  await owner?.end();
  await postgres?.stop();
  await directory?.stop();
});

/** A certificate that ends within 60 days of the start. */
interface Issued {
  readonly serial: SerialNumber;
  readonly partition: string;
  readonly notAfter: Date;
}
const valid: Issued[] = [];

async function issueCertificate(number: number): Promise<void> {
  const serial = testSerial(1000 + number);
  const partition = partitions[number % partitions.length] ?? "";
  const notAfter = new Date(Math.floor((start.getTime() + below(60 * 86_400) * 1000) / 1000) * 1000);
  await enterCertificate(owner, { authority: definition.id, serial, partition, notAfter });
  valid.push({ serial, partition, notAfter });
}

/** What was accepted as revoked, and the beginnings of the lists after its certificate's end on which it stood. */
interface Accepted extends Issued {
  readonly reason: RevocationReason;
  readonly revokedAt: Date;
  readonly afterEnd: Date[];
}
const accepted = new Map<string, Accepted>();

/** So many that the days' own fill a stretch, of certificates that end while they pass and after. */
async function enterEarlierRevocations(): Promise<void> {
  const [partition = ""] = partitions;
  for (const [count, endsAfter] of [
    [600, 9.3 * day],
    [250, 33.7 * day],
    [130, 90 * day],
  ] as const) {
    const notAfter = new Date(start.getTime() - 250 + endsAfter);
    await enterRevocations(owner, { authority: definition.id, partition, notAfter, count });
  }
  const rows = await owner<{ serial: SerialNumber; notAfter: Date; revokedAt: Date }>`
    select serial, not_after as "notAfter", ended_at as "revokedAt" from ca.certificate where state = 'revoked'`;
  for (const row of rows) accepted.set(row.serial, { ...row, partition, reason: "superseded", afterEnd: [] });
}

const acts = revocationCauses.flatMap((cause) =>
  (["register", "governor", "authority"] as const).flatMap((requester) => {
    const reason = reasonFor(cause, requester);
    return reason === undefined ? [] : [{ cause, requester, reason }];
  }),
);

async function revokeOne(authority: Running): Promise<void> {
  const [certificate] = valid.splice(below(valid.length), 1);
  const { cause, requester, reason } = acts[below(acts.length)] ?? expect.fail();
  if (certificate === undefined) return;
  const { serial, notAfter } = certificate;
  const answer = await revokeByAuthority(authority, byItself, { serial, cause }, requester);
  const revokedAt = clock.now();
  expect(answer).toEqual(
    notAfter < revokedAt
      ? { kind: "refused", reason: "certificateExpired", notAfter }
      : { kind: "revoked", serial, reason, revokedAt },
  );
  if (answer.kind === "revoked") accepted.set(serial, { ...certificate, reason, revokedAt, afterEnd: [] });
}

/** As the signer does: its own reading of the ledger, its own view of the fields. */
async function signList({ partition, plan, tbsHash }: RecordedList): Promise<Uint8Array> {
  if (isAway("hsm")) throw new SigningUnavailable("deviceError");
  const fault = listFault(definition, plan, clock.now());
  if (fault !== undefined) throw new SignerRefused(`inspectionFailed: ${fault}`);
  const context = { definition, generation: soft.generation, partition, plan };
  const parts: Uint8Array[] = [];
  for await (const piece of (await listContent(context, new PostgresListSource(signerPool))).pieces())
    parts.push(piece);
  const tbs = Buffer.concat(parts);
  expect(createHash("sha256").update(tbs).digest().equals(tbsHash)).toBe(true);
  return sign("sha384", tbs, soft.key.privateKey);
}

async function startProcess(): Promise<Running> {
  const run = { program: "ca", id: randomUUID(), clock };
  const ledger = new PostgresLedger({ url: postgres.url("ca_app"), lanes: 1, readers: 2 }, run);
  const { newest } = await ledger.newestRecord();
  await ledger.open();
  const key = verificationKey(soft.generation.subjectPublicKeyInfo);
  return {
    ...{ definition, ledger, listSigningKey: { expectList: async () => undefined, signList } },
    generations: new Map([[1, { ...soft.generation, certificate: soft.selfSigned, key }]]),
    revocations: new PostgresRevocationLedger(ledger),
    brake: new PostgresRevocationBrake(ledger),
    revocationsInTurn: new OneAtATime(),
    lists: new PostgresListLedger(ledger),
    clockGuard: new ClockGuard(clock, newest, definition),
  };
}

/** What the process does at an instant at which it runs. */
async function work(authority: Running): Promise<void> {
  if (below(2) === 0) await revokeOne(authority);
  const partition = partitions[below(partitions.length)] ?? "";
  const key: ListPartition = { authority: definition.id, generation: 1, partition };
  if (below(250) === 0) await issueList(authority, key, "now").catch(() => undefined);
  await recoverLists(authority);
  await issueDueLists(authority);
  const queue = new PostgresPublicationQueue(authority.ledger, locks, definition);
  for (const { waiting, outcome } of await publishWaiting({ definition, queue, targets: [target] }))
    if (outcome.kind === "published") standing.set(waiting.partition, await readList(waiting.partition));
}

/** Time passes, for leases in the ledger as well. */
async function pass(milliseconds: number): Promise<void> {
  clock.pass(milliseconds);
  await owner`update ca.crl set lease_until = lease_until - make_interval(secs => ${milliseconds / 1000})
    where lease_until is not null`;
}

/** What was last read in the directory: who has it goes on with it while slapd is away. */
const standing = new Map<string, CertificateList>();

async function readList(partition: string): Promise<CertificateList> {
  const point = listPointOf(definition, { generation: 1, partition }) ?? expect.fail();
  const object: RepositoryObject =
    partition === "authority" ? { kind: "authorityRevocationLists" } : { kind: "certificateRevocationList", point };
  const [octets = expect.fail(`no list of ${partition}`), second] = await target.read(object);
  expect(second).toBeUndefined();
  return parseCertificateList(octets);
}

const newest = new Map<string, CertificateList>();
let lists = 0;

/** What holds for what stands in the directory, at every instant. */
function expectInvariants(healthy: boolean): void {
  const now = clock.now().getTime();
  for (const partition of partitions) {
    const list = standing.get(partition) ?? expect.fail(`no list of ${partition}`);
    expect(list.thisUpdate.getTime()).toBeLessThanOrEqual(now);
    expect(list.nextUpdate?.getTime()).toBeGreaterThanOrEqual(now);
    if (healthy) expect(now - list.thisUpdate.getTime()).toBeLessThanOrEqual(24 * hour + step);
    const before = newest.get(partition);
    if (before === list) continue;
    newest.set(partition, list);
    lists += 1;
    if (before !== undefined) expect(numberOf(list)).toBeGreaterThan(numberOf(before));
    if (before !== undefined) expect(list.thisUpdate.getTime()).toBeGreaterThan(before.thisUpdate.getTime());
    expectEntries(list, partition);
  }
}

function numberOf({ extensions }: CertificateList): bigint {
  const number = extensions.find(({ oid }) => oid === crlExtensionOids.cRLNumber) ?? expect.fail();
  return parseCrlNumber(number.value);
}

function expectEntries(list: CertificateList, partition: string): void {
  const { subjectPublicKeyInfo } = soft.generation;
  expect(verifySignature(subjectPublicKeyInfo, list.signatureAlgorithm, list.tbs, list.signature)).toBe(true);
  const entries = new Map([...list.revokedCertificates].map((entry) => [entry.serialNumber, entry]));
  const ofPartition = [...accepted.values()].filter((one) => one.partition === partition);
  for (const one of ofPartition) {
    const { serial, notAfter, revokedAt, reason } = one;
    const entry = entries.get(serial);
    entries.delete(serial);
    if (entry !== undefined) {
      expect(entry).toMatchObject({ reason, revocationDate: new Date(Math.floor(revokedAt.getTime() / 1000) * 1000) });
    }
    const ended = notAfter < list.thisUpdate;
    // Nothing drops off before it ended and stood on one list since; and then it does, but for a list that may have been
    // made while it was recorded.
    const enough = one.afterEnd.some((begun) => begun.getTime() - notAfter.getTime() > longestRecording);
    if (ended && one.afterEnd.length === 0) expect(entry, serial).toBeDefined();
    if (ended && enough) expect(entry, serial).toBeUndefined();
    if (ended && entry !== undefined) one.afterEnd.push(list.thisUpdate);
    if (!ended && revokedAt <= list.thisUpdate) expect(entry, serial).toBeDefined();
  }
  expect([...entries.keys()]).toEqual([]); // nothing that was not revoked, or of another partition
}

it("[C-4-4-3.1] [C-4-4-9.1] [C-4-4-10.1] keeps a valid list of every partition in the directory for 40 days, through every outage of less than 48 hours", async () => {
  let [healthySteps, isSlapdThere] = [0, true];
  for (; sinceStart() < 40 * day; await pass(step)) {
    if (isAway("slapd") === isSlapdThere) {
      await (isSlapdThere ? directory.halt() : directory.resume());
      isSlapdThere = !isSlapdThere;
    }
    if (isAway("process")) {
      await running?.ledger.close();
      running = undefined;
    } else {
      running ??= await startProcess();
      await work(running);
    }
    healthySteps = isAllThere() ? healthySteps + 1 : 0;
    expectInvariants(healthySteps > 1);
  }
  const stretches = await owner`select number from ca.crl_stretch`;
  expect(stretches).toEqual([{ number: 1 }]);
  const ended = [...accepted.values()].filter(({ afterEnd }) => afterEnd.length > 0);
  expect({ lists: lists > 38 * partitions.length, accepted: accepted.size > 1200, ended: ended.length > 900 }).toEqual({
    ...{ lists: true, accepted: true, ended: true },
  });
  const states = await owner<{ state: string }>`select distinct state from ca.crl order by 1`;
  expect(states.map(({ state }) => state)).toEqual(["discarded", "signed"]);
}, 120_000);
