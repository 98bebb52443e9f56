/**
 * Two people let go through what the revocation brake stopped for a municipality:
 * `approve-register-changes.ts <config.json> <municipality> <first> <second>`.
 */
import { approveRegisterChanges, OneApproverOnly } from "@mitome/ca";
import { CannotDo, runScript } from "./operator-script.ts";
import { registerAuthority } from "./register-desk.ts";

await runScript(
  "approve-register-changes",
  ["<municipality>", "<first>", "<second>"],
  async (desk, municipality = "", first = "", second = "") => {
    try {
      const authority = await registerAuthority(desk);
      return { settled: await approveRegisterChanges(authority, desk.acting, municipality, [first, second]) };
    } catch (error) {
      if (error instanceof OneApproverOnly) throw new CannotDo("two people approve");
      throw error;
    }
  },
);
