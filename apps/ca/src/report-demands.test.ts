/** Reports on their work that verifiers are asked for, by the operators' scripts. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOperatorPlace, type OperatorPlace } from "./operator-desk.fixture.ts";

let place: OperatorPlace;
const subject = "失効情報の安全確保の状況";

beforeAll(async () => {
  place = await makeOperatorPlace();
  await place.owner`insert into ca.verifier (id, kind, registration) values ('court-1', 'verifier', '{}')`;
});
afterAll(async () => await place?.stop());

const demands = async (answered = "-") => (await place.run("report-demands", answered)).answer;

describe("報告の要求 (千葉県運用規程 2-1-2(33), 2-1-6(5))", () => {
  it("[C-2-1-2.29] is recorded with its day, stands open until it is answered, and is in the audit trail", async () => {
    const { answer } = await place.run("demand-report", "court-1", "governor", "2999-03-31", subject);
    expect(answer).toEqual({ demand: expect.any(String), due: "2999-03-31T14:59:59.000Z" });
    expect(await demands()).toMatchObject([
      { id: answer.demand, verifierId: "court-1", demandedBy: "governor", subject, answeredAt: null, state: "open" },
    ]);
    expect(await demands(String(answer.demand))).toMatchObject([{ id: answer.demand, state: "answered" }]);
    const events = await place.owner<{ kind: string; detail: object }>`select kind, detail from ca.audit_event
      where kind like 'report.%' order by at`;
    expect(events).toEqual([
      { kind: "report.demanded", detail: { demand: answer.demand, verifier: "court-1", by: "governor" } },
      { kind: "report.answered", detail: { demand: answer.demand } },
    ]);
  });

  it("[C-2-1-2.29] shows what is overdue, and stays late once it was", async () => {
    const { answer } = await place.run("demand-report", "court-1", "minister", "2999-03-31", subject);
    await place.owner`update ca.report_demand set demanded_at = now() - interval '9 days',
      due_at = now() - interval '1 day' where id = ${answer.demand}::uuid`;
    expect(await demands()).toMatchObject([{ id: answer.demand, state: "overdue" }, { state: "answered" }]);
    expect(await demands(String(answer.demand))).toMatchObject([{ state: "answeredLate" }, { state: "answered" }]);
  });

  it("is refused for nobody, by nobody, for a day that has passed, and is answered once", async () => {
    for (const values of [
      ["court-2", "governor", "2999-03-31", subject],
      ["court-1", "mayor", "2999-03-31", subject],
      ["court-1", "governor", "2020-03-31", subject],
      ["court-1", "governor", "2999-03-31", ""],
    ])
      expect([values, (await place.run("demand-report", ...values)).status]).toEqual([values, 1]);
    const [first] = await place.owner<{ id: string }>`select id from ca.report_demand limit 1`;
    for (const id of [first?.id ?? "", "x"])
      expect([id, (await place.run("report-demands", id)).status]).toEqual([id, 1]);
  });
});
