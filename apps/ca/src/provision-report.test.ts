/** Fees and the report on provision, from records that verifiers' uses left, by the operators' scripts. */
import { randomUUID } from "node:crypto";
import { type GivenByRight, parseProvisionReport, type VerifierRight } from "@mitome/ca";
import { PostgresAccessRecords } from "@mitome/db/status";
import { CHROMIUM, tableRowsOfPdf, textOfPdf } from "@mitome/testkit/papers";
import { sqlAs } from "@mitome/testkit/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOperatorPlace, type OperatorPlace } from "./operator-desk.fixture.ts";

let place: OperatorPlace;
const body = {
  ...{ name: "認証事務センター", address: "千葉市中央区一丁目１番", representative: "理事長" },
  ...{ from: "2024-04-01T00:00:00+09:00", until: null },
};
const fees = [
  { method: "ocsp", fromMonth: "2024-01", yenPerUse: 20 },
  { method: "crlByHttp", fromMonth: "2024-01", yenPerUse: 100 },
  { method: "revocationInformation", fromMonth: "2024-01", yenPerUse: 1_000 },
];

beforeAll(async () => {
  place = await makeOperatorPlace();
  for (const [id, name] of [
    ["court-1", "千葉裁判所"],
    ["tax-1", "県税事務所"],
  ])
    await place.owner`insert into ca.verifier (id, kind, registration)
      values (${id}, 'verifier', ${JSON.stringify({ id, name })})`;
  const authority = place.soft.definition.id;
  const records = new PostgresAccessRecords(place.postgres.url("ca_responder"));
  const record = (verifierId: string, at: string, given: GivenByRight[VerifierRight], whose = authority) => {
    const own = { authority: whose, generation: 1 };
    return records.lineOf(randomUUID(), { verifierId, confirmer: null, at: new Date(at), ...given, ...own });
  };
  const good = { serial: "4a", answer: "good" } as const;
  const serials = (count: number) => [good, ...Array.from({ length: count - 1 }, () => good)] as const;
  const lines = [
    // The first second of March in Japan, and the last of February.
    record("court-1", "2025-02-28T15:00:00Z", { method: "ocsp", answers: serials(3) }),
    record("court-1", "2025-02-28T14:59:59Z", { method: "ocsp", answers: serials(9) }),
    record("court-1", "2025-03-10T00:00:00Z", { method: "ocsp", answers: serials(2) }),
    record("court-1", "2025-03-10T00:00:01Z", {
      method: "crlByHttp",
      generation: 1,
      partition: "121002",
      crlNumber: "5",
    }),
    record("tax-1", "2025-03-10T00:00:02Z", {
      ...{ method: "revocationInformation", partition: "121002", through: 7, certificates: 6 },
    }),
    record("tax-1", "2025-03-10T00:00:03Z", { method: "ocsp", answers: serials(1) }, "chiba"),
  ];
  await records.store(Buffer.from(lines.join("")));
  await records.close();
});
afterAll(async () => await place?.stop());

describe("情報提供手数料 (千葉県運用規程 2-1-4(10))", () => {
  it("says which key of the configuration is missing", async () => {
    const { status, said } = await place.run("information-fees", "2025-03");
    expect([status, said]).toEqual([1, "the configuration has no accessDatabase\n"]);
    place.configure({ accessDatabase: place.postgres.url("access_reader"), feeTable: "fees.json" });
  });

  it("is refused where a use has no fee: nothing is free by omission", async () => {
    place.write("fees.json", JSON.stringify(fees.slice(0, 2)));
    const { status, said } = await place.run("information-fees", "2025-03");
    expect([status, said]).toEqual([1, "the fee table has no fee for revocationInformation in 2025-03\n"]);
  });

  it("is refused without a printer for its papers", async () => {
    place.write("fees.json", JSON.stringify(fees));
    const { status, said } = await place.run("information-fees", "2025-03");
    expect([status, said]).toEqual([1, "the configuration has no chromium, which prints papers\n"]);
    place.configure({ chromium: CHROMIUM });
  });

  it("[C-2-1-4.4] is every verifier's, by method, for a month in Japan and one authority", async () => {
    const { answer } = await place.run("information-fees", "2025-03");
    const papers = ["court-1", "tax-1"].map((verifier) => `information-fees-2025-03-${verifier}.pdf`);
    expect(answer).toEqual({ file: "information-fees-2025-03.csv", papers, verifiers: 2, yen: 1_200 });
    expect(String(place.read("information-fees-2025-03.csv")).split("\r\n")).toEqual([
      "\u{feff}提供先ID,提供先,提供年月,提供の方法,件数,単価（円）,金額（円）",
      "court-1,千葉裁判所,2025-03,OCSPレスポンダ照会方法,5,20,100",
      "court-1,千葉裁判所,2025-03,失効記録（CRL/ARL）提供方法（HTTP）,1,100,100",
      "tax-1,県税事務所,2025-03,失効情報の提供,1,1000,1000",
      "",
    ]);
  });

  it("[C-2-1-4.4] is on paper for each verifier, which sees nobody else's", () => {
    const paper = place.read("information-fees-2025-03-court-1.pdf");
    expect(tableRowsOfPdf(paper)).toEqual([
      ["提供を行った年月", "令和7年3月"],
      ["提供先ID", "court-1"],
      ["合計", "200 円"],
      ["提供の方法", "件数", "1件の手数料（円）", "金額（円）"],
      ["OCSPレスポンダ照会方法", "5", "20", "100"],
      ["失効記録（CRL/ARL）提供方法（HTTP）", "1", "100", "100"],
    ]);
    expect(textOfPdf(paper)).toMatch(/千葉裁判所\s*御中/);
    expect(textOfPdf(paper)).not.toContain("県税事務所");
    expect(textOfPdf(place.read("information-fees-2025-03-tax-1.pdf"))).toMatch(/1,000 円/);
  });

  it("waits for the month to be over", async () => {
    const month = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 7);
    for (const wrong of [month, "2999-01", "2025-13", "March"])
      expect([wrong, (await place.run("information-fees", wrong)).status]).toEqual([wrong, 1]);
  });
});

describe("失効情報等の提供状況報告書 (千葉県運用規程 4-5)", () => {
  it("[C-2-1-2.13] is the governor's own while no 指定認証機関 is in force", async () => {
    const { answer } = await place.run("provision-report", "2025-01", "2025-01");
    expect(answer).toMatchObject({ rows: 0, manuscript: "provision-report-2025-01-2025-01.txt" });
    const manuscript = String(place.read("provision-report-2025-01-2025-01.txt"));
    expect(manuscript).toContain("次のとおり公表します。");
    expect(manuscript).toMatch(/\n千葉県知事\n$/);
    expect(textOfPdf(place.read("provision-report-2025-01-2025-01.pdf"))).toContain("千葉県知事");
    place.configure({ designatedBodies: [body] });
  });

  it("[C-4-5.1] [C-2-1-2.13] has to whom, in which month, how many and by which method, and is published", async () => {
    const { answer } = await place.run("provision-report", "2025-02", "2025-03");
    expect(answer).toMatchObject({ rows: 4, page: "/provision-reports/2025-02-2025-03" });
    const responder = sqlAs(place.postgres.url("ca_responder"));
    const [row] = await responder<{ report: unknown; title: string; pdf: Buffer }>`
      select report, title, pdf from ca.published_report
      where id = '2025-02-2025-03' and authority = ${place.soft.definition.id}`;
    await responder.end();
    expect(row?.title).toBe("失効情報等の提供状況報告書（令和7年2月から令和7年3月まで）");
    const report = parseProvisionReport(row?.report);
    expect(report?.madeBy.name).toBe("認証事務センター");
    expect(report?.rows).toEqual([
      { recipient: "千葉裁判所", month: "2025-02", count: 9, method: "ocsp" },
      { recipient: "千葉裁判所", month: "2025-03", count: 5, method: "ocsp" },
      { recipient: "千葉裁判所", month: "2025-03", count: 1, method: "crlByHttp" },
      { recipient: "県税事務所", month: "2025-03", count: 1, method: "revocationInformation" },
    ]);
    const paper = place.read("provision-report-2025-02-2025-03.pdf");
    expect(row?.pdf.equals(paper)).toBe(true);
    expect(tableRowsOfPdf(paper)).toEqual([
      ["提供先", "提供を行った年月", "件数", "提供の方法"],
      ["千葉裁判所", "令和7年2月", "9", "OCSPレスポンダ照会方法"],
      ["千葉裁判所", "令和7年3月", "5", "OCSPレスポンダ照会方法"],
      ["千葉裁判所", "令和7年3月", "1", "失効記録（CRL/ARL）提供方法（HTTP）"],
      ["県税事務所", "令和7年3月", "1", "失効情報の提供"],
    ]);
  });

  it("[C-4-5.2] has a manuscript for 官報", async () => {
    const manuscript = String(place.read("provision-report-2025-02-2025-03.txt"));
    expect(manuscript).toContain("令和7年2月から令和7年3月まで");
    expect(manuscript).toContain("県税事務所　令和7年3月　1件　失効情報の提供");
    expect(manuscript).toContain("指定認証機関　認証事務センター　理事長");
  });

  it("is published once, for good, and in the audit trail; lost files are written again as they were", async () => {
    const names = ["txt", "pdf"].map((form) => `provision-report-2025-02-2025-03.${form}`);
    const first = names.map((name) => place.read(name));
    for (const name of names) place.write(name, "lost");
    place.configure({ designatedBodies: [] });
    const { answer } = await place.run("provision-report", "2025-02", "2025-03");
    expect(answer).toMatchObject({ published: "before", rows: 4 });
    expect(names.map((name) => place.read(name))).toEqual(first);
    for (const statement of ["delete from ca.published_report", "update ca.published_report set title = ''"])
      await expect(place.owner.run(statement)).rejects.toThrow("publishedForGood");
    const events = await place.owner<{ detail: object }>`select detail from ca.audit_event
      where kind = 'provisionReport.published' order by at`;
    expect(events).toEqual([
      { detail: { report: "2025-01-2025-01", rows: 0 } },
      { detail: { report: "2025-02-2025-03", rows: 4 } },
    ]);
  });
});
