/** Settles a piece of `register-work.ts` as a person found: `settle-register-work.ts <config.json> <id> revoke|leave`. */
import { settleRegisterWork } from "@mitome/ca";
import { CannotDo, runScript } from "./operator-script.ts";
import { registerAuthority } from "./register-desk.ts";

await runScript("settle-register-work", ["<id>", "revoke|leave"], async (desk, id = "", decision = "") => {
  if (decision !== "revoke" && decision !== "leave") throw new CannotDo("revoke or leave");
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new CannotDo(`no number of work: ${id}`);
  const authority = await registerAuthority(desk);
  const answer = await settleRegisterWork(authority, desk.acting, Number(id), decision);
  if (answer.outcome === "noSuchWork") throw new CannotDo(`no work ${id} is open that one person settles so`);
  return answer;
});
