import { randomUUID } from "node:crypto";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../connection.ts";
import { migrate } from "../migrate.ts";
import { enterAuthority } from "./enter-authority.ts";
import { PostgresLedger } from "./postgres-ledger.ts";

let server: TestPostgres;
const as: Record<string, RoleSql> = {};

beforeAll(async () => {
  server = await startTestPostgres();
  const owner = openPool(server.url("ca_owner"), 1);
  await enterAuthority(owner, makeQuickAuthority(new Date("2026-04-01T00:00:00Z")).definition, []);
  await owner.end();
  const clock = { now: () => new Date("2026-04-01T00:00:00Z"), monotonic: () => 0 };
  const run = { program: "ca", id: randomUUID(), clock };
  const ledger = new PostgresLedger({ url: server.url("ca_app"), lanes: 1, readers: 1 }, run);
  await ledger.open();
  await ledger.close();
  for (const role of ["ca_app", "ca_operator", "ca_signer", "ca_auditor", "ca_responder"]) {
    as[role] = sqlAs(server.url(role));
  }
  as.owner = sqlAs(server.url("ca_owner"));
});

afterAll(async () => {
  for (const sql of Object.values(as)) await sql.end();
  await server?.stop();
});

const attempt = async (role: string, statement: string) =>
  await (as[role] ?? expect.fail(role)).run(statement).then(
    () => "allowed",
    (error: { code?: string }) => (error.code === "42501" ? "not allowed" : `failed ${error.code}`),
  );

describe("least privilege in the ledger", () => {
  it.each([
    ["ca_app", "update ca.audit_event set result = 'failed'"],
    ["ca_app", "delete from ca.audit_event"],
    ["ca_app", "truncate ca.audit_event"],
    ["ca_app", "update ca.signing_intent set tbs = ''"],
    ["ca_app", "update ca.signing_intent set mac = ''"],
    ["ca_app", "update ca.certificate set subscriber_id = 'x'"],
    ["ca_app", "update ca.certificate set not_after = now()"],
    ["ca_app", "delete from ca.certificate"],
    ["ca_app", "update ca.certificate_content set certificate = ''"],
    ["ca_app", "insert into ca.activation values ('chiba-practice', 1, 9, now(), now() + interval '1 d')"],
    ["ca_app", "insert into ca.enrolment_ticket (id) values (gen_random_uuid())"],
    ["ca_app", "update ca.authority set definition = '{}'"],
    ["ca_app", "update ca.generation set public_key = ''"],
    ["ca_app", "update ca.card set municipality = '122025'"],
    ["ca_app", "alter table ca.certificate drop constraint one_valid_certificate_a_resident"],
    ["ca_app", "create table ca.mine (id integer)"],
    ["ca_app", "create schema mine"],
    ["ca_app", "delete from ca.revocation_request"],
    ["ca_app", "update ca.revocation_request set request_hash = ''"],
    ["ca_app", "update ca.certificate set revocation_sequence = 1"],
    ["ca_app", "update ca.crl_partition set revocations = 0"],
    ["ca_app", "insert into ca.crl_partition values ('chiba-practice', 2, 'operational', 7)"],
    ["ca_app", "delete from ca.crl"],
    ["ca_app", "update ca.crl set number = 1"],
    ["ca_app", "update ca.crl set this_update = now()"],
    ["ca_app", "update ca.crl set through = 0"],
    ["ca_app", "update ca.crl_part set octets = ''"],
    ["ca_app", "delete from ca.crl_part"],
    ["ca_app", "update ca.crl_stretch set entries = ''"],
    ["ca_app", "update ca.crl_stretch set last_end = now()"],
    ["ca_app", "delete from ca.crl_stretch"],
    ["ca_app", "insert into ca.revocation_release (municipality) values ('121002')"],
    ["ca_app", "update ca.revocation_release set until = now()"],
    ["ca_app", "delete from ca.register_change"],
    ["ca_app", "update ca.register_change set digest = ''"],
    ["ca_app", "update ca.register_change set outcome = 'older'"],
    ["ca_app", "delete from ca.register_work"],
    ["ca_app", "update ca.register_work set change = null"],
    ["ca_app", "update ca.register_notification set serials = '{}'"],
    ["ca_app", "delete from ca.letter"],
    ["ca_operator", "select * from ca.certificate"],
    ["ca_operator", "select * from ca.certificate_content"],
    ["ca_operator", "select * from ca.subscriber"],
    ["ca_operator", "select * from ca.issuance_case"],
    ["ca_operator", "select * from ca.register_work"],
    ["ca_operator", "select * from ca.register_change"],
    ["ca_operator", "update ca.audit_event set result = 'failed'"],
    ["ca_operator", "delete from ca.audit_event"],
    ["ca_operator", "update ca.signing_intent set tbs = ''"],
    ["ca_operator", "update ca.verifier set revision = 1"],
    ["ca_operator", "select * from ca.verifier_before"],
    ["ca_operator", "delete from ca.verifier_before"],
    ["ca_app", "update ca.verifier set registration = '{}'"],
    ["ca_operator", "delete from ca.verifier_fact"],
    ["ca_operator", "update ca.verifier_fact set kind = 'started'"],
    ["ca_operator", "update ca.verifier_credential set verifier = 'x'"],
    ["ca_operator", "delete from ca.report_demand"],
    ["ca_operator", "insert into ca.activation values ('chiba-practice', 1, 9, now(), now() + interval '1 d')"],
    ["ca_operator", "create table ca.mine (id integer)"],
    ["ca_signer", "insert into ca.audit_event (stream) values ('x')"],
    ["ca_signer", "update ca.signing_intent set state = 'signed'"],
    ["ca_signer", "update ca.equipment_certificate set revoked_at = null"],
    ["ca_signer", "update ca.activation set ended_at = null"],
    ["ca_signer", "update ca.crl set state = 'signed'"],
    ["ca_signer", "insert into ca.crl_part (list, part) values (gen_random_uuid(), 0)"],
    ["ca_signer", "insert into ca.crl_stretch (number) values (1)"],
    ["ca_signer", "delete from ca.crl_stretch"],
    ["ca_signer", "update ca.crl_partition set revocations = 0"],
    ["ca_signer", "select * from ca.certificate"],
    ["ca_signer", "select * from ca.crl_part"],
    ["ca_signer", "select * from ca.revocation_request"],
    ["ca_signer", "select * from ca.certificate_content"],
    ["ca_signer", "select * from ca.register_work"],
    ["ca_signer", "select * from ca.subscriber"],
    ["ca_signer", "select * from ca.issuance_case"],
    ["ca_signer", "select * from ca.audit_event"],
    ["ca_auditor", "select * from ca.signing_intent"],
    ["ca_auditor", "select * from ca.certificate_content"],
    ["ca_auditor", "select * from ca.subscriber"],
    ["ca_auditor", "select * from ca.register_work"],
    ["ca_auditor", "select * from ca.register_change"],
    ["ca_auditor", "insert into ca.revocation_release (municipality) values ('121002')"],
    ["ca_auditor", "insert into ca.audit_event (stream) values ('x')"],
    ["ca_auditor", "delete from ca.audit_event"],
    ["ca_auditor", "select * from ca.revocation_request"],
    ["ca_auditor", "select * from ca.certificate_status"],
  ])("%s may not: %s", async (role, statement) => {
    expect(await attempt(role, statement)).toBe("not allowed");
  });

  it.each([
    ["ca_signer", "select * from ca.signing_intent"],
    ["ca_signer", "select * from ca.activation"],
    ["ca_signer", "select * from ca.equipment_certificate"],
    ["ca_signer", "select * from ca.crl"],
    ["ca_signer", "select * from ca.crl_partition"],
    ["ca_signer", "select * from ca.crl_stretch"],
    ["ca_signer", "select * from ca.revoked_certificate"],
    ["ca_auditor", "select * from ca.audit_event"],
  ])("%s may: %s", async (role, statement) => {
    expect(await attempt(role, statement)).toBe("allowed");
  });

  const status = ["certificate_status", "published_list", "crl_part", "crl_stretch", "authority", "generation"];
  const verifiers = ["known_verifier", "verifier_credential", "verifier_fact"];
  const provision = ["crl_partition", "revoked_certificate", "published_report"];
  const responderReads = [...status, ...verifiers, ...provision, "operational_certificate"].sort();

  it("ca_responder reads a certificate's status, lists, who may ask and operational certificates, and nothing else", async () => {
    const found = await (as.owner ?? expect.fail())<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'ca' order by 1`;
    const names = found.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(responderReads));
    const readable: string[] = [];
    for (const name of names) {
      if ((await attempt("ca_responder", `select * from ca.${name}`)) === "allowed") readable.push(name);
      for (const write of [`delete from ca.${name}`, `insert into ca.${name} default values`])
        expect(await attempt("ca_responder", write), write).toBe("not allowed");
    }
    expect(readable).toEqual(responderReads);
  });

  it.each([
    "update ca.crl_part set octets = ''",
    "update ca.crl_stretch set entries = ''",
    "update ca.certificate_status set state = 'valid'",
    "update ca.generation set public_key = ''",
    "update ca.authority set definition = '{}'",
    "update ca.published_list set signature = ''",
    "create table ca.mine (id integer)",
    "set role ca_app",
  ])("ca_responder may not: %s", async (statement) => {
    expect(await attempt("ca_responder", statement)).toBe("not allowed");
  });

  it("what ca_responder sees of a certificate says whose it is by its serial number alone", async () => {
    const columns = await (as.owner ?? expect.fail())<{ name: string }>`
      select column_name as name from information_schema.columns
      where table_schema = 'ca' and table_name = 'certificate_status' order by ordinal_position`;
    expect(columns.map(({ name }) => name)).toEqual([
      ...["authority", "generation", "serial", "partition", "state", "not_after", "revoked_at", "reason"],
    ]);
  });

  it("migrating again changes nothing", async () => {
    await migrate(server.url("ca_owner"), "ca");
    const [counted] = await (as.ca_auditor ?? expect.fail())`select count(*)::integer as events from ca.audit_event`;
    expect(counted?.events).toBe(1);
  });
});

describe("an act whose answer was lost", () => {
  it("is found again by its audit event: the lane reads where its stream ends, and goes on", async () => {
    const clock = { now: () => new Date("2026-04-01T00:00:00Z"), monotonic: () => 0 };
    const run = { program: "ca", id: randomUUID(), clock };
    const ledger = new PostgresLedger({ url: server.url("ca_app"), lanes: 1, readers: 1 }, run);
    await ledger.open();
    const acting = { origin: { system: "ca", operator: null } };
    const event = { kind: "process.stopped", result: "done", detail: { program: "ca" } } as const;
    await ledger.recordEvent(acting, event);
    await server.crash();
    let done = 0;
    for (let tries = 0; tries < 50 && done < 3; tries += 1) {
      await ledger.recordEvent(acting, event).then(
        () => (done += 1),
        () => new Promise((resolve) => setTimeout(resolve, 20)),
      );
    }
    expect(done).toBe(3);
    const [head] = ledger.heads();
    await ledger.close();
    const owner = sqlAs(server.url("ca_owner"));
    const rows = await owner<{
      sequence: number;
    }>`select sequence from ca.audit_event where stream = ${head?.stream ?? ""} order by sequence`;
    await owner.end();
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
    expect(rows.length).toBe(head?.sequence);
  });
});

describe("security.md §5: what the server's log and the driver's errors say", () => {
  it("neither a value nor a statement of a refused act", async () => {
    const clock = { now: () => new Date("2026-04-01T00:00:00Z"), monotonic: () => 0 };
    const run = { program: "ca", id: randomUUID(), clock };
    const ledger = new PostgresLedger({ url: server.url("ca_app"), lanes: 1, readers: 1 }, run);
    await ledger.open();
    const key = { authority: "山田花子", municipality: "121002", caseId: randomUUID(), attempt: 1 };
    const event = { kind: "process.stopped", result: "done", detail: { program: "ca" } } as const;
    const opening = { key, cardNumber: "山田花子", challenge: Buffer.alloc(32) };
    const said = await ledger.openCase({ origin: { system: "ca", operator: null } }, opening, event).then(
      () => "opened",
      (error: Error) => JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: error.cause }),
    );
    await ledger.close();
    expect(said).toContain("SQLSTATE 23503");
    expect(said).not.toMatch(/山田|insert into|121002/);
  });
});
