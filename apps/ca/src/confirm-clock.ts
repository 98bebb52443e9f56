/** Two people say, to the signer and in the ledger, that this machine's clock is right now: `confirm-clock.ts <config.json> <first> <second>`. */
import { twoPeople } from "@mitome/ca";
import { CannotDo, runScript } from "./operator-script.ts";

await runScript("confirm-clock", ["<first>", "<second>"], async (desk, first = "", second = "") => {
  const people = twoPeople(first, second);
  if (people === undefined) throw new CannotDo("two people confirm a clock");
  const signer = await desk.operatorSocket.confirmClock(...people);
  if (signer.kind !== "confirmed") throw new CannotDo("the signer did not take the confirmation");
  const event = { kind: "clock.confirmed", result: "done", detail: { first: people[0], second: people[1] } } as const;
  await desk.ledger.recordEvent(desk.acting, event);
  return { confirmed: true };
});
