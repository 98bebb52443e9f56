import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRecords } from "../register-changes/csv-records.ts";
import type { AccessMethod, AccessRecord } from "./access-record.ts";
import { csvTable } from "./csv-table.ts";
import { countUses, feeStatementsCsv, informationFees, parseFeeTable, type UseCount } from "./information-fees.ts";

const jst = (text: string) => new Date(`${text}+09:00`);
const ocsp = (verifierId: string, at: Date, serials = 1): AccessRecord => {
  const answers = Array.from({ length: serials - 1 }, () => ({ serial: "0b", answer: "revoked" }) as const);
  return { verifierId, confirmer: null, at, method: "ocsp", answers: [{ serial: "0a", answer: "good" }, ...answers] };
};
const list = (verifierId: string, at: Date, method: "crlByLdap" | "crlByHttp" = "crlByHttp"): AccessRecord => ({
  ...{ verifierId, confirmer: null, at, method, generation: 1, partition: "121002", crlNumber: "7" },
});

function table(entries: readonly { method: AccessMethod; fromMonth: string; yenPerUse: number }[]) {
  const parsed = parseFeeTable(entries);
  if (parsed.kind === "malformed") throw new Error(parsed.field);
  return parsed.table;
}

const fees = table([
  { method: "ocsp", fromMonth: "2026-04", yenPerUse: 20 },
  { method: "ocsp", fromMonth: "2026-10", yenPerUse: 18 },
  { method: "crlByHttp", fromMonth: "2026-04", yenPerUse: 1_000 },
  { method: "crlByLdap", fromMonth: "2026-04", yenPerUse: 0 },
]);

describe("what counts", () => {
  it("[C-2-1-4.4] each certificate asked about and each list fetched, by verifier, method and month in Japan", () => {
    const counts = countUses([
      list("court-1", jst("2026-10-05T10:00")),
      ocsp("court-1", jst("2026-11-01T00:00")),
      ocsp("court-1", jst("2026-10-31T23:59"), 3),
      ocsp("bank-1", jst("2026-10-01T00:00")),
      ocsp("court-1", jst("2026-10-01T00:00")),
    ]);
    expect(counts).toEqual([
      { verifierId: "bank-1", month: "2026-10", method: "ocsp", count: 1 },
      { verifierId: "court-1", month: "2026-10", method: "ocsp", count: 4 },
      { verifierId: "court-1", month: "2026-10", method: "crlByHttp", count: 1 },
      { verifierId: "court-1", month: "2026-11", method: "ocsp", count: 1 },
    ]);
  });
});

describe("情報提供手数料 (千葉県運用規程 2-1-4(10))", () => {
  const use = (month: string, method: AccessMethod, count: number): UseCount => ({
    ...{ verifierId: "court-1", month, method, count },
  });

  it("[C-2-1-4.4] is each month's count at the fee then in force", () => {
    const decided = informationFees(
      [use("2026-10", "ocsp", 50), use("2026-09", "ocsp", 7), use("2026-10", "crlByHttp", 2)],
      fees,
    );
    expect(decided).toEqual({
      kind: "statements",
      statements: [
        {
          ...{ verifierId: "court-1", month: "2026-09", totalYen: 140 },
          lines: [{ method: "ocsp", count: 7, yenPerUse: 20, yen: 140 }],
        },
        {
          ...{ verifierId: "court-1", month: "2026-10", totalYen: 2_900 },
          lines: [
            { method: "ocsp", count: 50, yenPerUse: 18, yen: 900 },
            { method: "crlByHttp", count: 2, yenPerUse: 1_000, yen: 2_000 },
          ],
        },
      ],
    });
  });

  it("refuses a use without a fee, instead of giving it away", () => {
    const refused = { kind: "refused", reason: "noFeeInForce" };
    expect(informationFees([use("2026-03", "ocsp", 1)], fees)).toEqual({
      ...refused,
      method: "ocsp",
      month: "2026-03",
    });
    const method = "revocationInformationFile";
    expect(informationFees([use("2026-10", method, 1)], fees)).toEqual({ ...refused, method, month: "2026-10" });
  });

  it("is the same sum however the records are grouped and ordered", () => {
    const record = fc
      .tuple(
        fc.constantFrom("a-1", "b-1"),
        fc.integer({ min: 4, max: 12 }),
        fc.constantFrom("ocsp", "crlByLdap", "crlByHttp"),
      )
      .map(([id, month, method]) => {
        const at = jst(`2026-${String(month).padStart(2, "0")}-15T12:00`);
        return method === "ocsp" ? ocsp(id, at, month) : list(id, at, method === "crlByLdap" ? method : "crlByHttp");
      });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), (records) => {
        const statements = (ordered: readonly AccessRecord[]) => informationFees(countUses(ordered), fees);
        const decided = statements(records);
        expect(statements([...records].reverse())).toEqual(decided);
        if (decided.kind === "refused") throw new Error(decided.reason);
        const sum = decided.statements.flatMap(({ lines }) => lines).reduce((total, { yen }) => total + yen, 0);
        const oneByOne = records.reduce((total, one) => {
          const single = statements([one]);
          return total + (single.kind === "statements" ? (single.statements[0]?.totalYen ?? 0) : Number.NaN);
        }, 0);
        expect(sum).toBe(oneByOne);
        expect(decided.statements.reduce((total, { totalYen }) => total + totalYen, 0)).toBe(sum);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it.each([
    ["half a yen", [{ method: "ocsp", fromMonth: "2026-04", yenPerUse: 0.5 }], "0.yenPerUse"],
    ["a month that is none", [{ method: "ocsp", fromMonth: "2026-13", yenPerUse: 5 }], "0.fromMonth"],
    ["an unknown method", [{ method: "telephone", fromMonth: "2026-04", yenPerUse: 5 }], "0.method"],
    [
      "two fees from one month",
      [
        { method: "ocsp", fromMonth: "2026-04", yenPerUse: 5 },
        { method: "ocsp", fromMonth: "2026-04", yenPerUse: 6 },
      ],
      "1",
    ],
  ])("has no table with %s", (_what, entries, field) => {
    expect(parseFeeTable(entries)).toEqual({ kind: "malformed", field });
  });
});

describe("the statements as CSV", () => {
  it("has a row a verifier, month and method", () => {
    const statements = informationFees(countUses([ocsp("court-1", jst("2026-10-05T10:00"), 2)]), fees);
    if (statements.kind === "refused") throw new Error(statements.reason);
    expect(feeStatementsCsv(statements.statements, new Map([["court-1", "裁判所, 本庁"]]))).toBe(
      "\u{feff}提供先ID,提供先,提供年月,提供の方法,件数,単価（円）,金額（円）\r\n" +
        'court-1,"裁判所, 本庁",2026-10,OCSPレスポンダ照会方法,2,18,36\r\n',
    );
  });

  it.each(["=1+1", "+81", "-2", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "＝１", "＋１", "－１", "＠x"])(
    "holds %j as text and not as a formula",
    (name) => {
      const [, row = ""] = csvTable(["name"], [[name]]).split(/\r\n(.*)/s);
      expect(row).toMatch(/^"?'/);
    },
  );

  it("doubles quotes, and says any text so that it can be read again", () => {
    const text = fc.string({ unit: fc.constantFrom("a", '"', ",", "\r", "\n", "氏", "𠮷"), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (cells) => {
        expect([...csvRecords(csvTable(["h"], [cells]))].map((record) => record.cells)).toEqual([["h"], cells]);
      }),
      { seed: 8, numRuns: 500 },
    );
  });
});
