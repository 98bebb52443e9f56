import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cardKeyDerivationData, deriveKey, JPKI, SIGNATURE_PASSWORD } from "@mitome/card";
import { z } from "zod";
import { blankApplication, type CardMemory, FileCardStore } from "./virtual-card/card-memory.ts";

// node kiosk-firmware/src/card-maker.ts <config.json>
// Stands in for the factory that personalises blank cards: number and per-card key, nothing else.

const component = z.base64().refine((text) => Buffer.from(text, "base64").length === 32, { error: "32 bytes" });

/** What the card maker is told. */
export const cardMakerConfig = z.strictObject({
  /** The two custodians' components of the card master key, base64 of 32 bytes each; the master is their XOR. */
  components: z.tuple([component, component]),
  /** Numbers of the cards to make. */
  cardNumbers: z.array(z.string().regex(/^[0-9A-Z]{16}$/)).max(100_000),
  /** Folder that gets one file a card, named by its number. */
  directory: z.string(),
  /** Cards for historical reproduction (suite cps-2014): RSA-1024. */
  historical: z.boolean().default(false),
  /** The 2004 cards took passwords from 4 characters. */
  passwordRule: z
    .strictObject({ minimum: z.int().min(4).max(16), maximum: z.int().min(4).max(16) })
    .default(SIGNATURE_PASSWORD),
});

/** A blank card's memory. `master` is the card master key, 32 bytes. */
export function personalise(
  master: Uint8Array,
  cardNumber: string,
  made: { readonly historical?: boolean; readonly passwordRule?: { minimum: number; maximum: number } } = {},
): CardMemory {
  return {
    version: 1,
    cardNumber,
    cardKey: Buffer.from(deriveKey(master, cardKeyDerivationData(cardNumber))).toString("base64"),
    historical: made.historical ?? false,
    passwordRule: made.passwordRule ?? SIGNATURE_PASSWORD,
    signature: blankApplication(JPKI.signaturePasswordTries),
    authentication: blankApplication(JPKI.authenticationPinTries),
  };
}

/** Makes the cards; returns their files. A card that exists already is overwritten. */
export function makeCards(config: z.infer<typeof cardMakerConfig>): { cardNumber: string; card: string }[] {
  const [first, second] = config.components.map((text) => Buffer.from(text, "base64"));
  const master = Buffer.alloc(32);
  try {
    for (let i = 0; i < 32; i++) master[i] = (first?.[i] ?? 0) ^ (second?.[i] ?? 0);
    mkdirSync(config.directory, { recursive: true, mode: 0o700 });
    return config.cardNumbers.map((cardNumber) => {
      const card = join(config.directory, `${cardNumber}.json`);
      new FileCardStore(card).write(personalise(master, cardNumber, config));
      return { cardNumber, card };
    });
  } finally {
    master.fill(0);
  }
}

if (import.meta.main) {
  const config = cardMakerConfig.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
  console.log(JSON.stringify({ cards: makeCards(config) }));
}
