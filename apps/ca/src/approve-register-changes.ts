/**
 * Two people let go through what the revocation brake stopped for a municipality:
 * `approve-register-changes.ts <config.json> <municipality> <first> <second>`.
 */
import { approveRegisterChanges, twoPeople } from "@mitome/ca";
import { CannotDo, runScript } from "./operator-script.ts";
import { registerAuthority } from "./register-desk.ts";

await runScript(
  "approve-register-changes",
  ["<municipality>", "<first>", "<second>"],
  async (desk, municipality = "", first = "", second = "") => {
    const approvers = twoPeople(first, second);
    if (approvers === undefined) throw new CannotDo("two people approve");
    const authority = await registerAuthority(desk);
    return { settled: await approveRegisterChanges(authority, desk.acting, municipality, approvers) };
  },
);
