import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

const base64 = z.base64();

const key = z.strictObject({
  algorithm: z.enum(["rsa-2048", "p-384", "rsa-1024"]),
  /** PKCS #8, DER. The chip's own memory: no command reads it. */
  privateKey: base64,
});

const secret = z.strictObject({ salt: base64, digest: base64 });

const application = z.strictObject({
  key: key.nullable(),
  /** Salted SHA-256 of password or PIN; null = not set. */
  secret: secret.nullable(),
  triesLeft: z.int().min(0).max(15),
  certificate: base64,
  authorityCertificate: base64,
});

const cardMemory = z.strictObject({
  version: z.literal(1),
  cardNumber: z.string().regex(/^[0-9A-Z]{16}$/),
  /** Per-card administration key, 32 bytes. */
  cardKey: base64,
  /** Made for suite cps-2014: can make RSA-1024 keys, and only these cards can. */
  historical: z.boolean(),
  passwordRule: z.strictObject({ minimum: z.int().min(4).max(16), maximum: z.int().min(4).max(16) }),
  /** 署名用. */
  signature: application,
  /** 利用者証明用: present so that the public command set is whole; this service issues no certificate for it. */
  authentication: application,
});
/** Everything a card keeps without power. */
export type CardMemory = z.infer<typeof cardMemory>;
/** The part of a card that belongs to one key. */
export type CardApplication = z.infer<typeof application>;

/** Where a card keeps its memory. `write` returns when the memory survives a power cut. */
export interface CardStore {
  read(): CardMemory;
  write(memory: CardMemory): void;
}

/** An application of a card as the factory leaves it. */
export function blankApplication(triesLeft: number): CardApplication {
  return { key: null, secret: null, triesLeft, certificate: "", authorityCertificate: "" };
}

/** Keeps a card's memory in one file, replaced atomically. */
export class FileCardStore implements CardStore {
  readonly #path: string;
  constructor(path: string) {
    this.#path = path;
  }

  read(): CardMemory {
    return cardMemory.parse(JSON.parse(readFileSync(this.#path, "utf8")));
  }

  write(memory: CardMemory): void {
    const fresh = `${this.#path}.new`;
    const file = openSync(fresh, "w", 0o600);
    writeSync(file, JSON.stringify(memory));
    fsyncSync(file);
    closeSync(file);
    renameSync(fresh, this.#path);
    const directory = openSync(dirname(this.#path), "r");
    fsyncSync(directory);
    closeSync(directory);
  }
}
