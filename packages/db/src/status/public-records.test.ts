import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { enterOperationalCertificate, enterSoftAuthority, enterSoftList } from "@mitome/testkit/published-ledger";
import { testSerial } from "@mitome/testkit/soft-authority";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { parseCertificate } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PostgresPublicRecords } from "./public-records.ts";

const at = new Date("2026-04-01T00:00:00Z");
const soft = makeQuickAuthority(at);
const operational = soft.equip("responder", "-", "ocsp-1").certificate;
let postgres: TestPostgres;
let owner: RoleSql;
let records: PostgresPublicRecords;

beforeAll(async () => {
  postgres = await startTestPostgres();
  owner = sqlAs(postgres.url("ca_owner"));
  await enterSoftAuthority(postgres.url("ca_owner"), soft);
  records = new PostgresPublicRecords(postgres.url("ca_responder"), soft.definition.id);
});
afterAll(async () => {
  await records?.close();
  await owner?.end();
  await postgres?.stop();
});

describe("what is published, as a responder sees it", () => {
  it("is every certificate that is no subscriber's, with the reason's name if it was revoked", async () => {
    await enterOperationalCertificate(owner, soft, operational);
    await owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, mac, state, owner)
      values ('3f0c1d9e-5a52-4a7e-9a55-0d6c0a6b7f10', ${soft.definition.id}, 1, 'subscriber', ${testSerial(99)}, '', '',
      'signed', '3f0c1d9e-5a52-4a7e-9a55-0d6c0a6b7f10')`;
    await owner`insert into ca.certificate (authority, serial, generation, intent, subscriber_id, municipality, not_before,
      not_after, state) values (${soft.definition.id}, ${testSerial(99)}, 1, '3f0c1d9e-5a52-4a7e-9a55-0d6c0a6b7f10', 's',
      '121002', ${at}, ${new Date("2029-03-31T14:59:59Z")}, 'valid')`;
    await owner`insert into ca.certificate_content (authority, serial, certificate)
      values (${soft.definition.id}, ${testSerial(99)}, 'a resident')`;
    const { certificates } = await records.read();
    expect(certificates).toMatchObject([
      { kind: "selfSigned", generation: 1, der: Buffer.from(soft.selfSigned), revocation: undefined },
      { kind: "operational", generation: 1, der: Buffer.from(operational), revocation: undefined },
    ]);
    await owner`update ca.certificate set state = 'revoked', ended_at = ${at}, revocation_reason = 'superseded',
      revocation_cause = 'renewed' where serial = ${parseCertificate(operational).serialNumber}`;
    const [, revoked] = (await records.read()).certificates;
    expect(revoked?.revocation).toEqual({ at, reason: "superseded" });
  });

  it("is the newest list of each partition, octet for octet, and whoever listens hears of the next", async () => {
    let heard = 0;
    records.onChange(() => void heard++);
    const first = await enterSoftList(owner, soft, { partition: "121002", number: 1, thisUpdate: at });
    const before = await records.read();
    expect(before.lists).toMatchObject([{ partition: "121002", generation: 1, number: 1, thisUpdate: at }]);
    expect(Buffer.from(await records.octets(before, before.lists[0] ?? expect.fail())).equals(first)).toBe(true);
    await enterSoftList(owner, soft, { partition: "121002", number: 2, thisUpdate: at });
    await expect.poll(() => heard).toBeGreaterThan(0);
    expect((await records.read()).lists.map(({ number }) => number)).toEqual([2]);
  });

  it("is heard of again after the ledger was lost", async () => {
    await postgres.crash();
    await expect
      .poll(
        () =>
          records.read().then(
            () => "read",
            () => "away",
          ),
        { timeout: 20_000 },
      )
      .toBe("read");
    let heard = 0;
    records.onChange(() => void heard++);
    await enterSoftList(owner, soft, { partition: "authority", number: 1, thisUpdate: at }).catch(async () =>
      enterSoftList(owner, soft, { partition: "authority", number: 2, thisUpdate: at }),
    );
    await expect.poll(() => heard).toBeGreaterThan(0);
  });
});
