/** Two responders as they run, on one ledger. */
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chibaAuthority } from "@mitome/ca";
import { enterAuthority } from "@mitome/db/ca";
import { openPool } from "@mitome/db/connection";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { type RunningProgram, startProgram } from "@mitome/testkit/running-authority";
import { testSerial } from "@mitome/testkit/soft-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { assembleOcspRequest, encodeTbsRequest, makeCertId, parseOcspResponse, type SerialNumber } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePeer } from "./hierarchy.fixture.ts";
import { fingerprintOf } from "./identify-asker.ts";
import { admittedFacts, makeWorld, type World } from "./memory-world.fixture.ts";
import { type Ask, askerAt } from "./started-responder.fixture.ts";

const freshFor = 1_000;
const city = makePeer("city-1");
let world: World;
let postgres: TestPostgres;
let owner: RoleSql;
let programs: readonly RunningProgram[];
let askers: readonly Ask[];
let answered = 0;

beforeAll(async () => {
  world = makeWorld(() => new Date());
  postgres = await startTestPostgres({ fsync: "on" });
  owner = sqlAs(postgres.url("ca_owner"));
  const entering = openPool(postgres.url("ca_owner"), 1);
  await enterAuthority(entering, chibaAuthority, []);
  await entering.end();
  await admit();
  const sockets = ["one", "two"].map((name) => join(world.directory, `${name}.sock`));
  programs = await Promise.all(sockets.map(start));
  askers = sockets.map((socket) => askerAt(socket, Buffer.from(city.certificate.der).toString("base64")));
});
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  await owner.end();
  await postgres.stop();
  world.remove();
});

function start(socket: string): Promise<RunningProgram> {
  const answering = {
    ...world.configuration,
    ...{ listeners: [{ kind: "behindProxy", socket }], spool: `${socket}.spool` },
  };
  const ledger = { url: postgres.url("ca_responder"), readers: 2, freshFor };
  writeFileSync(`${socket}.json`, JSON.stringify({ ledger, answering }));
  return startProgram("apps/responder/src/main.ts", `${socket}.json`);
}

async function admit(): Promise<void> {
  const { der, serialNumber, validity } = city.certificate;
  await owner`insert into ca.verifier (id, kind, registration) values ('city-1', 'verifier', '{}')`;
  await owner`insert into ca.verifier_credential (id, verifier, kind, fingerprint, serial, certificate, not_before,
    not_after) values (${randomUUID()}, 'city-1', 'clientCertificate', ${fingerprintOf(der)}, ${serialNumber}, ${der},
    ${validity.notBefore}, ${validity.notAfter})`;
  for (const [index, fact] of admittedFacts.entries()) {
    const about = fact.kind === "agreed" ? fact.termsVersion : fact.kind === "rightGranted" ? fact.right : null;
    await owner`insert into ca.verifier_fact (verifier, sequence, kind, effective_at, about)
      values ('city-1', ${index + 1}, ${fact.kind}, ${fact.effectiveAt}, ${about})`;
  }
}

/** A valid certificate of the living generation. */
async function issued(number: number): Promise<SerialNumber> {
  const serial = testSerial(number);
  const intent = randomUUID();
  await owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, mac, state, owner)
    values (${intent}, 'chiba', 2, 'subscriber', ${serial}, '', '', 'signed', ${randomUUID()})`;
  await owner`insert into ca.certificate (authority, serial, generation, intent, subscriber_id, municipality, unique_name,
    not_before, not_after, state) values ('chiba', ${serial}, 2, ${intent}, ${`s${number}`}, '121002', ${`n${number}`},
    ${new Date("2026-04-01T00:00:00Z")}, ${new Date("2029-03-31T14:59:59Z")}, 'valid')`;
  return serial;
}

async function say(ask: Ask, serial: SerialNumber): Promise<string> {
  const certIds = [makeCertId("sha256", world.authorities[1].certificate, serial)];
  const { body } = await ask("POST", assembleOcspRequest(encodeTbsRequest({ certIds })));
  const response = parseOcspResponse(body);
  if (response.kind === "error") return response.error;
  answered += 1;
  return response.responses[0]?.certStatus.kind ?? "nothing";
}
const sayAll = (serial: SerialNumber) => Promise.all(askers.map((ask) => say(ask, serial)));

describe("responders on one ledger", () => {
  it("say revoked, each of them, as soon as the revocation is committed", async () => {
    const serial = await issued(1);
    expect(await sayAll(serial)).toStrictEqual(["good", "good"]);
    await owner`update ca.certificate set state = 'revoked', ended_at = now(), revocation_reason = 'superseded',
      revocation_cause = 'renewed' where serial = ${serial}`;
    await expect.poll(() => sayAll(serial), { timeout: 10_000, interval: 10 }).toStrictEqual(["revoked", "revoked"]);
  });

  it("say nothing of what they knew once the ledger is lost for longer than the bound, and all again when it is back", async () => {
    const serial = await issued(2);
    const unasked = await issued(3);
    expect(await sayAll(serial)).toStrictEqual(["good", "good"]);
    await postgres.cluster.stop("immediate");
    const lost = Date.now();
    expect(await sayAll(unasked)).toStrictEqual(["tryLater", "tryLater"]);
    let lastGood = 0;
    await expect
      .poll(
        async () => {
          const asked = Date.now();
          const said = await sayAll(serial);
          if (said.includes("good")) lastGood = asked;
          return said;
        },
        { timeout: 10_000, interval: 10 },
      )
      .toStrictEqual(["tryLater", "tryLater"]);
    expect(lastGood - lost).toBeLessThanOrEqual(freshFor);
    await postgres.crash();
    await expect.poll(() => sayAll(serial), { timeout: 20_000 }).toStrictEqual(["good", "good"]);
  });

  it("leave a record of every answer, and end cleanly", async () => {
    expect(await Promise.all(programs.map((program) => program.stop()))).toStrictEqual([0, 0]);
    const reader = sqlAs(postgres.url("access_owner"));
    const [counted] = await reader<{ records: number }>`select count(*) as records from access.access_record
      where verifier = 'city-1' and authority = 'chiba' and generation = 2 and method = 'ocsp' and uses = 1`;
    await reader.end();
    expect(answered).toBeGreaterThan(6);
    expect(Number(counted?.records)).toBe(answered);
  });
});
