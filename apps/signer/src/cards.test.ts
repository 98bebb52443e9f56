import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cardCryptogramInput,
  cardKeyDerivationData,
  cmac,
  commandMacInput,
  deriveKey,
  hostCryptogramInput,
  originMacInput,
  sessionKeyDerivationData,
} from "@mitome/card";
import { CardSignerClient } from "@mitome/hsm/signer-client";
import { SOFTHSM_MODULE, softHsmDirectory } from "@mitome/testkit/softhsm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { custodiansIn, runCeremony, type SignerProcess, startSignerProcess } from "./signer-process.fixture.ts";

const directory = mkdtempSync(join(tmpdir(), "crd-"));
const cardNumber = "MITOME0000000001";
const custodians = custodiansIn(directory);
let signer: SignerProcess;
let client: CardSignerClient;
let plan: Record<string, unknown>;

beforeAll(async () => {
  const { configuration: softhsmConf } = softHsmDirectory(directory);
  const token = {
    instance: "cards",
    module: SOFTHSM_MODULE,
    softhsmConf,
    tokenLabel: "cards",
    pinFile: join(directory, "pin"),
  };
  plan = { ...token, custodians, record: join(directory, "record.json") };
  runCeremony(directory, plan);
  const socket = join(directory, "s", "cards");
  signer = await startSignerProcess(directory, {
    ...token,
    unattended: true,
    socket,
    operatorSocket: join(directory, "o", "operator"),
    journal: join(directory, "journal"),
  });
  client = new CardSignerClient({ socket });
});

afterAll(async () => {
  client.close();
  expect(await signer.stop()).toBe(0);
  rmSync(directory, { recursive: true, force: true });
});

/** The card maker's way: the same components, in software. */
function cardKeyFromComponents(): Uint8Array {
  const [one, two] = custodians.map(({ directory: place }) =>
    Buffer.from(readFileSync(join(place, "card-master-1.component"), "utf8"), "base64"),
  );
  const master = Buffer.from((one ?? Buffer.alloc(32)).map((octet, at) => octet ^ (two?.[at] ?? 0)));
  return deriveKey(master, cardKeyDerivationData(cardNumber));
}

describe("the card keys' signer", () => {
  it("answers a card's challenge as the card itself computes it, and believes a card with the right key", async () => {
    const cardChallenge = randomBytes(16);
    const opened = await client.openSession(cardNumber, cardChallenge);
    if (opened.kind !== "opened") throw new Error(opened.kind);
    const { hostChallenge } = opened;
    const session = { cardNumber, cardChallenge, hostChallenge };
    const sessionKey = deriveKey(cardKeyFromComponents(), sessionKeyDerivationData(cardChallenge, hostChallenge));
    const mac = (message: Uint8Array) => Buffer.from(cmac(sessionKey, message));
    expect(opened.hostCryptogram).toEqual(mac(hostCryptogramInput(cardChallenge, hostChallenge)));

    const cardCryptogram = mac(cardCryptogramInput(cardChallenge, hostChallenge));
    expect(await client.verifyCard(session, cardCryptogram)).toEqual({ kind: "verified", right: true });
    expect(await client.verifyCard(session, randomBytes(16))).toEqual({ kind: "verified", right: false });
    const otherCard = { ...session, cardNumber: "MITOME0000000002" };
    expect(await client.verifyCard(otherCard, cardCryptogram)).toEqual({ kind: "verified", right: false });

    const payloadDigests = [randomBytes(32), randomBytes(32)];
    const commands = payloadDigests.map((dataDigest) => ({ ins: 0x46, p1: 0, p2: 1, dataDigest }));
    expect(await client.authorise(session, 5, commands)).toEqual({
      kind: "authorised",
      macs: payloadDigests.map((payloadDigest, at) =>
        mac(commandMacInput({ counter: 5 + at, ins: 0x46, p1: 0, p2: 1, payloadDigest })),
      ),
    });

    const spki = randomBytes(294);
    const caseChallenge = randomBytes(32);
    const origin = { counter: 5, cardNumber, caseChallenge, spkiDigest: createHash("sha256").update(spki).digest() };
    const originMac = mac(originMacInput(origin));
    const said = { counter: 5, caseChallenge, spki, mac: originMac };
    expect(await client.verifyOrigin(session, said)).toEqual({ kind: "verified", right: true });
    expect(await client.verifyOrigin(session, { ...said, spki: randomBytes(294) })).toMatchObject({ right: false });
    expect(await client.verifyOrigin(session, { ...said, caseChallenge: randomBytes(32) })).toMatchObject({
      right: false,
    });
  });

  it("draws a host challenge of its own each time", async () => {
    const cardChallenge = randomBytes(16);
    const [one, two] = [
      await client.openSession(cardNumber, cardChallenge),
      await client.openSession(cardNumber, cardChallenge),
    ];
    expect(one).not.toEqual(two);
  });
});

describe("the ceremony of two custodians", () => {
  it("puts one component into each custodian's own place and nothing else there", () => {
    const components = custodians.map(({ directory: place }) => {
      expect(statSync(place).mode & 0o777).toBe(0o700);
      const file = join(place, "card-master-1.component");
      expect(statSync(file).mode & 0o777).toBe(0o600);
      return readFileSync(file, "utf8");
    });
    expect(components[0]).not.toBe(components[1]);
    expect(statSync(join(directory, "pin")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, "pin"), "utf8").trim()).toHaveLength(43);
  });

  it("is held once: again, it touches nothing", () => {
    expect(runCeremony(directory, plan)).toMatchObject({ ceremony: "alreadyDone", keys: ["card-master:1"] });
  });

  it("stops when a token is there without the record of its ceremony", () => {
    const again = { ...plan, record: join(directory, "other-record.json") };
    expect(() => runCeremony(directory, again)).toThrow(/interrupted/);
  });
});
