import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  chibaAuthority,
  chibaPracticeAuthority,
  type InCharge,
  type LetterCause,
  noticeLetter,
  type ProvisionReport,
  provisionReport,
  type UseCount,
} from "@mitome/ca";
import { openPrinter, type Printer } from "@mitome/paper/printer";
import { CHROMIUM, factsOfPdf, fontsOfPdf, smallestTypeOfPdf, tableRowsOfPdf, textOfPdf } from "@mitome/testkit/papers";
import { testSerial } from "@mitome/testkit/soft-authority";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { feeStatementPaper } from "./fee-statement-paper.ts";
import { noticeLetterPaper } from "./notice-letter-paper.ts";
import { practiceMark } from "./practice-mark.ts";
import { provisionReportPaper } from "./provision-report-paper.ts";

const jst = (text: string) => new Date(`${text}+09:00`);
const real = practiceMark(chibaAuthority);
const governor: InCharge = { kind: "governor", name: "千葉県知事" };
const body: InCharge = {
  ...{ kind: "designatedBody", name: "認証事務センター", address: "千葉市中央区一丁目１番", representative: "理事長" },
  ...{ from: jst("2026-04-01T00:00"), until: null },
};

let directory: string;
let printer: Printer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "papers-"));
  printer = await openPrinter({ chromium: CHROMIUM, temporaryDirectory: directory });
});
afterAll(async () => {
  await printer?.close();
  rmSync(directory, { recursive: true, force: true });
});

function letterPage(cause: LetterCause, mark = real): string {
  const subject = {
    ...{ cause, serial: testSerial(1), notBefore: jst("2026-04-01T10:00"), revokedAt: jst("2026-11-22T00:10") },
    person: { name: "渡邉　花子<b>", address: "千葉県千葉市中央区市場町１－１　千葉ハイツ五〇六号室" },
    ...{ counter: "千葉市", sender: "千葉県知事" },
    contact: ["千葉県　総務部情報システム課", "平日　午前９時から午後５時まで", "電話　０４３－０００－００００"],
  };
  return noticeLetterPaper(noticeLetter(subject, jst("2026-11-24T09:00")), mark);
}

function reportOf(counts: readonly UseCount[], madeBy = body): ProvisionReport {
  const names = new Map(counts.map(({ verifierId }) => [verifierId, `${verifierId} 裁判所`]));
  const period = { from: "2026-04", to: "2026-09" };
  const made = provisionReport({ counts, names, period, madeBy, madeAt: jst("2026-10-01T00:00") });
  if (made.kind === "refused") throw new Error(made.reason);
  return made;
}

function feePage(madeBy: InCharge = governor): string {
  const lines = [
    { method: "ocsp", count: 1_204, yenPerUse: 20, yen: 24_080 },
    { method: "crlByHttp", count: 31, yenPerUse: 1_000, yen: 31_000 },
  ] as const;
  const statement = { verifierId: "court-1", month: "2026-09", lines, totalYen: 55_080 };
  return feeStatementPaper({ statement, verifier: "千葉裁判所", madeBy, madeAt: jst("2026-10-01T00:00") }, real);
}

const plain = (text: string) => text.normalize("NFKC").replaceAll(/\s+/g, "");
const saidBy = (pdf: Uint8Array) => plain(textOfPdf(pdf));

describe("every paper", () => {
  it.each([
    ["letter", "電子証明書の失効のお知らせ", () => letterPage("recordWrong")],
    ["report", "失効情報等の提供状況報告書", () => provisionReportPaper(reportOf([]), real)],
    ["statement", "情報提供手数料 明細書", () => feePage()],
  ])("is one tagged A4 with title, its fonts embedded, and the same each time: %s", async (_what, title, page) => {
    const pdf = await printer.print(page());
    const facts = { Title: title, Tagged: "yes", Pages: "1", "Page size": expect.stringContaining("A4") };
    expect(factsOfPdf(pdf)).toMatchObject(facts);
    for (const font of fontsOfPdf(pdf))
      expect(font).toMatchObject({ name: expect.stringMatching(/NotoSansJP/), embedded: true });
    expect(Buffer.from(await printer.print(page())).equals(pdf)).toBe(true);
  });

  it("of a practice authority says that it is none", async () => {
    const mark = practiceMark(chibaPracticeAuthority);
    expect(saidBy(await printer.print(letterPage("doubleIssue", mark)))).toContain("練習用");
    expect(saidBy(await printer.print(letterPage("doubleIssue")))).not.toContain("練習用");
  });
});

describe("letters to people whose certificate was revoked without their asking", () => {
  it.each(["recordWrong", "doubleIssue"] as const)(
    "say what happened, why, what to do and whom to ask, in this order and no type under 12 points: %s",
    async (cause) => {
      const pdf = await printer.print(letterPage(cause));
      const said = saidBy(pdf);
      const parts = ["様", "何があったか", "なぜか", "千葉県運用規程", "これからしていただくこと", "お問い合わせ"];
      const places = parts.map((part) => said.indexOf(part));
      expect(places).toEqual(places.toSorted((one, other) => one - other));
      expect(places).not.toContain(-1);
      for (const part of ["渡邉花子<b>様", "令和8年11月24日", "千葉県知事", "043-000-0000"])
        expect(said).toContain(plain(part));
      expect(tableRowsOfPdf(pdf)).toEqual([
        ["シリアル番号", "43F4 2264 ED45 A6F1 772A A06F D7F5 446D 620C 59CA"],
        ["発行した日", "令和8年4月1日"],
        ["失効した日", "令和8年11月22日"],
      ]);
      expect(smallestTypeOfPdf(pdf)).toBeGreaterThanOrEqual(12);
    },
  );

  it("after a wrong record name the counter and the rule; after a double issue say that the older one goes on", async () => {
    const wrong = saidBy(await printer.print(letterPage("recordWrong")));
    for (const part of ["4-4-1-1", "千葉市の窓口で新しく申請してください"]) expect(wrong).toContain(part);
    const double = saidBy(await printer.print(letterPage("doubleIssue")));
    for (const part of ["4-2-3", "先に発行された電子証明書は、そのまま使えます"]) expect(double).toContain(part);
    expect(double).not.toContain("申請");
  });
});

describe("失効情報等の提供状況報告書 (千葉県運用規程 4-5)", () => {
  it("[C-4-5.1] has the four items and no other", async () => {
    const counts = [
      { verifierId: "court-1", month: "2026-04", method: "ocsp", count: 1_204 },
      { verifierId: "tax-1", month: "2026-09", method: "revocationInformationFile", count: 2 },
    ] as const;
    const pdf = await printer.print(provisionReportPaper(reportOf(counts), real));
    expect(tableRowsOfPdf(pdf)).toEqual([
      ["提供先", "提供を行った年月", "件数", "提供の方法"],
      ["court-1 裁判所", "令和8年4月", "1,204", "OCSPレスポンダ照会方法"],
      ["tax-1 裁判所", "令和8年9月", "2", "失効情報ファイルの提供"],
    ]);
    const [before = "", after = ""] = saidBy(pdf).split(/提供先.*失効情報ファイルの提供/);
    expect(before).toBe(
      "失効情報等の提供状況報告書令和8年4月から令和8年9月までの失効情報及び失効情報ファイルの提供状況を、次のとおり報告します。",
    );
    expect(after).toBe("令和8年10月1日千葉市中央区一丁目1番指定認証機関認証事務センター理事長1/1");
  });

  it("[C-2-1-2.13] is the governor's own while no 指定認証機関 is in force", async () => {
    const said = saidBy(await printer.print(provisionReportPaper(reportOf([], governor), real)));
    expect(said).toContain("提供の実績はありません。令和8年10月1日千葉県知事");
    expect(said).not.toContain("指定認証機関");
  });

  it("says on each of many sheets what its columns are", async () => {
    const counts = Array.from({ length: 120 }, (_, n): UseCount => {
      return { verifierId: `court-${1_000 + n}`, month: "2026-04", method: "crlByHttp", count: n + 1 };
    });
    const pdf = await printer.print(provisionReportPaper(reportOf(counts), real));
    const sheets = Number(factsOfPdf(pdf).Pages);
    expect(sheets).toBeGreaterThan(2);
    expect(textOfPdf(pdf).match(/提供を行った年月/g)).toHaveLength(sheets);
    expect(saidBy(pdf)).toContain(`${sheets}/${sheets}`);
    expect(tableRowsOfPdf(pdf).filter(([recipient]) => recipient?.startsWith("court-"))).toHaveLength(120);
  });
});

describe("情報提供手数料 (千葉県運用規程 2-1-4(10), 2-5)", () => {
  it("[C-2-1-4.4] says to whom, for which month, by which method how often at which fee, and the sum", async () => {
    const pdf = await printer.print(feePage(body));
    expect(tableRowsOfPdf(pdf)).toEqual([
      ["提供を行った年月", "令和8年9月"],
      ["提供先ID", "court-1"],
      ["合計", "55,080 円"],
      ["提供の方法", "件数", "1件の手数料（円）", "金額（円）"],
      ["OCSPレスポンダ照会方法", "1,204", "20", "24,080"],
      ["失効記録（CRL/ARL）提供方法（HTTP）", "31", "1,000", "31,000"],
    ]);
    expect(saidBy(pdf)).toContain("千葉裁判所御中");
    expect(saidBy(pdf)).toContain("指定認証機関認証事務センター理事長");
    expect(saidBy(await printer.print(feePage()))).toContain("千葉県知事");
  });
});
