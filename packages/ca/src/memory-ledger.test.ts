import { FixedClock } from "@mitome/testkit/fixed-clock";
import { describeLedger } from "@mitome/testkit/ledger-contract";
import { MemoryLedger } from "@mitome/testkit/memory-ledger";
import { describe } from "vitest";

const clock = new FixedClock(new Date("2026-04-01T00:00:00Z"));
const ledger = new MemoryLedger(clock);
let cards = 0;

describe("the ledger in memory", () => {
  describeLedger(() => ({
    ledger,
    authority: "chiba-practice",
    newCard: async (municipality) => {
      cards += 1;
      const cardNumber = `C${String(cards).padStart(15, "0")}`;
      ledger.receiveCard(cardNumber, municipality);
      return cardNumber;
    },
    expireLeases: async () => clock.pass(6_000),
  }));
});
