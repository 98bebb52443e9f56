import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { type AgentResult, proofOfPossessionMessage } from "@mitome/card";
import { CardAuthority } from "@mitome/testkit/card-authority";
import {
  type CardHand,
  makeTestCards,
  type PcscStack,
  startCardHand,
  startPcsc,
  TEST_CARD_COMPONENTS,
} from "@mitome/testkit/pcsc";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AgentProcess, startAgent } from "./agent-process.fixture.ts";
import { type EquipmentFiles, EquipmentRoot, pem } from "./equipment.fixture.ts";
import { TestGateway } from "./gateway.fixture.ts";

const CARD = "MT00000000000001";
const PASSWORD = "MITOME2026";

let stack: PcscStack;
let hand: CardHand;
let root: EquipmentRoot;
let server: EquipmentFiles;
let gateway: TestGateway;
let agent: AgentProcess;
let card = "";
let certificates: Uint8Array[];

beforeAll(async () => {
  stack = await startPcsc({ readers: 1, pinPads: [0] });
  root = new EquipmentRoot(stack.directory);
  server = root.issue("server", "hall-1");
  const terminal = root.issue("agent", "counter-1");
  [card = ""] = makeTestCards(join(stack.directory, "cards"), { cardNumbers: [CARD] });
  hand = await startCardHand(stack, at(0), card);
  gateway = new TestGateway(root.ca, server);
  agent = await startAgent(stack.directory, {
    gatewayUrl: await gateway.listen(),
    tls: { ca: root.ca, ...terminal },
    equipmentRoot: root.ca,
    terminal: "counter-1",
    authority: "chiba",
    readerPrefix: "Mitome",
    journal: join(stack.directory, "agent", "journal"),
    pcscSocket: stack.pcscSocket,
  });
  certificates = [server.cert, root.ca].map((file) => padded(new X509Certificate(pem(file)).raw));
  await gateway.until((message) => message.type === "card" && message.present);
});

afterAll(async () => {
  await agent?.stop();
  await gateway?.close();
  await hand?.stop();
  await stack?.stop();
});

beforeEach(async () => {
  makeTestCards(join(stack.directory, "cards"), { cardNumbers: [CARD] });
  await insert();
});

const at = (index: number) => stack.readers[index] ?? { name: "", cardSocket: "" };

// Certificates of cards are longer than 256 bytes, so they start 30 82; these test ones are wrapped to be.
function padded(der: Uint8Array): Uint8Array {
  const content = Buffer.concat([der, Buffer.alloc(1200 - der.length)]);
  return new Uint8Array(
    Buffer.concat([Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]), content]),
  );
}

async function insert(): Promise<void> {
  const from = gateway.received.length;
  await hand.obey({ do: "remove" });
  await hand.obey({ do: "insert", card });
  await gateway.until((message) => message.type === "card" && message.present && message.cardNumber === CARD, from);
}

async function makeKey(algorithm = "rsa-2048", password = PASSWORD): Promise<AgentResult> {
  const sealedPassword = await gateway.seal("makeKey", password);
  const caseChallenge = Buffer.from(gateway.case.caseChallenge).toString("base64");
  return gateway.run("makeKey", { algorithm, caseChallenge, sealedPassword });
}

async function storeCertificates(): Promise<AgentResult> {
  const [certificate = new Uint8Array(), authorityCertificate = new Uint8Array()] = certificates;
  Object.assign(gateway.case, { certificate, authorityCertificate });
  return gateway.run("storeCertificates", {
    serial: "0a0b",
    certificate: Buffer.from(certificate).toString("base64"),
    authorityCertificate: Buffer.from(authorityCertificate).toString("base64"),
  });
}

function made(result: AgentResult): Extract<AgentResult, { kind: "keyMade" }> {
  if (result.kind !== "keyMade") throw new Error(JSON.stringify(result));
  return result;
}

describe("the device agent", () => {
  it("[C-3-1-11.1] [C-6-1-2-1.1] makes the key on the card and signs the proof of possession that it built itself", async () => {
    const result = made(await makeKey());
    const spki = Buffer.from(result.publicKey, "base64");
    const { caseChallenge } = gateway.case;
    const message = proofOfPossessionMessage({ caseChallenge, caseId: "case-1", cardNumber: CARD, spki });
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    expect(verify("sha256", message, key, Buffer.from(result.proofOfPossession, "base64"))).toBe(true);
    const { cardChallenge, hostChallenge, counter, mac } = result.cardOrigin;
    const session = new CardAuthority(TEST_CARD_COMPONENTS).openSession(
      CARD,
      Buffer.from(cardChallenge, "base64"),
      Buffer.from(hostChallenge, "base64"),
    );
    const digest = createHash("sha256").update(spki).digest();
    expect(Buffer.from(session.originMac(counter, caseChallenge, digest)).toString("base64")).toBe(mac);
  });
  it("stores both certificates and answers with the hashes of what it read back", async () => {
    made(await makeKey());
    const [certificate, authorityCertificate] = certificates.map((bytes) =>
      createHash("sha256").update(bytes).digest("base64"),
    );
    const stored = {
      kind: "certificatesStored",
      certificateHash: certificate,
      authorityCertificateHash: authorityCertificate,
    };
    expect(await storeCertificates()).toEqual(stored);
    expect(await storeCertificates()).toEqual(stored);
  });
});
