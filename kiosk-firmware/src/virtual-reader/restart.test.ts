import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCardNumber, selectJpki } from "@mitome/card";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PcscClient } from "../agent/pcsc-client.ts";
import { testCard } from "../virtual-card/card-scripts.fixture.ts";
import { memoryStore } from "../virtual-card/memory-store.fixture.ts";
import { Slot } from "../virtual-card/slot.ts";
import { VirtualCard } from "../virtual-card/virtual-card.ts";
import { startVirtualReaders } from "./start-virtual-readers.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "restart-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

it("finds the card again when pcscd died and came back", async () => {
  const config = { runDir: join(directory, "run"), readers: [{ name: "Mitome Reader", pinPad: false }] };
  const first = await startVirtualReaders(config);
  const slot = new Slot(first.readers[0]?.cardSocket ?? "");
  await slot.insert(new VirtualCard(memoryStore(testCard("issued"))));
  const pcsc = new PcscClient({ readerPrefix: "Mitome", pcscSocket: first.pcscSocket });
  const card = async (present: boolean): Promise<void> => {
    while (pcsc.readersWithCard.length > 0 !== present) await new Promise((resolve) => pcsc.once("reader", resolve));
  };
  await card(true);
  await first.stop();
  await card(false);
  const second = await startVirtualReaders(config);
  await card(true);
  const number = await pcsc.withCard(pcsc.readersWithCard[0] ?? "", async (held) => {
    await selectJpki(held);
    return readCardNumber(held);
  });
  expect(number).toBe("MT00000000000001");
  pcsc.stop();
  slot.remove();
  await second.stop();
});
