import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { type AgentResult, proofOfPossessionMessage, sessionKeyMessage } from "@mitome/card";
import { CardAuthority } from "@mitome/testkit/card-authority";
import { TEST_CARD_COMPONENTS } from "@mitome/testkit/pcsc";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CARD, Counter, PASSWORD } from "./counter.fixture.ts";
import { EquipmentRoot } from "./equipment.fixture.ts";

let counter: Counter;

beforeAll(async () => {
  counter = await Counter.open();
  await counter.insert("blank");
  await counter.startAgent();
});

afterAll(() => counter?.close());
beforeEach(() => counter.insert("blank"));
afterEach(() => {
  counter.gateway.instead = null;
  counter.gateway.acknowledge = true;
});

function made(result: AgentResult): Extract<AgentResult, { kind: "keyMade" }> {
  if (result.kind !== "keyMade") throw new Error(JSON.stringify(result));
  return result;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");

describe("makeKey", () => {
  it.each([
    ["rsa-2048", "sha256", { modulusLength: 2048, publicExponent: 65537n }],
    ["p-384", "sha384", { namedCurve: "secp384r1" }],
  ])(
    "[C-2-1-3.5] [C-3-1-11.1] [C-6-1-2-1.1] makes a %s key whose proof of possession covers challenge, case, card and key",
    async (algorithm, hash, details) => {
      const result = made(await counter.makeKey(algorithm));
      const spki = Buffer.from(result.publicKey, "base64");
      const { caseChallenge } = counter.gateway.case;
      const message = proofOfPossessionMessage({ caseChallenge, caseId: "case-1", cardNumber: CARD, spki });
      const key = createPublicKey({ key: spki, format: "der", type: "spki" });
      expect(verify(hash, message, key, Buffer.from(result.proofOfPossession, "base64"))).toBe(true);
      expect(key.asymmetricKeyDetails).toEqual(details);
    },
  );

  it("[C-4-1-1.3] [C-6-1-2-2.1] hands over the public key with the card's own word that it was made there", async () => {
    const { cardOrigin, publicKey } = made(await counter.makeKey());
    const session = new CardAuthority(TEST_CARD_COMPONENTS).openSession(
      CARD,
      Buffer.from(cardOrigin.cardChallenge, "base64"),
      Buffer.from(cardOrigin.hostChallenge, "base64"),
    );
    const digest = createHash("sha256").update(Buffer.from(publicKey, "base64")).digest();
    const mac = session.originMac(cardOrigin.counter, counter.gateway.case.caseChallenge, digest);
    expect(Buffer.from(mac).toString("base64")).toBe(cardOrigin.mac);
    const otherCase = session.originMac(cardOrigin.counter, new Uint8Array(32), digest);
    expect(Buffer.from(otherCase).toString("base64")).not.toBe(cardOrigin.mac);
  });

  it("[C-6-4-2-1.1] sets the password that the person typed, in the same operation", async () => {
    made(await counter.makeKey("rsa-2048", "MYOWN1"));
    expect(await counter.verifyPassword("MYOWN1")).toEqual({ kind: "passwordRight" });
  });

  it.each(["SHORT", "lower1case", "SEVENTEENLETTERSX", "SP ACE1"])(
    "refuses the password %j and makes no key",
    async (password) => {
      expect(await counter.makeKey("rsa-2048", password)).toEqual({ kind: "refused", reason: "passwordNotAllowed" });
      expect(counter.memory.signature.key).toBeNull();
    },
  );

  it("refuses an algorithm that the card does not make", async () => {
    expect(await counter.makeKey("rsa-1024")).toEqual({ kind: "refused", reason: "algorithmNotOnCard" });
  });

  it("leaves a card alone that holds a certificate, until it is erased by name", async () => {
    made(await counter.makeKey());
    await counter.storeCertificates();
    expect(await counter.makeKey()).toEqual({ kind: "refused", reason: "cardHoldsCertificate" });
    expect(await counter.gateway.run("erase", {})).toEqual({ kind: "erased" });
    made(await counter.makeKey());
  });

  it("does nothing to a card without the CA", async () => {
    counter.gateway.instead = { kind: "refused", reason: "cardNotInStock" };
    expect(await counter.makeKey()).toEqual({ kind: "refused", reason: "notAuthorised", why: "cardNotInStock" });
    counter.gateway.instead = { kind: "unavailable" };
    const interrupted = { kind: "interrupted", reason: "authorityUnavailable", step: "authenticate" };
    expect(await counter.makeKey()).toEqual(interrupted);
    expect(counter.memory.signature.key).toBeNull();
  });
});

describe("storeCertificates", () => {
  it("[C-4-3-1.1] writes certificate and governor's certificate, reads both back, and may be done again", async () => {
    made(await counter.makeKey());
    const [certificate, authorityCertificate] = counter.certificates;
    const stored = {
      kind: "certificatesStored",
      certificateHash: sha256(certificate),
      authorityCertificateHash: sha256(authorityCertificate),
    };
    expect(await counter.storeCertificates()).toEqual(stored);
    expect(await counter.storeCertificates()).toEqual(stored);
    const sealedPassword = await counter.gateway.seal("readCertificates", PASSWORD);
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    expect(await counter.gateway.run("readCertificates", { sealedPassword })).toEqual({
      kind: "certificates",
      certificate: text(certificate),
      authorityCertificate: text(authorityCertificate),
    });
  });

  it("writes nothing but the bytes that the CA authorised", async () => {
    made(await counter.makeKey());
    const params = counter.storeParams();
    counter.gateway.case.certificate = counter.certificates[1];
    const why = "cardRefusedCommand";
    expect(await counter.gateway.run("storeCertificates", params)).toEqual({
      kind: "refused",
      reason: "notAuthorised",
      why,
    });
    // The header was blanked before the first other byte came, so the file counts as empty.
    expect(Buffer.from(counter.memory.signature.certificate, "base64")).toEqual(Buffer.alloc(4));
  });

  it("refuses a card without a key", async () => {
    expect(await counter.storeCertificates()).toEqual({ kind: "refused", reason: "noKey" });
  });
});

describe("passwords", () => {
  it("[C-2-1-3.16] [C-6-2-2-5.1] counts wrong entries down and locks after the fifth", async () => {
    expect(await counter.verifyPassword()).toEqual({ kind: "refused", reason: "noPasswordSet" });
    made(await counter.makeKey());
    for (const triesLeft of [4, 3, 2, 1]) {
      expect(await counter.verifyPassword("WRONG1")).toEqual({ kind: "refused", reason: "wrongPassword", triesLeft });
    }
    const locked = { kind: "refused", reason: "cardLocked", triesLeft: 0 };
    expect(await counter.verifyPassword("WRONG1")).toEqual(locked);
    expect(await counter.verifyPassword()).toEqual(locked);
  });

  it("changes a password for who knows the old one", async () => {
    made(await counter.makeKey());
    const change = async (current: string, next: string) =>
      counter.gateway.run("changePassword", {
        sealedPassword: await counter.gateway.seal("changePassword", { current, next }),
      });
    expect(await change("WRONG1", "NEWONE1")).toEqual({ kind: "refused", reason: "wrongPassword", triesLeft: 4 });
    expect(await change(PASSWORD, "new")).toEqual({ kind: "refused", reason: "passwordNotAllowed" });
    expect(await change(PASSWORD, "NEWONE1")).toEqual({ kind: "passwordChanged" });
    expect(await counter.verifyPassword("NEWONE1")).toEqual({ kind: "passwordRight" });
  });

  it("takes a password from the reader's own pad", async () => {
    made(await counter.makeKey("rsa-2048", "PAD123"));
    const atPad = async (entry: string | null) => {
      await counter.hand.obey({ do: "typeAtPad", entry });
      return counter.gateway.run("verifyPassword", { pinPad: true });
    };
    expect(await atPad("PAD124")).toEqual({ kind: "refused", reason: "wrongPassword", triesLeft: 4 });
    expect(await atPad(null)).toEqual({ kind: "refused", reason: "pinPadCancelled" });
    expect(await atPad("PAD123")).toEqual({ kind: "passwordRight" });
  });

  it.each([
    ["operation", { operation: "makeKey" }],
    ["number", { commandNumber: 1 }],
    ["case", { caseId: "case-2" }],
    ["attempt", { attempt: 2 }],
    ["card", { cardNumber: "MT00000000000002" }],
    ["terminal", { terminal: "counter-2" }],
  ])("does not open a password sealed for another %s", async (_what, over) => {
    made(await counter.makeKey());
    const sealedPassword = await counter.gateway.seal("verifyPassword", PASSWORD, over);
    const refusal = { kind: "refused", reason: "sealedPasswordUnusable" };
    expect(await counter.gateway.run("verifyPassword", { sealedPassword })).toEqual(refusal);
  });

  it("has its session key signed by the terminal's key", () => {
    const { publicKey = "", signature = "", terminalCertificate = "" } = counter.gateway.sessionKey ?? {};
    const certificate = new X509Certificate(Buffer.from(terminalCertificate, "base64"));
    const message = sessionKeyMessage("counter-1", Buffer.from(publicKey, "base64"));
    const key = { key: certificate.publicKey, dsaEncoding: "ieee-p1363" } as const;
    expect(verify("sha256", message, key, Buffer.from(signature, "base64"))).toBe(true);
  });
});

describe("commands", () => {
  const refusalOf = async (claims: { commandId: string }, files = counter.server): Promise<unknown> => {
    counter.gateway.send({ type: "command", jws: counter.gateway.sign(claims, files) });
    return counter.gateway.resultOf(claims.commandId);
  };
  const notRight = (why: string) => ({ kind: "refused", reason: "commandNotRight", why });
  const minutes = (n: number) => ({ expiresAt: new Date(Date.now() + n * 60_000).toISOString() });

  it("obeys only this municipality's server under the pinned root", async () => {
    const { root, gateway } = counter;
    const foreign = new EquipmentRoot(counter.stack.directory, "foreign");
    const impostors = [
      root.issue("agent", "counter-1"),
      root.issue("clerk-screen", "desk"),
      root.issue("server", "hall-2", { municipality: "122041" }),
      root.issue("server", "hall-3", { authority: "chiba-practice" }),
      foreign.issue("server", "hall-4"),
    ];
    for (const files of impostors) {
      expect(await refusalOf(gateway.claims("status", {}), files)).toEqual(notRight("notFromOurServer"));
    }
  });

  it("obeys only commands for this terminal, in force, well formed, and of operations that it knows", async () => {
    const { gateway } = counter;
    expect(await refusalOf(gateway.claims("status", {}, { terminal: "counter-2" }))).toEqual(notRight("otherTerminal"));
    expect(await refusalOf(gateway.claims("status", {}, minutes(-1)))).toEqual(notRight("expired"));
    expect(await refusalOf(gateway.claims("status", {}, minutes(11)))).toEqual(notRight("tooLongLived"));
    expect(await refusalOf(gateway.claims("transmit", { apdu: "00" }))).toEqual(notRight("malformed"));
    expect(await refusalOf(gateway.claims("erase", {}, { cardNumber: null }))).toEqual(notRight("malformed"));
    const claims = gateway.claims("status", {});
    const [header, payload, signature = ""] = gateway.sign(claims).split(".");
    const other = Buffer.from(JSON.stringify({ ...claims, operation: "erase" })).toString("base64url");
    gateway.send({ type: "command", jws: `${header}.${other}.${signature}` });
    expect(await gateway.resultOf(claims.commandId)).toEqual(notRight("signature"));
    expect(payload).not.toBe(other);
  });

  it("touches no card but the command's", async () => {
    const result = await counter.gateway.run("erase", {}, { cardNumber: "MT00000000000002" });
    expect(result).toEqual({ kind: "refused", reason: "otherCard" });
  });

  it("obeys a command once: the same again gets the same answer until it is acknowledged, then none", async () => {
    made(await counter.makeKey());
    const { gateway } = counter;
    gateway.acknowledge = false;
    const sealedPassword = await gateway.seal("verifyPassword", "WRONG1");
    const claims = gateway.claims("verifyPassword", { sealedPassword });
    const first = await refusalOf(claims);
    expect(first).toEqual({ kind: "refused", reason: "wrongPassword", triesLeft: 4 });
    const again = async () => {
      const from = gateway.received.length;
      gateway.send({ type: "command", jws: gateway.sign(claims) });
      return gateway.resultOf(claims.commandId, from);
    };
    expect(await again()).toEqual(first);
    expect(counter.memory.signature.triesLeft).toBe(4);
    gateway.send({ type: "ack", commandId: claims.commandId });
    expect(await again()).toEqual(notRight("replayed"));
    const renamed = { ...claims, commandId: "6f2a5d6e-6d7c-4b8f-9f3a-0d2f6c1b7a10" };
    expect(await refusalOf(renamed)).toEqual(notRight("replayed"));
    expect(counter.memory.signature.triesLeft).toBe(4);
  });

  it("tells again, after the connection was lost, how a command ended that nobody acknowledged", async () => {
    const { gateway } = counter;
    gateway.acknowledge = false;
    const claims = gateway.claims("erase", {});
    const result = await refusalOf(claims);
    expect(result).toEqual({ kind: "erased" });
    const from = gateway.received.length;
    gateway.cut();
    const hello = await gateway.until((message) => message.type === "hello", from);
    const unfinished = { commandId: claims.commandId, operation: "erase", step: "erase", phase: "after", result };
    expect(hello.type === "hello" && hello.journal).toEqual([expect.objectContaining(unfinished)]);
    gateway.send({ type: "ack", commandId: claims.commandId });
  });

  it("is told of no card, and finds it when it is there", async () => {
    const from = counter.gateway.received.length;
    await counter.hand.obey({ do: "remove" });
    await counter.gateway.until((message) => message.type === "card" && !message.present, from);
    expect(await counter.gateway.run("status", {}, { cardNumber: null })).toMatchObject({ kind: "status", card: null });
    expect(await counter.gateway.run("erase", {})).toEqual({ kind: "interrupted", reason: "noCard", step: null });
    await counter.insert();
    const card = {
      cardNumber: CARD,
      keyAlgorithm: null,
      passwordSet: false,
      certificateStored: false,
      authorityCertificateStored: false,
      triesLeft: 0,
    };
    const status = await counter.gateway.run("status", {}, { cardNumber: null });
    expect(status).toEqual({ kind: "status", card, pinPad: true });
  });
});

describe("千葉県運用規程 6-4: passwords stay between screen and card", () => {
  it("writes no password to journal, log or messages", async () => {
    made(await counter.makeKey());
    await counter.verifyPassword();
    const written = counter.everythingWritten();
    expect(written).toContain('"verifyPassword"');
    for (const form of ["latin1", "hex", "base64"] as const) {
      expect(written).not.toContain(Buffer.from(PASSWORD).toString(form).replace(/=+$/, ""));
    }
  });
});
