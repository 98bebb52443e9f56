import { describe, expect, it } from "vitest";
import { issueFeeYen, notices, terms } from "./notices.ts";

const of = (list: typeof notices, clause: string) => list.filter((notice) => notice.clause.includes(clause));

describe("the notices at hand-over", () => {
  it("[C-4-3-2.1] say that key, card and password are to be kept strictly on the subscriber's own responsibility", () => {
    const [first] = of(notices, "4-3-2");
    for (const word of ["秘密鍵", "ICカード", "パスワード", "あなたの責任", "厳重"])
      expect(first?.body.ja).toContain(word);
  });

  it("[C-4-3-2.2] say that loss or theft is to be reported at the counter without delay and revocation applied for", () => {
    const [, second] = of(notices, "4-3-2");
    for (const word of ["なくし", "盗まれ", "すぐに", "窓口", "失効の申請"]) expect(second?.body.ja).toContain(word);
  });

  it("[C-2-1-3.9][C-1-3-1.9] explain the limits of use and the penalties of abuse", () => {
    const limits = of(notices, "1-3-2 ①")[0];
    for (const word of ["行政機関", "裁判所", "オンラインの申請・届出", "ほかの用途には使えません"])
      expect(limits?.body.ja).toContain(word);
    expect(of(notices, "2-1-3(9)").some(({ body }) => body.ja.includes("罰せられる"))).toBe(true);
  });

  it("[C-2-1-3.17] say where to get the client software", () => {
    const [software] = of(notices, "2-1-3(17)");
    expect(software?.body.ja).toContain("利用者クライアントソフト");
    expect(software?.body.ja).toContain("入手");
  });
});

describe("the terms before the key", () => {
  it.each([
    ["[C-2-1-5.1] true statements", "2-1-5(1)", ["正し", "申請書"]],
    ["[C-2-1-5.3] prompt revocation", "2-1-5(4)", ["すみやかに", "失効を申請"]],
    ["[C-2-1-5.4] no other use", "2-1-5(5)", ["ほかには使いません"]],
    ["[C-2-1-5.4] the fee", "2-1-5(6)", [`手数料${issueFeeYen}円`]],
    [
      "[C-6-2-2-2.1] no deposit of the key with others, and none taken",
      "6-2-2-2",
      ["あずけません", "あずかることはありません"],
    ],
  ])("bind the resident to %s", (_, clause, words) => {
    const [term] = of(terms, clause);
    for (const word of words) expect(term?.body.ja).toContain(word);
  });

  it("and the notices have an English text each and a clause of their own", () => {
    for (const { heading, body, clause } of [...terms, ...notices]) {
      expect(clause).toMatch(/^千葉県運用規程 \d/);
      expect(`${heading.en}${body.en}`).toMatch(/^[\x20-\x7e]+$/);
    }
  });
});
