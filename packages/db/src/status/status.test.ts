import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { AccessRecordsRefused, chibaPracticeAuthority, type VerifierFact } from "@mitome/ca";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { testSerial } from "@mitome/testkit/soft-authority";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterAuthority } from "../ca/enter-authority.ts";
import { openClient, openPool } from "../connection.ts";
import { PostgresAccessRecords } from "./access-records.ts";
import { PostgresStatusSource } from "./status-source.ts";
import { PostgresVerifierRegistry } from "./verifier-registry.ts";

const at = new Date("2026-04-01T00:00:00Z");
const soft = makeQuickAuthority(at);
const issuer = { authority: chibaPracticeAuthority.id, generation: 1 };
let postgres: TestPostgres;
let owner: RoleSql;
let numbers = 500;

beforeAll(async () => {
  postgres = await startTestPostgres();
  owner = sqlAs(postgres.url("ca_owner"));
  const entering = openPool(postgres.url("ca_owner"), 1);
  await enterAuthority(entering, soft.definition, []);
  await entering.end();
});

afterAll(async () => {
  await owner?.end();
  await postgres?.stop();
});

async function certificate(state: "pending" | "valid") {
  numbers += 1;
  const serial = testSerial(numbers);
  const intent = randomUUID();
  await owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, mac, state, owner)
    values (${intent}, ${issuer.authority}, 1, 'subscriber', ${serial}, '', '', 'signed', ${randomUUID()})`;
  await owner`insert into ca.certificate (authority, serial, generation, intent, subscriber_id, municipality, unique_name,
    not_before, not_after, state) values (${issuer.authority}, ${serial}, 1, ${intent}, ${`s${numbers}`}, '121002',
    ${`n${numbers}`}, ${at}, ${new Date("2029-03-31T14:59:59Z")}, ${state})`;
  return serial;
}

describe("certificates' status as a responder sees it", () => {
  it("is read live, and each revocation is heard of as soon as it is committed", async () => {
    const source = new PostgresStatusSource({ url: postgres.url("ca_responder"), readers: 2, freshFor: 5_000 });
    const heard: unknown[] = [];
    source.onRevocation((notice) => heard.push(notice));
    await source.open();
    const [valid, pending] = [await certificate("valid"), await certificate("pending")];
    const first = await source.read(issuer, [valid, pending, testSerial(1)]);
    expect([...first.certificates].map(([serial, { state }]) => [serial, state])).toEqual(
      expect.arrayContaining([
        [valid, "valid"],
        [pending, "pending"],
      ]),
    );
    expect(first.certificates.size).toBe(2);
    expect(await source.read({ ...issuer, generation: 2 }, [valid])).toMatchObject({ certificates: new Map() });
    await owner`update ca.certificate set state = 'revoked', ended_at = ${at}, revocation_reason = 'keyCompromise',
      revocation_cause = 'keyCompromiseReported' where serial = ${valid}`;
    await expect.poll(() => heard).toContainEqual({ authority: issuer.authority, serial: valid });
    const second = await source.read(issuer, [valid]);
    expect(second.certificates.get(valid)).toMatchObject({
      state: "revoked",
      revocation: { reason: "keyCompromise", revokedAt: at },
    });
    await source.close();
  });

  it("has heard of every revocation until now once it has caught up", async () => {
    const source = new PostgresStatusSource({ url: postgres.url("ca_responder"), readers: 1, freshFor: 5_000 });
    const heard: unknown[] = [];
    await source.open();
    source.onRevocation((notice) => heard.push(notice));
    for (let number = 0; number < 50; number += 1) {
      await owner`select pg_notify('revocation', ${`chiba:${testSerial(number + 1)}`})`;
      expect(await source.caughtUp()).toBe(true);
      expect(heard).toHaveLength(number + 1);
    }
    await source.close();
    expect(await source.caughtUp()).toBe(false);
  });

  it("does not wait for a connection that has fallen silent", { timeout: 5_000 }, async () => {
    const source = new PostgresStatusSource({ url: postgres.url("ca_responder"), readers: 1, freshFor: 5_000 });
    await source.open();
    const [listening] = await owner<{ pid: number }>`select pid from pg_stat_activity where usename = 'ca_responder'
      order by backend_start desc limit 1`;
    const pid = listening?.pid ?? expect.fail();
    process.kill(pid, "SIGSTOP");
    try {
      expect(await source.caughtUp()).toBe(false);
      expect(await source.caughtUp()).toBe(false);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await expect.poll(() => source.caughtUp()).toBe(true);
    await source.close();
  });

  it("stands for no longer than the bound once the ledger is lost, and is doubted wholly when it comes back", async () => {
    const source = new PostgresStatusSource({ url: postgres.url("ca_responder"), readers: 1, freshFor: 1_000 });
    const heard: unknown[] = [];
    await source.open();
    source.onRevocation((notice) => heard.push(notice));
    expect(source.freshUntil().getTime()).toBeGreaterThan(Date.now());
    await postgres.crash();
    await expect.poll(() => heard, { timeout: 20_000 }).toContain("everything");
    await expect.poll(() => source.freshUntil().getTime() > Date.now(), { timeout: 20_000 }).toBe(true);
    await source.close();
  });
});

describe("the registry of verifiers as a responder sees it", () => {
  it("knows a verifier by its certificate, with facts as they are recorded and uses as they are counted", async () => {
    const machine = soft.equip("verifier", "-", "court-1");
    const fingerprint = "ab".repeat(32);
    await owner`insert into ca.verifier (id, kind, registration) values ('court-1', 'verifier', '{}')`;
    await owner`insert into ca.verifier_credential (id, verifier, kind, fingerprint, serial, certificate, not_before,
      not_after) values (${randomUUID()}, 'court-1', 'clientCertificate', ${fingerprint}, ${testSerial(3)},
      ${machine.certificate}, ${at}, ${new Date("2027-03-31T14:59:59Z")})`;
    const registry = new PostgresVerifierRegistry(postgres.url("ca_responder"));
    await registry.open();
    expect(registry.byFingerprint(fingerprint)).toMatchObject({
      verifier: { id: "court-1", facts: [] },
      usedThisMonth: 0,
    });
    expect(registry.byFingerprint("cd".repeat(32))).toBeUndefined();
    const facts: VerifierFact[] = [
      { kind: "notified", effectiveAt: at },
      { kind: "agreed", effectiveAt: at, termsVersion: "1" },
      { kind: "rightGranted", effectiveAt: at, right: "ocsp" },
      { kind: "quotaSet", effectiveAt: at, usesPerMonth: 10 },
    ];
    const abouts = [null, "1", "ocsp", null];
    for (const [index, { kind }] of facts.entries()) {
      await owner`insert into ca.verifier_fact (verifier, sequence, kind, effective_at, about, uses_per_month)
        values ('court-1', ${index + 1}, ${kind}, ${at}, ${abouts[index]}, ${kind === "quotaSet" ? 10 : null})`;
    }
    await expect.poll(() => registry.byFingerprint(fingerprint)?.verifier.facts).toEqual(facts);
    await registry.close();
  });
});

describe("the registry of verifiers", () => {
  it("is read again at once when it changed while it was being read", async () => {
    await owner`insert into ca.verifier (id, kind, registration) values ('court-4', 'verifier', '{}')`;
    const fingerprint = "ef".repeat(32);
    const { certificate: its } = soft.equip("verifier", "-", "court-4");
    await owner`insert into ca.verifier_credential (id, verifier, kind, fingerprint, serial, certificate, not_before,
      not_after) values (${randomUUID()}, 'court-4', 'clientCertificate', ${fingerprint}, ${testSerial(4)}, ${its},
      ${at}, ${new Date("2027-03-31T14:59:59Z")})`;
    const record = (sequence: number, kind: string, about: string | null) =>
      owner`insert into ca.verifier_fact (verifier, sequence, kind, effective_at, about)
        values ('court-4', ${sequence}, ${kind}, ${at}, ${about})`;
    const registry = new PostgresVerifierRegistry(postgres.url("ca_responder"));
    await registry.open();
    // Whoever reads has the facts and waits for the credentials.
    const lock = await openClient(postgres.url("ca_owner"));
    await lock.query("begin; lock table ca.verifier_credential in access exclusive mode");
    await record(1, "notified", null);
    const waiting = () =>
      owner`select 1 from pg_locks where relation = 'ca.verifier_credential'::regclass and not granted`;
    await expect.poll(waiting).not.toHaveLength(0);
    const beside = await openClient(postgres.url("ca_responder"));
    await beside.query("listen verifier");
    const told = once(beside, "notification");
    await record(2, "agreed", "1");
    await told;
    await beside.end();
    await lock.query("commit");
    await lock.end();
    await expect.poll(() => registry.byFingerprint(fingerprint)?.verifier.facts).toHaveLength(2);
    await registry.close();
  });
});

const linesOf = (...lines: readonly string[]) => Buffer.from(lines.join(""));

describe("access records", () => {
  it("[C-2-1-4.4] count once however often they are stored, by verifier, month in Japan and method", async () => {
    const records = new PostgresAccessRecords(postgres.url("ca_responder"));
    const one = (when: string, ...[first, ...others]: readonly [string, ...string[]]) => {
      const good = (serial: string) => ({ serial, answer: "good" }) as const;
      return records.lineOf(randomUUID(), {
        ...{ ...issuer, verifierId: "court-2", confirmer: null, at: new Date(when) },
        ...{ method: "ocsp", answers: [good(first), ...others.map(good)] },
      });
    };
    const march = one("2026-03-31T14:59:59Z", "01");
    const april = one("2026-03-31T15:00:00Z", "01", "02");
    await records.store(linesOf(march, april, march));
    await records.store(linesOf(april, march));
    await records.store(linesOf(april, march, one("2026-04-10T00:00:00Z", "03")));
    const reader = sqlAs(postgres.url("access_reader"));
    const months = await reader<{ month: string; uses: string }>`select month, uses from access.monthly_use
      where verifier = 'court-2' order by month`;
    expect(months.map(({ month, uses }) => [month, Number(uses)])).toEqual([
      ["2026-03", 1],
      ["2026-04", 3],
    ]);
    await Promise.all([reader.end(), records.close()]);
  });

  it("are refused for good where they are wrong, and for now where the database is away", async () => {
    const records = new PostgresAccessRecords(postgres.url("ca_responder"));
    const use = (verifierId: string) =>
      records.lineOf(randomUUID(), {
        ...{ ...issuer, verifierId, confirmer: null, at },
        ...{ method: "crlByHttp", generation: 1, partition: "122", crlNumber: "1" },
      });
    const right = use("court-3");
    const refusals = [
      ["23514", use("court-3").replace("crlByHttp", "byPost")],
      ["23502", use("court-3").replace("court-3", "\\N")],
      ["22007", use("court-3").replace(/2026[^\t]+/, "yesterday, or so")],
      ["22P02", use("court-3").replace(/^[^\t]+/, "1")],
      ["22P04", use("court-3").replace(/\t[^\t]*$/, "\n")],
    ] as const;
    for (const [code, wrong] of refusals) {
      await expect(records.store(linesOf(right, wrong))).rejects.toThrow(new AccessRecordsRefused(code));
    }
    await records.store(linesOf(right));
    // One that is there already hides no wrong one that comes with it.
    await expect(records.store(linesOf(right, refusals[3][1]))).rejects.toThrow(new AccessRecordsRefused("22P02"));
    await expect(records.store(linesOf("\0\0\0\n"))).rejects.toThrow(AccessRecordsRefused);
    await records.close();
    await expect(records.store(linesOf(right))).rejects.not.toThrow(AccessRecordsRefused);
    const unreadable = new PostgresAccessRecords(postgres.url("access_reader"));
    await expect(unreadable.store(linesOf(right))).rejects.not.toThrow(AccessRecordsRefused);
    await unreadable.close();
  });

  it("keep each character of what they say", async () => {
    const records = new PostgresAccessRecords(postgres.url("ca_responder"));
    const odd = 'back\\slash\ttab\nline\r"quoted" \\N 県';
    const line = records.lineOf(randomUUID(), {
      ...{ ...issuer, verifierId: odd, confirmer: odd, at },
      ...{ method: "revocationInformationFile", file: odd },
    });
    expect(line.indexOf("\n")).toBe(line.length - 1);
    await records.store(linesOf(line));
    const owner = sqlAs(postgres.url("access_owner"));
    expect(await owner`select confirmer, given, uses from access.access_record where verifier = ${odd}`).toEqual([
      { confirmer: odd, given: { file: odd }, uses: 1 },
    ]);
    await Promise.all([owner.end(), records.close()]);
  });

  it("are read by nobody who reads the ledger, and the other way round (security.md §6)", async () => {
    for (const role of ["ca_owner", "ca_app", "ca_operator", "ca_signer", "ca_auditor"]) {
      const sql = sqlAs(postgres.url(role));
      await expect(sql`select * from access.access_record`).rejects.toThrow("permission denied");
      await sql.end();
    }
    for (const role of ["access_reader", "access_owner"]) {
      const sql = sqlAs(postgres.url(role));
      await expect(sql`select * from ca.certificate`).rejects.toThrow("permission denied");
      await sql.end();
    }
    const responder = sqlAs(postgres.url("ca_responder"));
    await expect(responder`select given from access.access_record`).rejects.toThrow("permission denied");
    await expect(responder`delete from access.access_record`).rejects.toThrow("permission denied");
    await responder.end();
  });
});
