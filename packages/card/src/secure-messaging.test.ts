import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  cardKeyDerivationData,
  cmac,
  commandMacInput,
  deriveKey,
  hostCryptogramInput,
  originMacInput,
} from "./secure-messaging.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

describe("secure messaging byte strings", () => {
  it("is AES-256-CMAC of NIST SP 800-38B (its examples D.3)", () => {
    const key = bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    expect(hex(cmac(key, new Uint8Array(0)))).toBe("028962f61b7bf89efc6b551f4667d983");
    expect(hex(cmac(key, bytes("6bc1bee22e409f96e93d7e117393172a")))).toBe("28a7023f452e8f82bd4bf28d8c37c35c");
  });

  it("derives by AES-256-CBC with a zero IV", () => {
    const key = bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    // One ECB block of NIST SP 800-38A F.1.5 is the first CBC block under a zero IV.
    const derived = deriveKey(key, bytes("6bc1bee22e409f96e93d7e117393172a".repeat(2)));
    expect(hex(derived.subarray(0, 16))).toBe("f3eed1bdb5d2a03c064b5a7e3db181f8");
    expect(derived.length).toBe(32);
  });

  it("lays out each MAC input as the signer does", () => {
    const digest = new Uint8Array(32).fill(0xdd);
    expect(hex(commandMacInput({ counter: 258, ins: 0x46, p1: 0x80, p2: 0, payloadDigest: digest }))).toBe(
      `${hex(Buffer.from("cmd"))}00000102468000${"dd".repeat(32)}`,
    );
    const origin = {
      counter: 1,
      cardNumber: "MT00000000000001",
      caseChallenge: new Uint8Array(32).fill(0xcc),
      spkiDigest: digest,
    };
    expect(hex(originMacInput(origin))).toBe(
      `${hex(Buffer.from("origin"))}00000001${hex(Buffer.from("MT00000000000001"))}${"cc".repeat(32)}${"dd".repeat(32)}`,
    );
    expect(hex(hostCryptogramInput(new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)))).toBe(
      `${hex(Buffer.from("host"))}${"01".repeat(16)}${"02".repeat(16)}`,
    );
    expect(hex(cardKeyDerivationData("MT00000000000001"))).toBe(
      createHash("sha256").update("mitome-card-key-v1MT00000000000001").digest("hex"),
    );
  });
});
