import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentCommand, agentMessage, gatewayMessage } from "./agent-protocol.ts";
import { encodeCommand, encodeResponse, parseCommand, parseResponse } from "./apdu.ts";
import { JPKI } from "./jpki-application.ts";
import { planCommands } from "./plan-commands.ts";
import { proofOfPossessionMessage } from "./proof-of-possession.ts";
import {
  cardPublicKeyOf,
  cardSubjectPublicKeyInfo,
  encodeGeneratedKey,
  parseGeneratedKey,
  readDataObjects,
} from "./public-key-template.ts";
import { isSignaturePassword } from "./signature-password.ts";
import { describeStatusWord, triesLeft } from "./status-words.ts";
import { CERTIFICATE_FILE_SIZE, MAX_PAYLOAD, WRITE_INS } from "./write-profile.ts";

const SEED = 20261122;
const byte = fc.nat(255);

describe("ISO 7816-3 §12.1 short APDUs", () => {
  it("decodes what it encodes, cases 1 to 4", () => {
    const command = fc.record(
      {
        cla: byte,
        ins: byte,
        p1: byte,
        p2: byte,
        data: fc.uint8Array({ minLength: 1, maxLength: 255 }),
        le: fc.integer({ min: 1, max: 256 }),
      },
      { requiredKeys: ["cla", "ins", "p1", "p2"] },
    );
    fc.assert(
      fc.property(command, (apdu) => {
        expect(parseCommand(encodeCommand(apdu))).toEqual(apdu);
      }),
      { seed: SEED },
    );
  });

  it("refuses any other length", () => {
    for (const text of ["", "00", "00A404", "00A4040C0000", "00A4040C0201", "00A4040C0201020304", "00A4040C00000102"]) {
      expect(parseCommand(Buffer.from(text, "hex")), text).toBeUndefined();
    }
    expect(() => parseResponse(Uint8Array.of(0x90))).toThrow(RangeError);
    expect(parseResponse(encodeResponse(0x6982, Uint8Array.of(1, 2)))).toEqual({
      data: Uint8Array.of(1, 2),
      sw: 0x6982,
    });
  });
});

describe("plans of secured commands", () => {
  const certificate = (length: number): Uint8Array => {
    const content = new Uint8Array(length).map((_, index) => index % 251);
    content.set([0x30, 0x82]);
    return content;
  };

  it("write a file whose header is blank until everything else is there", () => {
    fc.assert(
      fc.property(fc.integer({ min: 260, max: CERTIFICATE_FILE_SIZE }), (length) => {
        const content = certificate(length);
        const file = new Uint8Array(length).fill(0xee);
        const plan = planCommands({ name: "storeCertificate", certificate: content });
        for (const [index, { ins, p1, p2, payload = new Uint8Array() }] of plan.entries()) {
          expect([ins, (p1 << 8) | p2]).toEqual([WRITE_INS.updateBinary, JPKI.file.signatureCertificate]);
          expect(payload.length).toBeLessThanOrEqual(MAX_PAYLOAD);
          const [offset, data] = readDataObjects(payload);
          file.set(data?.value ?? [], Buffer.from(offset?.value ?? []).readUInt16BE());
          expect(file[0]).toBe(index === plan.length - 1 ? 0x30 : 0x00);
        }
        expect(file).toEqual(content);
      }),
      { seed: SEED, numRuns: 50 },
    );
  });

  it("refuse what is no certificate, or larger than its file", () => {
    const plan = (content: Uint8Array) => () =>
      planCommands({ name: "storeAuthorityCertificate", certificate: content });
    expect(plan(Uint8Array.of(0x30, 0x03, 1, 2, 3))).toThrow(RangeError);
    expect(plan(certificate(CERTIFICATE_FILE_SIZE + 1))).toThrow(RangeError);
  });

  it("differ for every case challenge and algorithm", () => {
    const digestOf = (algorithm: "rsa-2048" | "p-384", fill: number): string => {
      const caseChallenge = new Uint8Array(32).fill(fill);
      const [planned] = planCommands({ name: "generateKey", algorithm, caseChallenge });
      return Buffer.from(planned?.payloadDigest ?? []).toString("hex");
    };
    expect(new Set([digestOf("rsa-2048", 1), digestOf("rsa-2048", 2), digestOf("p-384", 1)]).size).toBe(3);
  });
});

describe("public keys from a card", () => {
  it("are the same SubjectPublicKeyInfo after the way through 7F49", () => {
    const pairs = [
      generateKeyPairSync("rsa", { modulusLength: 2048 }),
      generateKeyPairSync("rsa", { modulusLength: 1024 }),
      generateKeyPairSync("ec", { namedCurve: "P-384" }),
    ];
    for (const { publicKey } of pairs) {
      const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
      const encoded = encodeGeneratedKey({ publicKey: cardPublicKeyOf(spki), originMac: new Uint8Array(16) });
      expect(cardSubjectPublicKeyInfo(parseGeneratedKey(encoded).publicKey)).toEqual(spki);
    }
  });

  it("are refused in any other form, with a RangeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => parseGeneratedKey(bytes)).toThrow(RangeError);
      }),
      { seed: SEED },
    );
  });
});

describe("千葉県運用規程 3-1-11: the proof's message", () => {
  it("is another for every challenge, case, card and key", () => {
    const subject = { caseChallenge: new Uint8Array(32), caseId: "a", cardNumber: "b", spki: Uint8Array.of(1) };
    const others = [
      subject,
      { ...subject, caseChallenge: new Uint8Array(32).fill(1) },
      { ...subject, caseId: "ab", cardNumber: "" },
      { ...subject, cardNumber: "c" },
      { ...subject, spki: Uint8Array.of(2) },
    ];
    expect(new Set(others.map((one) => Buffer.from(proofOfPossessionMessage(one)).toString("hex"))).size).toBe(5);
  });
});

describe("signature passwords", () => {
  it("are 6 to 16 upper-case letters and digits, on the cards of 2004 from 4", () => {
    const allowed = (text: string, minimum = 6): boolean =>
      isSignaturePassword(Buffer.from(text), { minimum, maximum: 16 });
    expect(["ABC123", "A".repeat(16), "000000"].map((text) => allowed(text))).toEqual([true, true, true]);
    expect(
      ["ABC12", "A".repeat(17), "abc123", "ABC 12", "ABC12!", "ＡＢＣ１２３"].map((text) => allowed(text)),
    ).toEqual(Array(6).fill(false));
    expect([allowed("AB12", 4), allowed("AB1", 4)]).toEqual([true, false]);
  });

  it("leave their tries in 63Cx", () => {
    expect([triesLeft(0x63c5), triesLeft(0x63c0), triesLeft(0x6300), triesLeft(0x9000)]).toEqual([
      5,
      0,
      undefined,
      undefined,
    ]);
    expect([0x9000, 0x63c2, 0x6982, 0x6f12].map(describeStatusWord)).toEqual([
      "9000 ok",
      "63c2 triesLeft 2",
      "6982 securityStatusNotSatisfied",
      "6f12",
    ]);
  });
});

describe("the agent's protocol", () => {
  const status = {
    commandId: "0b8f8d5e-5f55-4f43-9d35-0d3a6a4f4f10",
    terminal: "counter-1",
    caseId: "case-1",
    attempt: 1,
    commandNumber: 1,
    expiresAt: "2026-11-22T03:00:00Z",
    cardNumber: null,
    operation: "status",
    params: {},
  };

  it("knows named operations and nothing else: no APDU, no digest, no unknown field", () => {
    expect(agentCommand.safeParse(status).success).toBe(true);
    const wrong = [
      { ...status, operation: "transmit", params: { apdu: "00A4" } },
      { ...status, operation: "sign", params: { digest: "00" } },
      { ...status, operation: "erase" },
      { ...status, extra: 1 },
      { ...status, params: { extra: 1 } },
      { ...status, commandNumber: 0 },
    ];
    for (const command of wrong) expect(agentCommand.safeParse(command).success).toBe(false);
  });

  it("refuses bytes of another length, both ways", () => {
    const macs = (mac: string) =>
      gatewayMessage.safeParse({ type: "answer", commandId: status.commandId, answer: { kind: "macs", macs: [mac] } })
        .success;
    expect([macs(Buffer.alloc(16).toString("base64")), macs(Buffer.alloc(8).toString("base64"))]).toEqual([
      true,
      false,
    ]);
    const need = { type: "need", commandId: status.commandId, need: "hostChallenge", cardNumber: "MT00000000000001" };
    const asked = (length: number) =>
      agentMessage.safeParse({ ...need, cardChallenge: Buffer.alloc(length).toString("base64") }).success;
    expect([asked(16), asked(15), asked(17)]).toEqual([true, false, false]);
  });
});
