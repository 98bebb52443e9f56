/** Deliveries of 失効情報 that do not go as they should: who takes nothing, who goes away, what is lost on the way. */
import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import { chibaPracticeAuthority } from "@mitome/ca";
import type { RevocationInformation } from "@mitome/db/status";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePeer } from "./hierarchy.fixture.ts";
import { fingerprintOf } from "./identify-asker.ts";
import { admittedFacts, MemoryRegistry } from "./memory-world.fixture.ts";
import type { IssuerAccessRecord } from "./ports.ts";
import { sendProvision } from "./revocation-provision.ts";
import { Unavailable } from "./signed-answer.ts";

const court = makePeer("court-1");
const client = fingerprintOf(court.certificate.der);
const entry = { serial: "4a", revokedAt: new Date("2026-11-01T00:00:00Z"), reason: "superseded" } as const;
const server = createServer((request, response) => {
  void sendProvision(desk, "revocationInformation", request, response, client);
});
let entries: () => RevocationInformation["entries"];
let records: IssuerAccessRecord[];
let spoolIsFull: boolean;

const registry = new MemoryRegistry();
registry.register(court, "court-1", {
  facts: [
    ...admittedFacts,
    { kind: "rightGranted", right: "revocationInformation", effectiveAt: new Date("2026-01-02T00:00:00Z") },
  ],
});
const now = () => new Date("2026-11-22T09:00:00Z");
const desk = {
  ...{ registry, now },
  lists: {
    reading: {
      ...{ readAt: now(), definition: chibaPracticeAuthority, generations: [1] },
      ...{ certificates: [], lists: [], reports: [] },
    },
    octetsOf: async () => new Uint8Array(),
  },
  information: {
    now: async () => ({ through: 1, certificates: 1, entries: entries() }),
    fileAt: async () => undefined,
  },
  async keepRecord(record: IssuerAccessRecord) {
    if (spoolIsFull) throw new Unavailable("accessRecords");
    records.push(record);
  },
};

beforeEach(async () => {
  records = [];
  spoolIsFull = false;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function ask(): Promise<IncomingMessage> {
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : expect.fail();
  const [response] = await once(
    get({ host: "127.0.0.1", port, path: "/revocation-information/1/121002", agent: false }),
    "response",
  );
  return response;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}

describe("a delivery", () => {
  it("is not begun while its record cannot be kept", async () => {
    spoolIsFull = true;
    entries = async function* () {
      yield [entry];
    };
    const response = await ask();
    expect([response.statusCode, await bodyOf(response)]).toEqual([503, expect.not.stringContaining("4a")]);
  });

  it("that loses the ledger on its way ends without its end, and counts", async () => {
    entries = async function* () {
      yield [entry];
      throw new Error("the ledger is away");
    };
    await expect(ask().then(bodyOf)).rejects.toThrow("aborted");
    expect(records).toHaveLength(1);
  });

  it("has its place among a few; when all are taken the next is asked to wait, and gets one when a reader goes away", async () => {
    const held: (() => void)[] = [];
    entries = async function* () {
      await new Promise<void>((resolve) => held.push(resolve));
      yield [entry];
    };
    const readers = await Promise.all(Array.from({ length: 16 }, ask));
    expect(readers.map(({ statusCode }) => statusCode)).toEqual(readers.map(() => 200));
    const waiting = await ask();
    expect([waiting.statusCode, waiting.headers["retry-after"]]).toEqual([503, "10"]);
    readers[0]?.destroy();
    held[0]?.();
    await expect.poll(async () => (await ask()).statusCode).toBe(200);
    for (const go of held) go();
    const whole = readers.slice(1).map(async (reader) => (await bodyOf(reader)).split("\n").length);
    expect(await Promise.all(whole)).toEqual(whole.map(() => 3));
  });
});
