import { generateKeyPairSync } from "node:crypto";
import { CLA_SECURED, CLA_SIGN, INS, WRITE_INS } from "@mitome/card";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { administer } from "./administer.fixture.ts";
import type { CardMemory } from "./card-memory.ts";
import { CARD_SCRIPTS, TEST_PASSWORD, testCard } from "./card-scripts.fixture.ts";
import { memoryStore } from "./memory-store.fixture.ts";
import { playScript } from "./play-script.fixture.ts";
import { VirtualCard } from "./virtual-card.ts";

const SEED = 20261122;
const KNOWN_INS = [...Object.values(INS), ...Object.values(WRITE_INS)];
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const chance = {
  random: (length: number) => new Uint8Array(length).fill(7),
  makePrivateKey: async () => new Uint8Array(key.export({ format: "der", type: "pkcs8" })),
};

const command = fc.record({
  cla: fc.constantFrom(0x00, CLA_SECURED, 0x80, 0xff),
  ins: fc.oneof(fc.constantFrom(...KNOWN_INS), fc.nat(255)),
  p1: fc.constantFrom(0x00, 0x01, 0x02, 0x04, 0x80, 0xdf, 0xff),
  p2: fc.constantFrom(0x00, 0x01, 0x02, 0x0c, 0x1a, 0x80, 0xff),
  data: fc.oneof(
    fc.uint8Array({ maxLength: 255 }),
    fc.constantFrom("D392F000260100000001", "0001", "001A", "001B", "0018").map((text) => Buffer.from(text, "hex")),
  ),
  le: fc.option(fc.nat(255), { nil: undefined }),
});

const encoded = command.map(({ cla, ins, p1, p2, data, le }) =>
  Uint8Array.of(
    cla,
    ins,
    p1,
    p2,
    ...(data.length > 0 ? [data.length, ...data] : []),
    ...(le === undefined ? [] : [le]),
  ),
);

function freshCard(kind: "issued" | "blank" = "issued") {
  const store = memoryStore(testCard(kind));
  const card = new VirtualCard(store, { chance });
  card.powerOn();
  return { store, card };
}

const statusWord = (answer: Uint8Array): number => ((answer.at(-2) ?? 0) << 8) | (answer.at(-1) ?? 0);
// ISO 7816-4 §5.6: 6X or 9X, but 60 is no status.
const isStatusWord = (sw: number): boolean => sw === 0x9000 || (sw >= 0x6100 && sw <= 0x6fff);

describe("malformed input to the card", () => {
  it("answers any bytes with a status word, and bytes without a whole header or with wrong lengths with 6700", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const { card } = freshCard();
        const sw = statusWord(await card.transmit(bytes));
        expect(isStatusWord(sw)).toBe(true);
        const [, , , , lc = 0] = bytes;
        const right =
          bytes.length === 4 || bytes.length === 5 || (lc > 0 && (bytes.length === 5 + lc || bytes.length === 6 + lc));
        if (!right) expect(sw).toBe(0x6700);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("answers any sequence of well-formed commands, and changes nothing that only the CA may change", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(encoded, { maxLength: 40 }), async (commands) => {
        const { card, store } = freshCard();
        const before: CardMemory = store.current;
        await card.transmit(Buffer.from("00A4040C0AD392F000260100000001", "hex"));
        for (const apdu of commands) expect(isStatusWord(statusWord(await card.transmit(apdu)))).toBe(true);
        const after = store.current;
        expect({ ...after.signature, triesLeft: 0 }).toEqual({ ...before.signature, triesLeft: 0 });
        expect(after.signature.triesLeft).toBeLessThanOrEqual(before.signature.triesLeft);
        expect(after.cardKey).toBe(before.cardKey);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("refuses every change of one bit in an authorised command", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (bit) => {
        const { card, store } = freshCard("blank");
        let inLe = false;
        const flipping = {
          transmit: (apdu: Uint8Array) => {
            // All but CLA: another class is not a secured command at all.
            const at = 8 + (bit % (apdu.length * 8 - 8));
            if (apdu[0] === CLA_SECURED) {
              apdu[at >> 3] = (apdu[at >> 3] ?? 0) ^ (1 << (at & 7));
              // The last byte says only how much of the answer is wanted.
              inLe = at >> 3 === apdu.length - 1;
            }
            return card.transmit(apdu);
          },
        };
        const operation = { name: "generateKey", algorithm: "rsa-2048", caseChallenge: new Uint8Array(32) } as const;
        await administer(flipping, [operation]);
        if (!inLe) expect(store.current.signature.key).toBeNull();
      }),
      { seed: SEED, numRuns: 600 },
    );
  });
});

describe("千葉県運用規程 6-2-2: the private key stays in the card", () => {
  it("[C-6-2-2-1.1] [C-6-2-2-3.1] [C-6-2-2-4.1] [C-4-1-3.1] no answer to any instruction holds any part of a private key", async () => {
    const { card, store } = freshCard();
    const { privateKey } = store.current.signature.key ?? { privateKey: "" };
    const secret = Buffer.from(privateKey, "base64");
    // The modulus is public and stands in the same structure; d, p, q and their kin come after it.
    const secretFrom = secret.length / 4 + 64;
    const pieces = Array.from({ length: Math.floor((secret.length - secretFrom) / 16) }, (_, i) =>
      secret.subarray(secretFrom + i * 16, secretFrom + i * 16 + 8),
    );
    const seen = (answer: Uint8Array): boolean => pieces.some((piece) => Buffer.from(answer).includes(piece));
    const files = ["0001", "0002", "0006", "000A", "000B", "0017", "0018", "001A", "001B"];
    const enter = async () => {
      const password = Buffer.from(TEST_PASSWORD);
      await card.transmit(Buffer.from("00A4020C02001B", "hex"));
      await card.transmit(Buffer.concat([Buffer.from("002000800A", "hex"), password]));
    };
    await card.transmit(Buffer.from("00A4040C0AD392F000260100000001", "hex"));
    for (const file of files) {
      for (let ins = 0; ins < 256; ins++) {
        // VERIFY and SELECT would undo what is set up here.
        if (ins === INS.verify || ins === INS.select) continue;
        await enter();
        await card.transmit(Buffer.from(`00A4020C02${file}`, "hex"));
        for (const tail of ["000000", "008000", "800000", "0080020102"]) {
          for (const cla of [0x00, CLA_SIGN, CLA_SECURED]) {
            const answer = await card.transmit(Buffer.concat([Uint8Array.of(cla, ins), Buffer.from(tail, "hex")]));
            expect(seen(answer), `INS ${ins.toString(16)} on ${file}`).toBe(false);
          }
        }
      }
    }
    expect(seen(secret)).toBe(true);
  });

  it("[C-6-2-2-4.1] making a key puts only its public half and a MAC outside the card", async () => {
    const store = memoryStore(testCard("blank"));
    const card = new VirtualCard(store);
    card.powerOn();
    const said: Buffer[] = [];
    const listening = {
      transmit: async (apdu: Uint8Array) => {
        const answer = await card.transmit(apdu);
        said.push(Buffer.from(answer));
        return answer;
      },
    };
    const operation = { name: "generateKey", algorithm: "rsa-2048", caseChallenge: new Uint8Array(32) } as const;
    await administer(listening, [operation]);
    const secret = Buffer.from(store.current.signature.key?.privateKey ?? "", "base64");
    const all = Buffer.concat(said);
    for (let at = 340; at + 16 <= secret.length; at++) {
      expect(all.includes(secret.subarray(at, at + 16)), `at ${at} of ${secret.length}`).toBe(false);
    }
  });
});

it("plays every script alike on a card that was put away and taken out between", async () => {
  for (const script of CARD_SCRIPTS) {
    const store = memoryStore(testCard(script.card));
    new VirtualCard(store).powerOn();
    const again = new VirtualCard(store);
    again.powerOn();
    expect(await playScript(script, again)).toEqual([]);
  }
});
