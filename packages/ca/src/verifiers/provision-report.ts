/** 失効情報等の提供状況報告書 (千葉県運用規程 2-1-2(13), 4-5). */
import { z } from "zod";
import { type InCharge, signatureLines } from "../designated-body.ts";
import { formatJapaneseDay, formatJapaneseMonth, isMonth, japaneseMonth } from "../japanese-calendar.ts";
import { lastSecondOfYears, wholeSecond } from "../validity.ts";
import { type AccessMethod, accessMethods } from "./access-record.ts";
import type { UseCount } from "./information-fees.ts";

/** The months reported on, both included, `YYYY-MM`. */
export interface ReportPeriod {
  readonly from: string;
  readonly to: string;
}

/** The report; a row has the four items of 4-5 and no other: to whom, in which month, how many, by which method. */
export interface ProvisionReport {
  readonly kind: "report";
  readonly madeBy: InCharge;
  readonly madeAt: Date;
  readonly period: ReportPeriod;
  readonly rows: readonly {
    readonly recipient: string;
    readonly month: string;
    readonly count: number;
    readonly method: AccessMethod;
  }[];
}

const month = z.string().refine(isMonth, "YYYY-MM");
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const reportSchema = z.strictObject({
  kind: z.literal("report"),
  madeBy: z.discriminatedUnion("kind", [
    z.strictObject({
      ...{ kind: z.literal("designatedBody"), name: z.string(), address: z.string(), representative: z.string() },
      ...{ from: instant, until: instant.nullable() },
    }),
    z.strictObject({ kind: z.literal("governor"), name: z.string() }),
  ]),
  madeAt: instant,
  period: z.strictObject({ from: month, to: month }),
  rows: z.array(
    z.strictObject({
      recipient: z.string(),
      month,
      count: z.int().min(1),
      method: z.enum(Object.keys(accessMethods) as [AccessMethod, ...AccessMethod[]]),
    }),
  ),
});

/** Reads a report out of its JSON; `undefined` for what is none. */
export function parseProvisionReport(value: unknown): ProvisionReport | undefined {
  return reportSchema.safeParse(value).data;
}

/** The report's name for people, with its period. */
export function provisionReportTitle({ period: { from, to } }: Pick<ProvisionReport, "period">): string {
  return `失効情報等の提供状況報告書（${formatJapaneseMonth(from)}から${formatJapaneseMonth(to)}まで）`;
}

/**
 * Reports what the counts say of the period; `names` by verifier id. Refused while the period has not ended. Throws
 * `RangeError` for a count of a verifier without a name: every recipient is named.
 */
export function provisionReport(made: {
  readonly counts: readonly UseCount[];
  readonly names: ReadonlyMap<string, string>;
  readonly period: ReportPeriod;
  readonly madeBy: InCharge;
  readonly madeAt: Date;
}): ProvisionReport | { readonly kind: "refused"; readonly reason: "periodNotOver" | "periodEmpty" } {
  const { counts, names, period, madeBy, madeAt } = made;
  if (period.from > period.to) return { kind: "refused", reason: "periodEmpty" };
  if (period.to >= japaneseMonth(madeAt)) return { kind: "refused", reason: "periodNotOver" };
  const rows = counts
    .filter(({ month, count }) => count > 0 && period.from <= month && month <= period.to)
    .map(({ verifierId, month, count, method }) => {
      const recipient = names.get(verifierId);
      if (recipient === undefined) throw new RangeError(`verifier ${verifierId} has no name`);
      return { recipient, month, count, method };
    });
  return { kind: "report", madeBy, madeAt, period, rows };
}

/** The columns of the report in the words of 4-5, in its order. */
export const reportColumns = ["提供先", "提供を行った年月", "件数", "提供の方法"] as const;

/**
 * The text for the gazette: heading, the period, a line a row, who reports. For a 指定認証機関 it is the notice (公告) in 官報
 * of 4-5; 2-1-2(13) has the governor make his public (公表) and names no gazette.
 */
export function gazetteManuscript({ madeBy, madeAt, period, rows }: ProvisionReport): string {
  const [from, to] = [formatJapaneseMonth(period.from), formatJapaneseMonth(period.to)];
  const act = { designatedBody: "公告", governor: "公表" }[madeBy.kind];
  const table = rows.map(({ recipient, month, count, method }) =>
    [recipient, formatJapaneseMonth(month), `${count.toLocaleString("en")}件`, accessMethods[method].ja].join("　"),
  );
  const lines = [
    "失効情報等の提供状況報告書",
    "",
    `${from}から${to}までの失効情報及び失効情報ファイルの提供状況を、次のとおり${act}します。`,
    "",
    reportColumns.join("　"),
    ...(table.length > 0 ? table : ["（提供の実績はありません）"]),
    "",
    formatJapaneseDay(madeAt),
    ...signatureLines(madeBy),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * Until when a report published at this instant is open to everybody: the last second of five whole years (4-5). 民法 140:
 * the day of publication itself is not counted, so no reader loses the rest of a day.
 */
export function publicUntil(publishedAt: Date): Date {
  return lastSecondOfYears(new Date(publishedAt.getTime() + 86_400_000), 5);
}

/** Whether a report that was published then is open to everybody now. */
export function isReportPublic(publishedAt: Date, now: Date): boolean {
  return publishedAt <= now && wholeSecond(now) <= publicUntil(publishedAt);
}
