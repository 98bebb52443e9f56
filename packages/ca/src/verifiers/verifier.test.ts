import { describe, expect, it } from "vitest";
import { agreementTerms, dutiesIn } from "./agreement-terms.ts";
import { demandState, type ReportDemand } from "./report-demand.ts";
import { parseVerifier, verifierClasses, verifierKinds } from "./verifier.ts";

const right = {
  id: "chiba-tax-office",
  kind: "verifier",
  class: "administrativeOrgan",
  name: "千葉県税事務所",
  address: "千葉市中央区市場町１－１",
  contacts: [{ department: "電算係", person: "係長", telephone: "043-000-0000", email: "desk@example.jp" }],
};

describe("千葉県運用規程 1-3-1(9)(11)(12): who may be a verifier", () => {
  it("[C-1-3-1.13] has six classes of 署名検証者", () => {
    const clauses = verifierClasses.filter(({ kind }) => kind === "verifier").map(({ clause }) => clause);
    expect(clauses).toEqual([..."①②③④⑤⑥"].map((number) => `1-3-1(9)${number}`));
  });

  it("[C-1-3-1.16] has two classes of 団体署名検証者", () => {
    const clauses = verifierClasses.filter(({ kind }) => kind === "groupVerifier").map(({ clause }) => clause);
    expect(clauses).toEqual(["1-3-1(11)①", "1-3-1(11)②"]);
  });

  it("[C-1-3-1.18] knows exactly these two kinds: a 署名確認者 is registered as neither", () => {
    expect(Object.values(verifierKinds).map(({ ja }) => ja)).toEqual(["署名検証者", "団体署名検証者"]);
    expect(parseVerifier({ ...right, kind: "confirmer" })).toEqual({ kind: "malformed", field: "kind" });
  });

  it("reads a registration", () => {
    expect(parseVerifier(right)).toEqual({ kind: "verifier", verifier: right });
    const group = { ...right, kind: "groupVerifier", class: "agentsBody" };
    expect(parseVerifier(group)).toEqual({ kind: "verifier", verifier: group });
  });

  it.each([
    ["a class of the other kind", { ...right, class: "agentsBody" }, "class"],
    ["a class that is none", { ...right, class: "company" }, "class"],
    ["an unknown field", { ...right, password: "x" }, "password"],
    ["an unknown field with a strange name", { ...right, "山田 花子": "x" }, "(unknown field)"],
    ["an id that is no name of an entry", { ...right, id: "cn=admin,dc=x" }, "id"],
    ["no contact", { ...right, contacts: [] }, "contacts"],
    ["a name of two lines", { ...right, name: "千葉\n県" }, "name"],
    ["spaces around a name", { ...right, name: "千葉県　" }, "name"],
    [
      "a contact without a telephone",
      { ...right, contacts: [{ ...right.contacts[0], telephone: "" }] },
      "contacts.0.telephone",
    ],
    ["nothing", undefined, "payload"],
  ])("refuses %s, and names the field", (_what, value, field) => {
    expect(parseVerifier(value)).toEqual({ kind: "malformed", field });
  });
});

describe("千葉県運用規程 2-1-6, 2-1-7, 2-1-8, 4-4-11: what the agreement binds to", () => {
  /** What each duty must say, whatever its words. */
  const ofAll = {
    agreement: /取決めを知事と結び/,
    reports: /総務大臣又は知事から.*報告を求められたら.*答え/,
    secrecy: /漏らさず、確認の目的だけに使い/,
    security: /安全に管理し/,
    fee: /情報提供手数料を.*納め/,
    lists: /千葉県知事が発行した失効記録（CRL\/ARL）.*確かめ/,
  };
  const duties = (kind: "verifier" | "groupVerifier") =>
    (dutiesIn(agreementTerms.at(-1)?.version ?? "", kind) ?? []).map(({ clause, ja }) => [clause, ja]);
  const says = (section: string, ...items: readonly RegExp[]) =>
    items.map((item, index) => [`${section}(${index + 1})`, expect.stringMatching(item)]);
  const { agreement, reports, secrecy, security, fee, lists } = ofAll;

  it("[C-1-3-2.1] [C-2-1-6.3] [C-2-1-6.5] [C-2-1-6.6] [C-4-4-11.1] a 署名検証者: every item of 2-1-6, and the check of 4-4-11", () => {
    const own = [/電子署名を.*検証し/, /千葉県知事の発行したもので、失効していないこと/, /本人を確かめるためだけ/];
    expect(duties("verifier")).toEqual([
      ...says("2-1-6", ...own, agreement, reports, secrecy, security, fee),
      ["4-4-11", expect.stringMatching(lists)],
    ]);
  });

  it("[C-1-3-2.1] [C-2-1-7.1] [C-2-1-8.1] a 団体署名検証者: every item of 2-1-7, and of 2-1-8 for its 署名確認者", () => {
    const own = [/失効していないこと/, /署名確認者から届いた署名の本人を確かめるためだけ/];
    const confirmers = [
      ...[/電子署名を.*検証し/, /発行者が知事であることと、失効していないこと/, /本人を確かめるためだけ/],
      ...[/回答を外に漏らさず、確認の目的だけに使い/, /回答を安全に管理し/],
    ];
    expect(duties("groupVerifier")).toEqual([
      ...says("2-1-7", ...own, agreement, reports, secrecy, security, fee),
      ["4-4-11", expect.stringMatching(lists)],
      ...says("2-1-8", ...confirmers),
    ]);
  });

  it("has no two duties under one id, and no terms of an unknown version", () => {
    for (const { duties } of agreementTerms) {
      expect(new Set(duties.map(({ id }) => id)).size).toBe(duties.length);
      expect(duties.every(({ ja }) => ja.endsWith("。"))).toBe(true);
    }
    expect(dutiesIn("1999-1", "verifier")).toBeUndefined();
  });
});

describe("千葉県運用規程 2-1-2(33), 2-1-6(5): reports on demand", () => {
  const at = (day: number) => new Date(Date.UTC(2026, 10, day));
  const demand: ReportDemand = {
    id: "1",
    verifierId: "chiba-tax-office",
    demandedBy: "minister",
    demandedAt: at(1),
    subject: "失効情報の管理の状況",
    dueAt: at(15),
    answeredAt: null,
  };

  it.each([
    ["open until it is due", null, 15, "open"],
    ["overdue after that", null, 16, "overdue"],
    ["answered", at(15), 20, "answered"],
    ["answered late, for ever", at(16), 20, "answeredLate"],
    ["open at a time before its answer", at(10), 9, "open"],
  ])("[C-2-1-6.5] a demand is %s", (_what, answeredAt, today, state) => {
    expect(demandState({ ...demand, answeredAt }, at(today))).toBe(state);
  });
});
