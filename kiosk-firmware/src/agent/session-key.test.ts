import {
  createCipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  X509Certificate,
} from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SealedPasswordBinding, sealedPasswordInfo } from "@mitome/card";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EquipmentRoot, pem } from "./equipment.fixture.ts";
import { SessionKey } from "./session-key.ts";

// A second HPKE sender, written from RFC 9180 alone on node:crypto: what it seals, the agent's library must open.

const binding: SealedPasswordBinding = {
  terminal: "counter-1",
  caseId: "case-1",
  attempt: 1,
  cardNumber: "MT00000000000001",
  operation: "makeKey",
  commandNumber: 7,
};

let directory: string;
let key: SessionKey;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "session-key-"));
  const files = new EquipmentRoot(directory).issue("agent", "counter-1");
  key = await SessionKey.make("counter-1", createPrivateKey(pem(files.key)), new X509Certificate(pem(files.cert)));
});

afterAll(() => rmSync(directory, { recursive: true }));

const text = (value: string): Buffer => Buffer.from(value, "ascii");
const KEM = Buffer.concat([text("KEM"), Buffer.from("0020", "hex")]);
const HPKE = Buffer.concat([text("HPKE"), Buffer.from("002000010002", "hex")]);
const hmac = (secret: Buffer, ...parts: Buffer[]): Buffer =>
  createHmac("sha256", secret).update(Buffer.concat(parts)).digest();
// RFC 9180 §4: LabeledExtract and LabeledExpand (one block of HKDF-SHA256 is enough here).
const extract = (suite: Buffer, salt: Buffer, label: string, secret: Buffer): Buffer =>
  hmac(salt.length === 0 ? Buffer.alloc(32) : salt, text("HPKE-v1"), suite, text(label), secret);
const expand = (suite: Buffer, secret: Buffer, label: string, info: Buffer, length: number): Buffer => {
  const header = Buffer.from([length >> 8, length & 0xff]);
  return hmac(secret, header, text("HPKE-v1"), suite, text(label), info, Buffer.of(1)).subarray(0, length);
};

/** RFC 9180 §6.1, SealBase with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM and empty AAD. */
function seal(recipient: Buffer, info: Buffer, plaintext: Buffer): { enc: string; ciphertext: string } {
  const ephemeral = generateKeyPairSync("x25519");
  const raw = Buffer.from(ephemeral.publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const publicKey = createPublicKey({
    key: { kty: "OKP", crv: "X25519", x: recipient.toString("base64url") },
    format: "jwk",
  });
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey });
  const eae = extract(KEM, Buffer.alloc(0), "eae_prk", shared);
  const secret = expand(KEM, eae, "shared_secret", Buffer.concat([raw, recipient]), 32);
  const pskIdHash = extract(HPKE, Buffer.alloc(0), "psk_id_hash", Buffer.alloc(0));
  const infoHash = extract(HPKE, Buffer.alloc(0), "info_hash", info);
  const context = Buffer.concat([Buffer.of(0), pskIdHash, infoHash]);
  const schedule = extract(HPKE, secret, "secret", Buffer.alloc(0));
  const cipher = createCipheriv(
    "aes-256-gcm",
    expand(HPKE, schedule, "key", context, 32),
    expand(HPKE, schedule, "base_nonce", context, 12),
  );
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return { enc: raw.toString("base64"), ciphertext: ciphertext.toString("base64") };
}

describe("RFC 9180: sealed passwords", () => {
  const recipient = (): Buffer => Buffer.from(key.announcement.publicKey, "base64");
  const info = (over: Partial<SealedPasswordBinding> = {}): Buffer =>
    Buffer.from(sealedPasswordInfo({ ...binding, ...over }));

  it("opens what an independent sender sealed", async () => {
    const opened = await key.open(seal(recipient(), info(), text("MITOME2026")), binding);
    expect(Buffer.from(opened ?? []).toString()).toBe("MITOME2026");
  });

  it("opens nothing sealed for another binding, another key, or changed on the way", async () => {
    expect(await key.open(seal(recipient(), info({ commandNumber: 8 }), text("MITOME2026")), binding)).toBeUndefined();
    const other = generateKeyPairSync("x25519").publicKey.export({ format: "jwk" }).x ?? "";
    const toOther = seal(Buffer.from(other, "base64url"), info(), text("MITOME2026"));
    expect(await key.open(toOther, binding)).toBeUndefined();
    const sealed = seal(recipient(), info(), text("MITOME2026"));
    const changed = Buffer.from(sealed.ciphertext, "base64");
    changed[0] = (changed[0] ?? 0) ^ 1;
    expect(await key.open({ ...sealed, ciphertext: changed.toString("base64") }, binding)).toBeUndefined();
  });
});
