/** 情報提供手数料: what verifiers pay for what they were given (千葉県運用規程 2-1-4(10), 2-1-6(8), 2-1-7(7), 2-5). */
import { z } from "zod";
import { isMonth, japaneseMonth } from "../japanese-calendar.ts";
import { wrongField } from "../wrong-field.ts";
import { type AccessMethod, type AccessRecord, accessMethods, usesIn } from "./access-record.ts";
import { csvTable } from "./csv-table.ts";

/** How often one verifier was given something one way in one month of Japan, `YYYY-MM`. */
export interface UseCount {
  readonly verifierId: string;
  readonly month: string;
  readonly method: AccessMethod;
  readonly count: number;
}

/** Counts records; in the order of verifier, month and method. */
export function countUses(records: Iterable<AccessRecord>): readonly UseCount[] {
  const counts = new Map<string, UseCount>();
  for (const record of records) {
    const { verifierId, method } = record;
    const month = japaneseMonth(record.at);
    const key = `${verifierId} ${month} ${method}`;
    const count = (counts.get(key)?.count ?? 0) + usesIn(record);
    counts.set(key, { verifierId, month, method, count });
  }
  return [...counts.values()].sort(inOrder);
}

const methods = Object.keys(accessMethods);

function inOrder(one: UseCount, other: UseCount): number {
  return (
    compare(one.verifierId, other.verifierId) ||
    compare(one.month, other.month) ||
    methods.indexOf(one.method) - methods.indexOf(other.method)
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

const feeTableSchema = z
  .array(
    z.strictObject({
      method: z.enum(Object.keys(accessMethods) as [AccessMethod, ...AccessMethod[]]),
      fromMonth: z.string().refine(isMonth, "YYYY-MM"),
      yenPerUse: z.int().min(0).max(1_000_000),
    }),
  )
  .superRefine((entries, context) => {
    const seen = new Set<string>();
    for (const [index, { method, fromMonth }] of entries.entries()) {
      const key = `${method} ${fromMonth}`;
      if (seen.has(key)) context.addIssue({ code: "custom", path: [index], message: "two fees from one month" });
      seen.add(key);
    }
  });

/** Fees in whole yen a use, each from the first day of a month in Japan until the next one for its method. */
export type FeeTable = Readonly<z.output<typeof feeTableSchema>>;

/** Reads a fee table from configuration; the first wrong field is named. */
export function parseFeeTable(
  value: unknown,
): { readonly kind: "table"; readonly table: FeeTable } | { readonly kind: "malformed"; readonly field: string } {
  const parsed = feeTableSchema.safeParse(value);
  return parsed.success
    ? { kind: "table", table: parsed.data }
    : { kind: "malformed", field: wrongField(parsed.error) };
}

/** What one verifier owes for one month. */
export interface FeeStatement {
  readonly verifierId: string;
  readonly month: string;
  readonly lines: readonly {
    readonly method: AccessMethod;
    readonly count: number;
    readonly yenPerUse: number;
    readonly yen: number;
  }[];
  readonly totalYen: number;
}

/** Statements in the order of verifier and month; refused when a use has no fee in force: nothing is free by omission. */
export function informationFees(
  counts: readonly UseCount[],
  table: FeeTable,
):
  | { readonly kind: "statements"; readonly statements: readonly FeeStatement[] }
  | {
      readonly kind: "refused";
      readonly reason: "noFeeInForce";
      readonly method: AccessMethod;
      readonly month: string;
    } {
  const statements = new Map<string, FeeStatement>();
  for (const { verifierId, month, method, count } of [...counts].sort(inOrder)) {
    const yenPerUse = feeInForce(table, method, month);
    if (yenPerUse === undefined) return { kind: "refused", reason: "noFeeInForce", method, month };
    const yen = wholeYen(count * yenPerUse);
    const { lines, totalYen } = statements.get(`${verifierId} ${month}`) ?? { lines: [], totalYen: 0 };
    statements.set(`${verifierId} ${month}`, {
      ...{ verifierId, month, lines: [...lines, { method, count, yenPerUse, yen }] },
      totalYen: wholeYen(totalYen + yen),
    });
  }
  return { kind: "statements", statements: [...statements.values()] };
}

function feeInForce(table: FeeTable, method: AccessMethod, month: string): number | undefined {
  const entries = table.filter((entry) => entry.method === method && entry.fromMonth <= month);
  return entries.reduce<FeeTable[number] | undefined>(
    (newest, entry) => (newest === undefined || entry.fromMonth > newest.fromMonth ? entry : newest),
    undefined,
  )?.yenPerUse;
}

function wholeYen(yen: number): number {
  if (!Number.isSafeInteger(yen)) throw new RangeError("an amount that is no whole number of yen");
  return yen;
}

/** The statements as CSV text, one row a verifier, month and method. `names`: by verifier id. */
export function feeStatementsCsv(statements: readonly FeeStatement[], names: ReadonlyMap<string, string>): string {
  const header = ["提供先ID", "提供先", "提供年月", "提供の方法", "件数", "単価（円）", "金額（円）"];
  const rows = statements.flatMap(({ verifierId, month, lines }) =>
    lines.map(({ method, count, yenPerUse, yen }) => [
      ...[verifierId, names.get(verifierId) ?? "", month, accessMethods[method].ja],
      ...[count, yenPerUse, yen],
    ]),
  );
  return csvTable(header, rows);
}
