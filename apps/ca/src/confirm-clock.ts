/** Two people say, to the signer and in the ledger, that this machine's clock is right now: `confirm-clock.ts <config.json> <first> <second>`. */
import { twoPeople } from "@mitome/ca";
import { CannotDo, runScript } from "./operator-script.ts";

await runScript("confirm-clock", ["<first>", "<second>"], async (desk, one = "", other = "") => {
  const people = twoPeople(one, other);
  if (people === undefined) throw new CannotDo("two people confirm a clock");
  const [first, second] = people;
  const signer = await desk.operatorSocket.confirmClock(first, second);
  if (signer.kind !== "confirmed") throw new CannotDo("the signer did not take the confirmation");
  const event = { kind: "clock.confirmed", result: "done", detail: { first, second } } as const;
  await desk.ledger.recordEvent(desk.acting, event);
  return { confirmed: true };
});
