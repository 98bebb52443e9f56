import { testSerial } from "@mitome/testkit/soft-authority";
import { describe, expect, it } from "vitest";
import { revocationCauses } from "../revocation/revocation-reason.ts";
import { needsLetter, noticeLetter } from "./notice-letter.ts";
import { notifyDesignatedBody } from "./notify-designated-body.ts";

const at = (text: string) => new Date(`${text}+09:00`);
const serial = testSerial(1);

describe("letters to people whose certificate was revoked without their asking", () => {
  const subject = {
    serial,
    notBefore: at("2026-04-01T10:00"),
    revokedAt: at("2026-11-22T00:10"),
    person: { name: "山田　花子", address: "千葉県千葉市中央区市場町１－１" },
    counter: "千葉市",
    sender: "千葉県知事",
    contact: ["千葉県総務部情報システム課", "043-000-0000"],
  };

  it("go out for a wrong record and for a double issue, and for nothing else", () => {
    expect(revocationCauses.filter(needsLetter)).toEqual(["recordWrong", "doubleIssue"]);
  });

  it("say what happened, why and by which rule, which certificate, what to do and whom to ask", () => {
    const letter = noticeLetter({ ...subject, cause: "recordWrong" }, at("2026-11-24T09:00"));
    expect(letter).toMatchObject({
      clause: "千葉県運用規程 2-1-2(9)、4-4-1-1",
      date: "令和8年11月24日",
      addressee: { name: "山田　花子　様", address: "千葉県千葉市中央区市場町１－１" },
      sender: "千葉県知事",
      contact: ["千葉県総務部情報システム課", "043-000-0000"],
    });
    expect(letter.facts.map(({ value }) => value)).toEqual([
      ...["43F4 2264 ED45 A6F1 772A A06F D7F5 446D 620C 59CA", "令和8年4月1日", "令和8年11月22日"],
    ]);
    expect(letter.happened.join("")).toContain("もう使えません");
    expect(letter.why.join("")).toContain("住民票に書かれている内容とちがっている");
    expect(letter.next.join("")).toContain("千葉市の窓口で新しく申請してください。");
  });

  it("千葉県運用規程 4-2-3: say after a double issue that the older certificate goes on", () => {
    const letter = noticeLetter({ ...subject, cause: "doubleIssue" }, at("2026-11-24T09:00"));
    expect(letter.clause).toBe("千葉県運用規程 4-2-3、4-4-1-1");
    expect(letter.next).toEqual(["先に発行された電子証明書は、そのまま使えます。", "何もしなくてかまいません。"]);
  });
});

describe("千葉県運用規程 2-1-2(25): the 指定認証機関 is told", () => {
  const body = { name: "認証事務センター", address: "千葉市", representative: "理事長", until: null };
  const to = { ...body, from: at("2026-04-01T00:00") };
  const accepted = {
    change: { feed: "juki-121002", sequence: 7, kind: "movedOut" },
    revocations: [{ serial, cause: "movedOut", requester: "register", reason: "affiliationChanged" }],
    recordedAt: at("2026-11-22T00:10"),
  } as const;

  it("[C-2-1-2.25] which certificates, for which fact and when, without saying who it is", () => {
    expect(notifyDesignatedBody({ ...accepted, bodies: [to] })).toEqual({
      ...{ kind: "notification", to, feed: "juki-121002", sequence: 7, fact: "転出" },
      ...{ serials: [serial], recordedAt: accepted.recordedAt },
    });
  });

  it("if there was one when the change was recorded", () => {
    const later = { ...body, from: at("2026-11-22T00:11") };
    expect(notifyDesignatedBody({ ...accepted, bodies: [later] })).toEqual({ kind: "nobodyDesignated" });
  });
});
