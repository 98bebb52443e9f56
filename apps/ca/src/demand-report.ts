/**
 * Records that a verifier was asked for a report on its work (千葉県運用規程 2-1-2(33)), due at the end of a day in Japan:
 * `demand-report.ts <config.json> <verifier> <minister|governor> <YYYY-MM-DD> <subject>`.
 */
import { randomUUID } from "node:crypto";
import { demandingOffices } from "@mitome/ca";
import { PostgresReportDemands } from "@mitome/db/ca";
import { z } from "zod";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

const asked = z.object({
  demandedBy: z.enum(Object.keys(demandingOffices) as [keyof typeof demandingOffices]),
  dueAt: z.iso.date().transform((day) => new Date(`${day}T23:59:59+09:00`)),
  subject: z.string().min(1).max(500),
});

await runScript(
  "demand-report",
  ["<verifier>", "<minister|governor>", "<YYYY-MM-DD>", "<subject>"],
  async ({ ledger, acting }, verifier = "", office = "", day = "", text = "") => {
    const { data } = asked.safeParse({ demandedBy: office, dueAt: day, subject: text });
    const demandedAt = systemClock.now();
    if (data === undefined || data.dueAt <= demandedAt) throw new CannotDo("an office, a day to come and a subject");
    const id = randomUUID();
    const demand = { id, verifierId: verifier, demandedAt, ...data };
    const detail = { demand: id, verifier, by: data.demandedBy };
    const event = { kind: "report.demanded", result: "done", detail } as const;
    if (!(await new PostgresReportDemands(ledger).record(acting, demand, event)))
      throw new CannotDo(`no verifier ${verifier}`);
    return { demand: id, due: data.dueAt };
  },
);
