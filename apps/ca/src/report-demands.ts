/**
 * How the reports stand that verifiers were asked for (千葉県運用規程 2-1-6(5), 2-1-7(4)), after the answer to one, if there
 * is one: `report-demands.ts <config.json> <answered demand|->`.
 */
import { demandState, recordReport } from "@mitome/ca";
import { z } from "zod";
import { CannotDo, runScript } from "./operator-script.ts";
import { verifierOffice } from "./verifier-office.ts";

await runScript("report-demands", ["<answered demand|->"], async (desk, answered = "") => {
  const office = verifierOffice(desk);
  if (answered !== "-") {
    const { success } = z.uuid().safeParse(answered);
    const recorded = success ? await recordReport(office, desk.acting, answered) : undefined;
    if (recorded?.kind !== "answered") throw new CannotDo(`no demand ${answered} that waits for an answer`);
  }
  const now = office.clock.now();
  return (await office.demands.all()).map((demand) => ({ ...demand, state: demandState(demand, now) }));
});
