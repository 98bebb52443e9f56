/**
 * How the reports stand that verifiers were asked for (千葉県運用規程 2-1-6(5), 2-1-7(4)), after the answer to one, if there
 * is one: `report-demands.ts <config.json> <answered demand|->`.
 */
import { demandState } from "@mitome/ca";
import { PostgresReportDemands } from "@mitome/db/ca";
import { z } from "zod";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

await runScript("report-demands", ["<answered demand|->"], async ({ ledger, acting }, answered = "") => {
  const demands = new PostgresReportDemands(ledger);
  const now = systemClock.now();
  if (answered !== "-") {
    const event = { kind: "report.answered", result: "done", detail: { demand: answered } } as const;
    const known = z.uuid().safeParse(answered).success && (await demands.recordAnswer(acting, answered, now, event));
    if (!known) throw new CannotDo(`no demand ${answered} that waits for an answer`);
  }
  return (await demands.all()).map((demand) => ({ ...demand, state: demandState(demand, now) }));
});
