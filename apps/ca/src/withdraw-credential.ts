/**
 * Withdraws a verifier's client certificate, or its name to bind with, for ever: `withdraw-credential.ts <config.json>
 * <verifier> <fingerprint|bind name> <keyCompromise|superseded|cessationOfOperation>`.
 */
import { withdrawalReasons, withdrawCredential } from "@mitome/ca";
import { CannotDo, runScript } from "./operator-script.ts";
import { verifierOffice } from "./verifier-office.ts";

const usage = ["<verifier>", "<fingerprint|bind name>", `<${withdrawalReasons.join("|")}>`];
await runScript("withdraw-credential", usage, async (desk, verifier = "", credential = "", why = "") => {
  const reason = withdrawalReasons.find((one) => one === why);
  if (reason === undefined) throw new CannotDo(`no such reason: ${why}`);
  const office = verifierOffice(desk);
  const withdrawn = await withdrawCredential(office, desk.acting, { verifier, credential, reason });
  if (withdrawn.kind === "refused") throw new CannotDo(`nothing was withdrawn: ${withdrawn.reason}`);
  return { verifier, withdrawn: credential };
});
