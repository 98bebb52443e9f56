/**
 * Gives a verifier a name and password to bind with in the directory:
 * `verifier-bind.ts <config.json> <verifier> <password-file>`; the file holds the password and nothing else.
 */
import { readFileSync } from "node:fs";
import { setBind } from "@mitome/ca";
import { CannotDo, runScript } from "./operator-script.ts";
import { verifierOffice } from "./verifier-office.ts";

await runScript("verifier-bind", ["<verifier>", "<password-file>"], async (desk, verifier = "", file = "") => {
  const office = verifierOffice(desk);
  const set = await setBind(office, desk.acting, verifier, readFileSync(file, "utf8"));
  if (set.kind === "refused") throw new CannotDo(`${verifier} cannot bind: ${set.reason}`);
  return { verifier, bindName: set.bindName };
});
