import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  CardRemoved,
  INS,
  parseResponse,
  ReaderUnavailable,
  readCardNumber,
  SW,
  selectElementaryFile,
  selectJpki,
  verifyTemplate,
} from "@mitome/card";
import { type CardHand, type PcscStack, startCardHand, startPcsc } from "@mitome/testkit/pcsc";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PcscClient } from "../agent/pcsc-client.ts";
import { FileCardStore } from "./card-memory.ts";
import { CARD_SCRIPTS, type CardScript, TEST_PASSWORD, testCard } from "./card-scripts.fixture.ts";
import { playScript } from "./play-script.fixture.ts";

const READERS = 8;
const PAD = 7;

let stack: PcscStack;
let hands: CardHand[];
let pcsc: PcscClient;
let files = 0;

beforeAll(async () => {
  stack = await startPcsc({ readers: READERS, pinPads: [PAD] });
  mkdirSync(join(stack.directory, "cards"));
  hands = await Promise.all(stack.readers.map((reader) => startCardHand(stack, reader)));
  pcsc = new PcscClient({ readerPrefix: "Mitome", pcscSocket: stack.pcscSocket });
});

afterAll(async () => {
  pcsc?.stop();
  await Promise.all(hands?.map((hand) => hand.stop()) ?? []);
  await stack?.stop();
});

function makeCard(card: CardScript["card"]): { path: string; store: FileCardStore } {
  const path = join(stack.directory, "cards", `${files++}`);
  const store = new FileCardStore(path);
  store.write(testCard(card));
  return { path, store };
}

// pcscd numbers its readers in the order of its own, so a reader is found by the beginning of its name.
const named = (index: number) => pcsc.readers.find(({ reader }) => reader.startsWith(`Mitome Reader ${index} `));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(() => setTimeout(resolve, 2)));
}

async function put(index: number, path: string): Promise<string> {
  await hands[index]?.obey({ do: "remove" });
  await until(() => named(index)?.present === false);
  await hands[index]?.obey({ do: "insert", card: path });
  await until(() => named(index)?.present === true);
  return named(index)?.reader ?? "";
}

describe("the card's commands, behind a real pcscd", () => {
  for (const script of CARD_SCRIPTS) {
    it(script.title, async () => {
      const reader = await put(0, makeCard(script.card).path);
      expect(await pcsc.withCard(reader, (card) => playScript(script, card))).toEqual([]);
    });
  }
});

describe("cards and readers in people's hands", () => {
  it("keeps what was made and forgets what was verified when power goes", async () => {
    const { path } = makeCard("issued");
    const reader = await put(0, path);
    const enter = (password: string) =>
      pcsc.withCard(reader, async (card) => {
        await selectJpki(card);
        await selectElementaryFile(card, 0x001b);
        const data = Buffer.from(password).toString("hex");
        const length = password.length.toString(16).padStart(2, "0");
        return parseResponse(await card.transmit(Buffer.from(`00200080${length}${data}`, "hex"))).sw;
      });
    const sign = () =>
      pcsc.withCard(reader, async (card) => {
        await selectJpki(card);
        await selectElementaryFile(card, 0x001a);
        return parseResponse(await card.transmit(Buffer.from("802A00800411223344", "hex"))).sw;
      });
    expect(await enter("WRONG1")).toBe(0x63c4);
    expect(await put(0, path)).toBe(reader);
    expect(await enter("WRONG2")).toBe(0x63c3);
    expect(await enter(TEST_PASSWORD)).toBe(SW.ok);
    expect(await sign()).toBe(SW.securityStatusNotSatisfied);
  });

  it("serves eight readers at once, each its own card", async () => {
    const readers = await Promise.all(
      Array.from({ length: READERS }, (_, index) => {
        const { path, store } = makeCard("blank");
        store.write({ ...store.read(), cardNumber: `MT0000000000010${index}` });
        return put(index, path);
      }),
    );
    const numbers = await Promise.all(
      readers.map((reader) =>
        pcsc.withCard(reader, async (card) => {
          await selectJpki(card);
          const read = [];
          for (let i = 0; i < 20; i++) read.push(await readCardNumber(card));
          return new Set(read);
        }),
      ),
    );
    expect(numbers).toEqual(readers.map((_, index) => new Set([`MT0000000000010${index}`])));
  });

  it.each(["before", "after"] as const)("says that the card was pulled %s its command took effect", async (when) => {
    const { path, store } = makeCard("issued");
    const reader = await put(0, path);
    await hands[0]?.obey({ do: "pullAt", command: "verify", when });
    const pulled = pcsc.withCard(reader, async (card) => {
      await selectJpki(card);
      await selectElementaryFile(card, 0x001b);
      return card.transmit(Buffer.from("0020008006414243444546", "hex"));
    });
    await expect(pulled).rejects.toBeInstanceOf(CardRemoved);
    expect(store.read().signature.triesLeft).toBe(when === "before" ? 5 : 4);
    await until(() => named(0)?.present === false);
  });

  it("says that the reader was unplugged, and finds it again", async () => {
    const { path } = makeCard("issued");
    const reader = await put(1, path);
    await hands[1]?.obey({ do: "unplug" });
    await until(() => named(1)?.present === false);
    await expect(pcsc.withCard(reader, selectJpki)).rejects.toThrow(/PC\/SC error/);
    expect(await pcsc.withCard(await put(1, path), selectJpki)).toBe(true);
  });

  it("lets a PIN pad complete VERIFY: right, wrong, cancelled", async () => {
    const reader = await put(PAD, makeCard("issued").path);
    const typed = async (entry: string | null): Promise<number> => {
      await hands[PAD]?.obey({ do: "typeAtPad", entry });
      return pcsc.withCard(reader, async (card) => {
        expect(card.pinPad).toBe(true);
        await selectJpki(card);
        await selectElementaryFile(card, 0x001b);
        return parseResponse(await card.verifyAtPad(verifyTemplate(), { minimum: 4, maximum: 16 })).sw;
      });
    };
    expect(verifyTemplate()[1]).toBe(INS.verify);
    expect(await typed("WRONG1")).toBe(0x63c4);
    expect(await typed(null)).toBe(SW.pinPadCancelled);
    expect(await typed(TEST_PASSWORD)).toBe(SW.ok);
    const plain = await put(0, makeCard("issued").path);
    expect(await pcsc.withCard(plain, async (card) => card.pinPad)).toBe(false);
  });

  it("gets over the death of its PC/SC process", async () => {
    const reader = await put(0, makeCard("issued").path);
    const interrupted = pcsc.withCard(reader, async (card) => {
      await selectJpki(card);
      process.kill(pcsc.childPid ?? 0, "SIGKILL");
      await readCardNumber(card);
    });
    await expect(interrupted).rejects.toBeInstanceOf(ReaderUnavailable);
    await until(() => named(0)?.present === true);
    expect(await pcsc.withCard(reader, selectJpki)).toBe(true);
  });
});
