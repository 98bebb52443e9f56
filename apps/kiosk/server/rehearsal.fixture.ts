/**
 * `node apps/kiosk/server/rehearsal.fixture.ts`: the built pages over the real server, with a scripted agent and authority.
 * Prints where to go as one line of JSON; `card`, `nocard` and `newcard` on standard input move the card; ends with it.
 */
import { createInterface } from "node:readline";
import { firstPassword, openCounter } from "./counter.fixture.ts";
import { openPages } from "./pages.ts";
import { blankCard } from "./scripted-agent.fixture.ts";

const pages = await openPages();
const counter = await openCounter(pages.handle);
counter.clock.now = new Date();
const clock = setInterval(() => {
  counter.clock.now = new Date();
}, 1_000);
const agent = counter.agent("counter-1");
await agent.connect();
let cards = 0;
const newCard = () => {
  cards += 1;
  const card = blankCard(`MITOME${String(cards).padStart(10, "0")}`);
  counter.authority.stock.add(card.cardNumber);
  return card;
};
let card = newCard();
agent.place(card);
await counter.clerk("clerk1");
const enrol = async (kind: "clerk" | "resident") =>
  `${counter.settings.publicUrl}/enrol-screen#${await counter.screenCode(kind, "counter-1")}`;
const screens = { clerk: await enrol("clerk"), resident: await enrol("resident") };
process.stdout.write(
  `${JSON.stringify({ ready: true, url: counter.settings.publicUrl, ...screens, account: "clerk1", firstPassword })}\n`,
);

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "newcard") card = newCard();
  agent.place(line === "nocard" ? null : card);
}
clearInterval(clock);
await agent.kill();
await counter.stop();
await pages.close();
process.exit(0);
