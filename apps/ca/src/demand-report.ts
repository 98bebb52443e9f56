/**
 * Records that a verifier was asked for a report on its work (千葉県運用規程 2-1-2(33)), due at the end of a day in Japan:
 * `demand-report.ts <config.json> <verifier> <minister|governor> <YYYY-MM-DD> <subject>`.
 */
import { randomUUID } from "node:crypto";
import { demandingOffices, demandReport } from "@mitome/ca";
import { z } from "zod";
import { CannotDo, runScript } from "./operator-script.ts";
import { verifierOffice } from "./verifier-office.ts";

const asked = z.object({
  demandedBy: z.enum(Object.keys(demandingOffices) as [keyof typeof demandingOffices]),
  dueAt: z.iso.date().transform((day) => new Date(`${day}T23:59:59+09:00`)),
  subject: z.string().min(1).max(500),
});

await runScript(
  "demand-report",
  ["<verifier>", "<minister|governor>", "<YYYY-MM-DD>", "<subject>"],
  async (desk, verifierId = "", office = "", day = "", text = "") => {
    const { data } = asked.safeParse({ demandedBy: office, dueAt: day, subject: text });
    if (data === undefined) throw new CannotDo("an office, a day to come and a subject");
    const id = randomUUID();
    const demanded = await demandReport(verifierOffice(desk), desk.acting, { id, verifierId, ...data });
    if (demanded.kind === "refused") throw new CannotDo(`nothing was demanded: ${demanded.reason}`);
    return { demand: id, due: data.dueAt };
  },
);
