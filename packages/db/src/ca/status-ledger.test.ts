import { execFileSync } from "node:child_process";
import { createHash, randomUUID, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  byItself,
  ClockGuard,
  issueDueLists,
  issueList,
  type ListingAuthority,
  type ListPartition,
  listContent,
  OneAtATime,
  partitionsOf,
  type RecordedList,
  type RevokingAuthority,
  recoverLists,
  requestMessage,
  revokeByAuthority,
  revokeForSubscriber,
  SigningUnavailable,
} from "@mitome/ca";
import { enterCertificate, enterRevocations } from "@mitome/testkit/entered-certificate";
import { FixedClock } from "@mitome/testkit/fixed-clock";
import { letRevocationsGo } from "@mitome/testkit/let-revocations-go";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { testSerial } from "@mitome/testkit/soft-authority";
import { callBy, makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { frameCertificateList, parseCertificateList, type SerialNumber, verificationKey } from "@mitome/x509";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { openPool } from "../connection.ts";
import { enterAuthority } from "./enter-authority.ts";
import { PostgresListLedger } from "./list-ledger.ts";
import { PostgresListSource } from "./list-source.ts";
import { PostgresLedger } from "./postgres-ledger.ts";
import { PostgresPublishedLists } from "./published-lists.ts";
import { PostgresRevocationBrake } from "./revocation-brake.ts";
import { PostgresRevocationLedger } from "./revocation-ledger.ts";

const at = new Date("2026-04-01T00:00:00Z");
const clock = new FixedClock(at);
const soft = makeQuickAuthority(at);
const { definition } = soft;
const server = soft.equip("server", "121002", "honcho");
const call = callBy(soft, server);
const folder = mkdtempSync(join(tmpdir(), "lists-"));

let postgres: TestPostgres;
let owner: RoleSql;
let ledger: PostgresLedger;
let signerPool: pg.Pool;
let authority: RevokingAuthority & ListingAuthority;
let numbers = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  owner = sqlAs(postgres.url("ca_owner"));
  const entering = openPool(postgres.url("ca_owner"), 1);
  await enterAuthority(entering, definition, []);
  await entering.end();
  await letRevocationsGo(owner);
  ledger = new PostgresLedger(
    { url: postgres.url("ca_app"), lanes: 2, readers: 2 },
    { program: "ca", id: randomUUID(), clock },
  );
  await ledger.open();
  signerPool = openPool(postgres.url("ca_signer"), 1);
  const current = {
    ...soft.generation,
    certificate: soft.selfSigned,
    key: verificationKey(soft.generation.subjectPublicKeyInfo),
  };
  authority = {
    definition,
    generations: new Map([[1, current]]),
    ledger,
    revocations: new PostgresRevocationLedger(ledger),
    brake: new PostgresRevocationBrake(ledger),
    revocationsInTurn: new OneAtATime(),
    lists: new PostgresListLedger(ledger),
    listSigningKey: { expectList: async () => undefined, signList: signAsTheSignerDoes },
    clockGuard: new ClockGuard(clock, undefined, { unattended: true }),
  };
});

afterAll(async () => {
  await ledger?.close();
  await signerPool?.end();
  await owner?.end();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  await owner`delete from ca.crl`;
});

/** Makes the octets again through the signer's own role, and signs them with the soft key. */
async function signAsTheSignerDoes({ partition, plan, tbsHash }: RecordedList): Promise<Uint8Array> {
  const context = { definition, generation: soft.generation, partition, plan };
  const parts: Uint8Array[] = [];
  for await (const piece of (await listContent(context, new PostgresListSource(signerPool))).pieces())
    parts.push(piece);
  const tbs = Buffer.concat(parts);
  if (Buffer.compare(createHash("sha256").update(tbs).digest(), tbsHash) !== 0) throw new Error("other octets");
  return sign("sha384", tbs, soft.key.privateKey);
}

async function issued(municipality = "121002", notAfter = new Date("2029-03-31T14:59:59Z")): Promise<SerialNumber> {
  numbers += 1;
  const serial = testSerial(numbers);
  await enterCertificate(owner, { authority: definition.id, serial, partition: municipality, notAfter });
  return serial;
}

function request(serial: string, changes: Record<string, unknown> = {}) {
  const payload = Buffer.from(
    JSON.stringify({
      version: 1,
      authority: definition.id,
      municipality: "121002",
      caseId: randomUUID(),
      clerk: "clerk-7",
      requestedAt: at.toISOString(),
      serial,
      cause: "cessationRequested",
      ...changes,
    }),
  );
  const key = { key: server.key.privateKey, dsaEncoding: "ieee-p1363" } as const;
  return { payload, signature: sign("sha256", requestMessage("revocation", payload), key) };
}

const partitionOf = (partition: string): ListPartition => ({ authority: definition.id, generation: 1, partition });

/** The newest list of a partition as it will be published. */
async function newestList(partition: string): Promise<Buffer> {
  const [row] = await owner<{ id: string }>`select id from ca.published_list where partition = ${partition}
    order by number desc limit 1`;
  return await listWithId(row?.id ?? expect.fail());
}

async function listWithId(id: string): Promise<Buffer> {
  const [row] = await owner<{ signature: Buffer }>`select signature from ca.published_list where id = ${id}`;
  const parts = await owner<{ octets: Buffer }>`select octets from ca.crl_part where list = ${id} order by part`;
  const tbs = Buffer.concat(parts.map(({ octets }) => octets));
  const { before, after } = frameCertificateList(tbs.length, "ecdsa-with-SHA384", row?.signature ?? expect.fail());
  return Buffer.concat([before, tbs, after]);
}

const serialsOn = (list: Uint8Array) =>
  [...parseCertificateList(list).revokedCertificates].map(({ serialNumber }) => serialNumber);

it("[C-4-4-2-1.1] revokes at the counter for the two reasons, from the instant of acceptance", async () => {
  const [ended, leaked] = [await issued(), await issued()];
  expect(await revokeForSubscriber(authority, call, request(ended))).toEqual({
    kind: "revoked",
    serial: ended,
    reason: "cessationOfOperation",
    revokedAt: at,
  });
  const report = request(leaked, { cause: "keyCompromiseReported" });
  expect(await revokeForSubscriber(authority, call, report)).toMatchObject({ reason: "keyCompromise" });
  const [row] = await owner`select state, ended_at from ca.certificate where serial = ${ended}`;
  expect(row).toEqual({ state: "revoked", ended_at: at });
});

it("gives the same request the same answer, and another under its case none", async () => {
  const [serial, other] = [await issued(), await issued()];
  const caseId = randomUUID();
  const asked = request(serial, { caseId });
  const first = await revokeForSubscriber(authority, call, asked);
  clock.pass(60_000);
  expect(await revokeForSubscriber(authority, call, asked)).toEqual(first);
  expect(await revokeForSubscriber(authority, call, request(other, { caseId }))).toMatchObject({
    reason: "differentRequestUnderSameKey",
  });
});

it("gives the same request the same answer when it comes many times at once", async () => {
  const asked = request(await issued());
  const answers = await Promise.all(Array.from({ length: 8 }, () => revokeForSubscriber(authority, call, asked)));
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(["revoked"]));
});

it("[C-4-4-2-4.1] never restores a revoked certificate, nor moves its date: the database refuses it to everybody", async () => {
  const serial = await issued();
  await revokeForSubscriber(authority, call, request(serial));
  expect(await revokeForSubscriber(authority, call, request(serial))).toMatchObject({ reason: "alreadyRevoked" });
  await expect(
    owner`update ca.certificate set state = 'valid', ended_at = null, revocation_reason = null, revocation_cause = null,
      revocation_sequence = null where serial = ${serial}`,
  ).rejects.toThrow("revokedForEver");
  await expect(
    owner`update ca.certificate set ended_at = ended_at + interval '1 d' where serial = ${serial}`,
  ).rejects.toThrow("revokedForEver");
});

it.each(["certificateHold", "removeFromCRL", "unspecified", "privilegeWithdrawn"])(
  "[C-4-4-5.1] keeps no other reason than the five, whoever writes it: %s",
  async (reason) => {
    const serial = await issued();
    await expect(
      owner`update ca.certificate set state = 'revoked', ended_at = now(), revocation_reason = ${reason},
        revocation_cause = 'cessationRequested' where serial = ${serial}`,
    ).rejects.toMatchObject({ code: "23514", constraint: "certificate_revocation_reason_check" });
  },
);

it.each([
  ["a serial number that nobody has", "certificateUnknown", () => testSerial(99_999)],
  ["another municipality's certificate", "certificateUnknown", () => issued("122025")],
  ["one that has expired", "certificateExpired", () => issued("121002", new Date("2026-03-01T00:00:00Z"))],
])("does not revoke %s", async (_what, reason, serialOf) => {
  expect(await revokeForSubscriber(authority, call, request(await serialOf()))).toMatchObject({
    kind: "refused",
    reason,
  });
});

it("does not revoke on a request that is not the caller's own", async () => {
  const serial = await issued();
  const { payload } = request(serial);
  const { signature } = request(await issued());
  expect(await revokeForSubscriber(authority, call, { payload, signature })).toMatchObject({
    reason: "requestSignatureWrong",
  });
  const foreign = request(serial, { municipality: "122025" });
  expect(await revokeForSubscriber(authority, call, foreign)).toMatchObject({ reason: "municipalityNotTheCallers" });
});

it("[C-2-1-2.22] [C-4-4-9.1] issues a list whether anything was revoked or not, valid for 72 hours and followed after 24", async () => {
  const key = partitionOf("122041");
  expect(await issueList(authority, key, "whenDue")).toBe("issued");
  expect(await issueList(authority, key, "whenDue")).toBe("notDue");
  const list = parseCertificateList(await newestList("122041"));
  expect(list.nextUpdate?.getTime()).toBe(list.thisUpdate.getTime() + 72 * 3_600_000);
  expect([...list.revokedCertificates]).toEqual([]);
  clock.pass(24 * 3_600_000);
  expect(await issueList(authority, key, "whenDue")).toBe("issued");
  const numbers = await owner`select number from ca.published_list where partition = '122041' order by number`;
  expect(numbers.map(({ number }) => Number(number))).toEqual([1, 2]);
});

it("makes in one round a list of every partition, and in the next round none", async () => {
  const outcomes = await issueDueLists(authority);
  expect(outcomes.map((outcome) => outcome.status === "fulfilled" && outcome.value)).toEqual(
    partitionsOf(definition).map(() => "issued"),
  );
  expect(await issueDueLists(authority)).toEqual([]);
});

it("[C-4-4-4-4.2] puts a revocation on its own municipality's list alone, with its date and reason", async () => {
  const [own, foreign] = [await issued("121002"), await issued("122025")];
  for (const serial of [own, foreign]) {
    await revokeByAuthority(authority, byItself, { serial, cause: "registerChanged" }, "register");
  }
  for (const partition of ["121002", "122025"]) await issueList(authority, partitionOf(partition), "now");
  const entry = [...parseCertificateList(await newestList("121002")).revokedCertificates].find(
    ({ serialNumber }) => serialNumber === own,
  );
  expect(entry).toMatchObject({ reason: "affiliationChanged", revocationDate: clock.now() });
  expect(serialsOn(await newestList("121002"))).not.toContain(foreign);
  expect(serialsOn(await newestList("122025"))).toContain(foreign);
});

it("keeps an entry until one list after its certificate's end, and drops it then", async () => {
  const notAfter = new Date(clock.now().getTime() + 3_600_000);
  const serial = await issued("122050", notAfter);
  await revokeByAuthority(authority, byItself, { serial, cause: "died" }, "register");
  const onLists: boolean[] = [];
  for (let day = 0; day < 3; day += 1) {
    await issueList(authority, partitionOf("122050"), "now");
    onLists.push(serialsOn(await newestList("122050")).includes(serial));
    clock.pass(24 * 3_600_000);
  }
  expect(onLists).toEqual([true, true, false]);
});

it("does not take up a list whose kept octets are not those that were recorded", async () => {
  const key = partitionOf("122033");
  const unable = { ...authority.listSigningKey, signList: () => Promise.reject(new SigningUnavailable("deviceError")) };
  await expect(issueList({ ...authority, listSigningKey: unable }, key, "now")).rejects.toThrow(SigningUnavailable);
  await owner`update ca.crl_part set octets = octets || '\\x00' where part = 0
    and list in (select id from ca.crl where partition = '122033')`;
  await owner`update ca.crl set lease_until = now() - interval '1 s' where lease_until is not null`;
  const [outcome] = await recoverLists(authority);
  expect(outcome).toMatchObject({ status: "rejected", reason: { name: "SignatureWrong" } });
  expect(await owner`select 1 from ca.published_list where partition = '122033'`).toEqual([]);
});

it("gives no list of which the kept octets are not those that were signed, its own or a stretch's", async () => {
  const key = partitionOf(definition.municipalities.at(-1)?.code ?? expect.fail());
  await enterRevocations(owner, { ...key, notAfter: new Date("2029-01-01T00:00:00Z"), count: 1_100 });
  await issueList(authority, key, "now");
  const responder = openPool(postgres.url("ca_responder"), 1);
  const lists = new PostgresPublishedLists(responder, definition.id, "ecdsa-with-SHA384");
  const list = (await lists.newest()).find(({ partition }) => partition === key.partition) ?? expect.fail();
  expect(serialsOn(await lists.octets(list))).toHaveLength(1_100);
  const [part, stretch] = [`part = 1 and list = '${list.id}'`, `partition = '${key.partition}'`];
  const flipped = (column: string) => `${column} = set_byte(${column}, 9, get_byte(${column}, 9) # 1)`;
  // Each alteration, and what takes it back.
  const alterations = [
    [`update ca.crl_part set ${flipped("octets")} where ${part}`],
    [`update ca.crl_stretch set ${flipped("entries")} where ${stretch}`],
    [`update ca.crl_stretch set last_end = '1960-01-01' where ${stretch}`, "last_end = '2029-01-01'"],
    [`delete from ca.crl_part where ${part}`],
  ];
  for (const [alteration = "", back] of alterations) {
    await owner.run(alteration);
    await expect(lists.octets(list), alteration).rejects.toThrow("not those that were signed");
    await owner.run(back === undefined ? alteration : `update ca.crl_stretch set ${back} where ${stretch}`);
  }
  await responder.end();
});

it("gives every list its own number, however many processes make one at the same time", async () => {
  const key = partitionOf("122068");
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => issueList(authority, key, "now")));
  const issuedLists = outcomes.filter((outcome) => outcome === "issued").length;
  expect(issuedLists).toBeGreaterThan(0);
  const numbers = await owner`select number from ca.published_list where partition = '122068' order by number`;
  expect(numbers.map(({ number }) => Number(number))).toEqual(
    Array.from({ length: issuedLists }, (_, index) => index + 1),
  );
});

it("makes lists while certificates are revoked: each has the first so many, and none fewer than the one before", async () => {
  const key = partitionOf("122084");
  const serials = await Promise.all(Array.from({ length: 60 }, () => issued(key.partition)));
  const revoking = Promise.all(
    serials.map((serial) => revokeByAuthority(authority, byItself, { serial, cause: "died" }, "register")),
  );
  for (let count = 0; count < 10; count += 1) await issueList(authority, key, "now");
  await revoking;
  await issueList(authority, key, "now");
  const rows = await owner<{ id: string; through: number }>`
    select id, through from ca.crl where partition = ${key.partition} and state = 'signed' order by number`;
  let before: readonly string[] = [];
  for (const { id, through } of rows) {
    const on = serialsOn(await listWithId(id));
    expect(on).toHaveLength(Number(through));
    expect(on.slice(0, before.length)).toEqual(before);
    before = on;
  }
  expect(new Set(before)).toEqual(new Set(serials));
});

it("is understood by OpenSSL: the list's signature, and the entry", async () => {
  const serial = await issued("122076");
  await revokeByAuthority(authority, byItself, { serial, cause: "recordWrong" }, "governor");
  await issueList(authority, partitionOf("122076"), "now");
  const [list, issuer] = [join(folder, "list.crl"), join(folder, "issuer.der")];
  writeFileSync(list, await newestList("122076"));
  writeFileSync(issuer, soft.selfSigned);
  const pem = join(folder, "issuer.pem");
  execFileSync("openssl", ["x509", "-inform", "DER", "-in", issuer, "-out", pem]);
  const said = execFileSync("openssl", ["crl", "-inform", "DER", "-in", list, "-noout", "-text", "-CAfile", pem], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(said.toLowerCase()).toContain(serial);
  expect(said).toContain("Affiliation Changed");
  expect(said).toContain("Only User Certificates");
});
