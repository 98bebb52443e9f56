/** Who asked about one person, disclosed by two people, by the operators' script. */
import { randomUUID } from "node:crypto";
import type { CertificateAnswer, GivenByRight, VerifierRight } from "@mitome/ca";
import { PostgresAccessRecords } from "@mitome/db/status";
import { enterCertificate } from "@mitome/testkit/entered-certificate";
import { testSerial } from "@mitome/testkit/soft-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOperatorPlace, type OperatorPlace } from "./operator-desk.fixture.ts";

const [mine, before, another] = [testSerial(1), testSerial(2), testSerial(3)];
const notAfter = new Date("2029-01-01T00:00:00Z");
let place: OperatorPlace;
let reader: RoleSql;

beforeAll(async () => {
  place = await makeOperatorPlace();
  const authority = place.soft.definition.id;
  for (const serial of [mine, before, another])
    await enterCertificate(place.owner, { authority, serial, partition: "121002", notAfter });
  // The holder of `mine` had another one before.
  await place.owner`update ca.certificate set state = 'revoked', ended_at = now(), revocation_reason = 'superseded',
    revocation_cause = 'renewed' where serial = ${before}`;
  await place.owner`update ca.certificate set subscriber_id = ${mine} where serial = ${before}`;
  await place.owner`insert into ca.verifier (id, kind, registration)
    values ('court-1', 'verifier', ${JSON.stringify({ id: "court-1", name: "千葉裁判所" })})`;
  const records = new PostgresAccessRecords(place.postgres.url("ca_responder"));
  const record = (
    at: string,
    given: GivenByRight[VerifierRight],
    whose = authority,
    confirmer: string | null = null,
  ) => {
    const own = { authority: whose, generation: 1 };
    return records.lineOf(randomUUID(), { verifierId: "court-1", confirmer, at: new Date(at), ...given, ...own });
  };
  type Answered = readonly [serial: string, answer: CertificateAnswer["answer"]];
  const answerOf = ([serial, answer]: Answered) => ({ serial, answer });
  const asked = (first: Answered, ...others: readonly Answered[]): GivenByRight["ocsp"] => ({
    ...{ method: "ocsp", answers: [answerOf(first), ...others.map(answerOf)] },
  });
  const lines = [
    record("2026-03-02T00:00:00Z", asked([another, "good"], [mine, "good"])),
    record("2026-02-01T00:00:00Z", asked([before, "revoked"]), authority, "notary-1"),
    record("2026-02-02T00:00:00Z", asked([another, "good"])),
    record("2026-02-03T00:00:00Z", asked([mine, "good"]), "of-another-authority"),
    record("2026-02-04T00:00:00Z", { method: "crlByHttp", generation: 1, partition: "121002", crlNumber: "5" }),
  ];
  await records.store(Buffer.from(lines.join("")));
  await records.close();
  place.configure({ accessDatabase: place.postgres.url("access_reader") });
  reader = sqlAs(place.postgres.url("access_reader"));
});
afterAll(async () => {
  await reader?.end();
  await place?.stop();
});

const disclose = (...values: readonly string[]) => place.run("disclose-access", ...values);
const disclosures = async () =>
  await place.owner<{ detail: object }>`select detail from ca.audit_event where kind = 'accessRecords.disclosed'`;

/** Enters a disclosure as the ledger's owner could, past the script. */
async function enterDisclosure(second: string, approved: string, isAudited: boolean): Promise<string> {
  const id = randomUUID();
  await place.owner`insert into ca.disclosure (id, authority, subscriber_id, reference, first, second, approved_at)
    values (${id}, ${place.soft.definition.id}, ${mine}, 'R-7', 'abe', ${second}, now() - ${approved}::interval)`;
  if (isAudited)
    await place.owner`insert into ca.audit_event (stream, sequence, at, kind, result, system, detail, hash)
      values (${id}, 1, now(), 'accessRecords.disclosed', 'done', 'test', ${JSON.stringify({ disclosure: id })},
        sha256(''))`;
  return id;
}
const given = (id: string) => reader`select * from access.disclose(${id}::uuid)`;

describe("who asked about one person", () => {
  it.each([
    ["one person", ["abe", "abe"], "two people disclose\n"],
    ["one person, spelled with a space", ["abe", "abe "], "two people disclose\n"],
    ["somebody and nobody", ["abe", ""], "two people disclose\n"],
  ])("is not disclosed by %s", async (_who, people, said) => {
    expect(await disclose(mine, "R-7", ...people)).toMatchObject({ status: 1, answer: {}, said });
    expect(await disclosures()).toEqual([]);
  });

  it("is not disclosed of a certificate that nobody has, nor for words in place of a reference", async () => {
    expect(await disclose(testSerial(9), "R-7", "abe", "ito")).toMatchObject({ status: 1, answer: {} });
    expect(await disclose(mine, "山田花子", "abe", "ito")).toMatchObject({ status: 1, answer: {} });
    expect(await disclosures()).toEqual([]);
  });

  it("is disclosed by two: of all certificates of that person, and of nobody else's, and is in the audit trail", async () => {
    const { answer } = await disclose(mine, "R-7", "abe", "ito");
    const byCourt = { verifier: "court-1", verifierName: "千葉裁判所" };
    expect(answer).toEqual({
      disclosure: expect.any(String),
      answers: [
        { ...byCourt, at: "2026-02-01T00:00:00.000Z", confirmer: "notary-1", serial: before, answer: "revoked" },
        { ...byCourt, at: "2026-03-02T00:00:00.000Z", confirmer: null, serial: mine, answer: "good" },
      ],
    });
    const detail = { disclosure: answer.disclosure, serial: mine, reference: "R-7", first: "abe", second: "ito" };
    expect(await disclosures()).toEqual([{ detail }]);
    await expect(given(String(answer.disclosure))).rejects.toThrow("disclosure_given_pkey");
  });

  it("is given for nothing else: no record, one person, no audit event, an hour ago", async () => {
    await expect(given(randomUUID())).rejects.toThrow("nothingToDisclose");
    await expect(enterDisclosure("abe", "0 s", true)).rejects.toThrow("disclosure_check");
    await expect(given(await enterDisclosure("ito", "0 s", false))).rejects.toThrow("nothingToDisclose");
    await expect(given(await enterDisclosure("ito", "61 min", true))).rejects.toThrow("nothingToDisclose");
    expect(await given(await enterDisclosure("ito", "59 min", true))).toHaveLength(2);
  });

  it("is joined by no role: whoever reads records reads no certificate, and the other way round", async () => {
    await expect(reader`select * from access.access_record`).rejects.toThrow("permission denied");
    const id = await enterDisclosure("ito", "0 s", true);
    for (const role of ["ca_owner", "ca_app", "ca_operator", "ca_signer", "ca_auditor", "ca_responder"]) {
      const sql = sqlAs(place.postgres.url(role));
      await expect(sql`select * from access.disclose(${id}::uuid)`, role).rejects.toThrow("permission denied");
      if (role !== "ca_owner")
        await expect(sql`select * from ca.disclosed_certificates(${id}::uuid)`, role).rejects.toThrow(
          "permission denied",
        );
      await sql.end();
    }
    await expect(reader`select * from ca.disclosed_certificates(${id}::uuid)`).rejects.toThrow("permission denied");
    const owner = sqlAs(place.postgres.url("access_owner"));
    await expect(owner`select * from ca.disclosure`).rejects.toThrow("permission denied");
    await expect(owner`select * from ca.certificate`).rejects.toThrow("permission denied");
    await owner.end();
  });
});
