import { describe, expect, it } from "vitest";
import { CARD_SCRIPTS, testCard } from "./card-scripts.fixture.ts";
import { memoryStore } from "./memory-store.fixture.ts";
import { playScript } from "./play-script.fixture.ts";
import { VirtualCard } from "./virtual-card.ts";

describe("the card's commands, in this process", () => {
  for (const script of CARD_SCRIPTS) {
    it(script.title, async () => {
      const card = new VirtualCard(memoryStore(testCard(script.card)));
      card.powerOn();
      expect(await playScript(script, card)).toEqual([]);
    });
  }
});
