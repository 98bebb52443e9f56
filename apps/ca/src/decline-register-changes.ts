/**
 * Two people decline what the revocation brake stopped for a municipality, and say why: all of it is closed, or each change
 * goes to the work list and is looked at by itself:
 * `decline-register-changes.ts <config.json> <municipality> <first> <second> closed|workList <because>`.
 */
import { declineRegisterChanges, twoPeople } from "@mitome/ca";
import { z } from "zod";
import { CannotDo, runScript } from "./operator-script.ts";
import { registerAuthority } from "./register-desk.ts";

const asked = z.object({
  outcome: z.enum(["closed", "workList"]),
  because: z.string().trim().min(1).max(500),
});

await runScript(
  "decline-register-changes",
  ["<municipality>", "<first>", "<second>", "closed|workList", "<because>"],
  async (desk, municipality = "", first = "", second = "", outcome = "", because = "") => {
    const by = twoPeople(first, second);
    if (by === undefined) throw new CannotDo("two people decline");
    const { data } = asked.safeParse({ outcome, because });
    if (data === undefined) throw new CannotDo("closed or workList, and a reason of at most 500 characters");
    const authority = await registerAuthority(desk);
    return { settled: await declineRegisterChanges(authority, desk.acting, municipality, { by, ...data }) };
  },
);
