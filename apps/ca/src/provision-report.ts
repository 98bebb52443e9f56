/**
 * Makes the 失効情報等の提供状況報告書 of some months, both included, in the name of the 指定認証機関 in force, and puts it before
 * the public (千葉県運用規程 2-1-2(13), 4-5): `provision-report.ts <config.json> <from YYYY-MM> <to YYYY-MM>` writes the
 * manuscript for 官報, `provision-report-<from>-<to>.txt`, into the current directory.
 */
import { writeFileSync } from "node:fs";
import {
  designatedBodyAt,
  gazetteManuscript,
  isMonth,
  provisionReport,
  provisionReportTitle,
  publicUntil,
  type ReportPeriod,
} from "@mitome/ca";
import { PostgresVerifierLedger, publishReport } from "@mitome/db/ca";
import { readUseCounts } from "@mitome/db/status";
import { CannotDo, type OperatorDesk, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

const refusals = {
  periodNotOver: "the period is not over in Japan",
  periodEmpty: "the period ends before it begins",
} as const;

await runScript("provision-report", ["<from YYYY-MM>", "<to YYYY-MM>"], async (desk, from = "", to = "") => {
  const { ledger, acting, configuration } = desk;
  const now = systemClock.now();
  const report = await makeReport(desk, { from, to }, now);
  const id = `${from}-${to}`;
  const detail = { report: id, rows: report.rows.length };
  const event = { kind: "provisionReport.published", result: "done", detail } as const;
  const title = provisionReportTitle(report);
  const toPublish = { id, authority: configuration.authority, title, report, publishedAt: now };
  const published = await publishReport(ledger, acting, toPublish, event);
  if (published === "exists") throw new CannotDo(`the report of ${from} to ${to} was published before`);
  const file = `provision-report-${id}.txt`;
  writeFileSync(file, gazetteManuscript(report));
  return { file, rows: report.rows.length, page: `/provision-reports/${id}`, until: publicUntil(now) };
});

async function makeReport({ configuration, ledger }: OperatorDesk, period: ReportPeriod, madeAt: Date) {
  const { accessDatabase, authority, designatedBodies } = configuration;
  if (accessDatabase === undefined) throw new CannotDo("the configuration has no accessDatabase");
  if (!isMonth(period.from) || !isMonth(period.to)) throw new CannotDo("a month is written YYYY-MM");
  const madeBy = designatedBodyAt(designatedBodies, madeAt);
  if (madeBy === undefined)
    throw new CannotDo("the configuration's designatedBodies has none in force, in whose name to report");
  const counts = await readUseCounts(accessDatabase, authority, period);
  const names = await new PostgresVerifierLedger(ledger).names();
  const report = provisionReport({ counts, names, period, madeBy, madeAt });
  if (report.kind === "refused") throw new CannotDo(refusals[report.reason]);
  return report;
}
