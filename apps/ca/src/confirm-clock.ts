/** Two people say that this machine's clock is right now: `confirm-clock.ts <config.json> <first> <second>`. */
import { CannotDo, runScript } from "./operator-script.ts";

await runScript("confirm-clock", ["<first>", "<second>"], async (desk, first = "", second = "") => {
  if (first === second) throw new CannotDo("two people confirm a clock");
  const event = { kind: "clock.confirmed", result: "done", detail: { first, second } } as const;
  await desk.ledger.recordEvent(desk.acting, event);
  return { confirmed: true };
});
