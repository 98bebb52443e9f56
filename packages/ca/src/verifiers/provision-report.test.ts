import { describe, expect, it } from "vitest";
import { chibaAuthority } from "../authorities/chiba.ts";
import { designatedBodyAt, inChargeAt } from "../designated-body.ts";
import type { UseCount } from "./information-fees.ts";
import { gazetteManuscript, parseProvisionReport, provisionReport, publicUntil } from "./provision-report.ts";

const jst = (text: string) => new Date(`${text}+09:00`);
const body = {
  ...{ name: "認証事務センター", address: "千葉市中央区一丁目１番", representative: "理事長" },
  ...{ from: jst("2026-04-01T00:00"), until: null },
};
const madeBy = { kind: "designatedBody", ...body } as const;
const names = new Map([
  ["court-1", "千葉裁判所"],
  ["tax-1", "県税事務所"],
]);
const counts: readonly UseCount[] = [
  { verifierId: "court-1", month: "2026-03", method: "ocsp", count: 9 },
  { verifierId: "court-1", month: "2026-04", method: "ocsp", count: 1_204 },
  { verifierId: "court-1", month: "2026-05", method: "crlByLdap", count: 0 },
  { verifierId: "tax-1", month: "2026-09", method: "revocationInformationFile", count: 2 },
  { verifierId: "tax-1", month: "2026-10", method: "ocsp", count: 3 },
];
const period = { from: "2026-04", to: "2026-09" };

function report(changes: Partial<Parameters<typeof provisionReport>[0]> = {}) {
  return provisionReport({ counts, names, period, madeBy, madeAt: jst("2026-10-01T00:00"), ...changes });
}

describe("失効情報等の提供状況報告書 (千葉県運用規程 4-5)", () => {
  it("[C-4-5.1] says to whom, in which month, how many and by which method, and nothing else", () => {
    const made = report();
    if (made.kind === "refused") throw new Error(made.reason);
    expect(made.rows).toEqual([
      { recipient: "千葉裁判所", month: "2026-04", count: 1_204, method: "ocsp" },
      { recipient: "県税事務所", month: "2026-09", count: 2, method: "revocationInformationFile" },
    ]);
  });

  it("is made when its period is over", () => {
    expect(report({ madeAt: jst("2026-09-30T23:59") })).toEqual({ kind: "refused", reason: "periodNotOver" });
    expect(report({ period: { from: "2026-09", to: "2026-04" } })).toEqual({ kind: "refused", reason: "periodEmpty" });
  });

  it("names every recipient", () => {
    expect(() => report({ names: new Map() })).toThrow(RangeError);
  });

  it("[C-4-5.2] gives 官報 its manuscript, in the name of the 指定認証機関", () => {
    const made = report();
    if (made.kind === "refused") throw new Error(made.reason);
    expect(gazetteManuscript(made)).toBe(
      [
        "失効情報等の提供状況報告書",
        "",
        "令和8年4月から令和8年9月までの失効情報及び失効情報ファイルの提供状況を、次のとおり公告します。",
        "",
        "提供先　提供を行った年月　件数　提供の方法",
        "千葉裁判所　令和8年4月　1,204件　OCSPレスポンダ照会方法",
        "県税事務所　令和8年9月　2件　失効情報ファイルの提供",
        "",
        "令和8年10月1日",
        "千葉市中央区一丁目１番",
        "指定認証機関　認証事務センター　理事長",
        "",
      ].join("\n"),
    );
    const none = report({ counts: [] });
    if (none.kind === "refused") throw new Error(none.reason);
    expect(gazetteManuscript(none)).toContain("（提供の実績はありません）");
  });

  it("[C-2-1-2.13] is the governor's own while no 指定認証機関 is in force", () => {
    const governor = inChargeAt([], chibaAuthority, jst("2026-10-01T00:00"));
    const made = report({ madeBy: governor });
    if (made.kind === "refused") throw new Error(made.reason);
    expect(parseProvisionReport(JSON.parse(JSON.stringify(made)))).toEqual(made);
    const lines = gazetteManuscript(made).split("\n");
    expect(lines[2]).toContain("次のとおり公表します。");
    expect(lines.slice(-3)).toEqual(["令和8年10月1日", "千葉県知事", ""]);
  });

  it.each([
    ["an ordinary day", "2026-11-22T10:00:00", "2031-11-22T23:59:59"],
    ["midnight in Japan", "2026-11-22T00:00:00", "2031-11-22T23:59:59"],
    ["29 February", "2028-02-29T10:00:00", "2033-02-28T23:59:59"],
    [
      "28 February of a leap year: the next day has no fellow five years on",
      "2028-02-28T10:00:00",
      "2033-02-28T23:59:59",
    ],
    ["the last day of a year", "2026-12-31T23:00:00", "2031-12-31T23:59:59"],
  ])("[C-4-5.2] stays open to everybody for five whole years after %s", (_what, published, last) => {
    expect(publicUntil(jst(published))).toEqual(jst(last));
  });
});

describe("千葉県運用規程 2-1-2(24)(28): the 指定認証機関 in force", () => {
  const until = jst("2027-04-01T00:00");
  const next = { ...body, name: "次の機関", from: until };

  it("is the one whose delegation runs", () => {
    const bodies = [{ ...body, until }, next];
    expect(designatedBodyAt(bodies, new Date(until.getTime() - 1))?.name).toBe("認証事務センター");
    expect(designatedBodyAt(bodies, until)?.name).toBe("次の機関");
    expect(designatedBodyAt(bodies, jst("2026-03-31T23:59"))).toBeUndefined();
    expect(designatedBodyAt([{ ...body, until }], until)).toBeUndefined();
  });

  it("2-1-2(31): gives the work back to the governor where there is none", () => {
    const bodies = [{ ...body, until }];
    const before = inChargeAt(bodies, chibaAuthority, new Date(until.getTime() - 1));
    expect(before).toEqual({ kind: "designatedBody", ...bodies[0] });
    expect(inChargeAt(bodies, chibaAuthority, until)).toEqual({ kind: "governor", name: "千葉県知事" });
  });
});
