/**
 * Makes the 失効情報等の提供状況報告書 of some months, both included, and puts it before the public (千葉県運用規程 2-1-2(13),
 * 4-5): in the name of the 指定認証機関 in force, or in the governor's while there is none. `provision-report.ts
 * <config.json> <from YYYY-MM> <to YYYY-MM>` writes the manuscript for the gazette, `provision-report-<from>-<to>.txt`, and
 * the report itself, `.pdf`, into the current directory; of what was published before, the same again.
 */
import { writeFileSync } from "node:fs";
import {
  type AuthorityDefinition,
  gazetteManuscript,
  inChargeAt,
  isMonth,
  provisionReport,
  provisionReportTitle,
  publicUntil,
  type ReportPeriod,
} from "@mitome/ca";
import { PostgresVerifierLedger, publishReport, type ReportToPublish, readPublishedReport } from "@mitome/db/ca";
import { readUseCounts } from "@mitome/db/status";
import { practiceMark } from "../documents/practice-mark.ts";
import { provisionReportPaper } from "../documents/provision-report-paper.ts";
import { loadDefinition } from "./load-authority.ts";
import { CannotDo, type OperatorDesk, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";
import { withPrinter } from "./with-printer.ts";

const refusals = {
  periodNotOver: "the period is not over in Japan",
  periodEmpty: "the period ends before it begins",
} as const;

await runScript("provision-report", ["<from YYYY-MM>", "<to YYYY-MM>"], async (desk, from = "", to = "") => {
  const { ledger, configuration } = desk;
  const id = `${from}-${to}`;
  const before = await readPublishedReport(ledger, configuration.authority, id);
  const { report, pdf, publishedAt } = before ?? (await publish(desk, { from, to }, id));
  const name = `provision-report-${id}`;
  writeFileSync(`${name}.txt`, gazetteManuscript(report));
  writeFileSync(`${name}.pdf`, pdf);
  return {
    ...{ published: before === undefined ? "now" : "before" },
    ...{ manuscript: `${name}.txt`, paper: `${name}.pdf`, rows: report.rows.length },
    ...{ page: `/provision-reports/${id}`, until: publicUntil(publishedAt) },
  };
});

async function publish(desk: OperatorDesk, period: ReportPeriod, id: string): Promise<ReportToPublish> {
  const { ledger, acting, configuration } = desk;
  const publishedAt = systemClock.now();
  const definition = await loadDefinition(ledger.reader, configuration.authority);
  const report = await makeReport(desk, definition, period, publishedAt);
  const page = provisionReportPaper(report, practiceMark(definition));
  const pdf = await withPrinter(configuration, (printer) => printer.print(page));
  const toPublish = { id, authority: definition.id, title: provisionReportTitle(report), report, pdf, publishedAt };
  const detail = { report: id, rows: report.rows.length };
  const event = { kind: "provisionReport.published", result: "done", detail } as const;
  if ((await publishReport(ledger, acting, toPublish, event)) === "exists")
    throw new CannotDo(`the report of ${period.from} to ${period.to} was published meanwhile`);
  return toPublish;
}

async function makeReport(
  { configuration, ledger }: OperatorDesk,
  definition: AuthorityDefinition,
  period: ReportPeriod,
  madeAt: Date,
) {
  const { accessDatabase, authority, designatedBodies } = configuration;
  if (accessDatabase === undefined) throw new CannotDo("the configuration has no accessDatabase");
  if (!isMonth(period.from) || !isMonth(period.to)) throw new CannotDo("a month is written YYYY-MM");
  const madeBy = inChargeAt(designatedBodies, definition, madeAt);
  const counts = await readUseCounts(accessDatabase, authority, period);
  const names = await new PostgresVerifierLedger(ledger).names();
  const report = provisionReport({ counts, names, period, madeBy, madeAt });
  if (report.kind === "refused") throw new CannotDo(refusals[report.reason]);
  return report;
}
