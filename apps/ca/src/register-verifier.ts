/** Enters a 署名検証者等 in the registry, as it notified itself: `register-verifier.ts <config.json> <registration.json>`. */
import { readFileSync } from "node:fs";
import { registerVerifier } from "@mitome/ca";
import { CannotDo, runScript } from "./operator-script.ts";
import { verifierOffice } from "./verifier-office.ts";

await runScript("register-verifier", ["<registration.json>"], async (desk, file = "") => {
  const office = verifierOffice(desk);
  const entered = await registerVerifier(office, desk.acting, JSON.parse(readFileSync(file, "utf8")));
  if (entered.kind === "malformed") throw new CannotDo(`${file}: ${entered.field} is not right`);
  if (entered.kind === "refused") throw new CannotDo(`${file}: there is a verifier of this id`);
  return entered;
});
