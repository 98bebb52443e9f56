/** Begins or ends an activation of the authority's key: `activation.ts <config.json> begin|end <days>`. */
import { CannotDo, runScript } from "./operator-script.ts";

const day = 86_400_000;

await runScript("activation", ["begin|end", "<days>"], async (desk, what = "", days = "") => {
  const { authority, generation } = desk.configuration;
  const detail = { authority, generation };
  if (what === "begin") {
    const from = new Date();
    const until = new Date(from.getTime() + Number(days) * day);
    const event = { kind: "authority.activated", result: "done", detail } as const;
    await desk.operators.beginActivation(desk.acting, { authority, generation, from, until }, event);
    return { activated: authority, until };
  }
  if (what !== "end") throw new CannotDo("begin or end");
  const event = { kind: "authority.deactivated", result: "done", detail } as const;
  const ended = await desk.operators.endActivation(desk.acting, authority, generation, event);
  return { deactivated: ended };
});
