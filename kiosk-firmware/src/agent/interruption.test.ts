import type { AgentResult } from "@mitome/card";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CardMemory } from "../virtual-card/card-memory.ts";
import { Counter, PASSWORD } from "./counter.fixture.ts";

// The agent is killed, and the card pulled, at every named point before and after its effect: afterwards the same command, given
// anew, brings card and server together.

type Operation = "makeKey" | "storeCertificates" | "verifyPassword" | "changePassword" | "erase";

let counter: Counter;
let points = 0;
const cards = new Map<"blank" | "keyMade", CardMemory>();

beforeAll(async () => {
  counter = await Counter.open();
  await counter.insert("blank");
  await counter.startAgent();
  cards.set("blank", counter.memory);
  await counter.makeKey();
  cards.set("keyMade", counter.memory);
  await counter.stopAgent();
});

afterAll(async () => {
  process.stdout.write(`interrupted at ${points} points\n`);
  await counter?.close();
});

/** Which card an operation starts with, and what it ends with. */
const OPERATIONS: Readonly<Record<Operation, { card: "blank" | "keyMade"; ends: AgentResult["kind"] }>> = {
  makeKey: { card: "blank", ends: "keyMade" },
  storeCertificates: { card: "keyMade", ends: "certificatesStored" },
  verifyPassword: { card: "keyMade", ends: "passwordRight" },
  changePassword: { card: "keyMade", ends: "passwordChanged" },
  erase: { card: "keyMade", ends: "erased" },
};

async function lay(card: "blank" | "keyMade"): Promise<void> {
  await counter.hand.obey({ do: "remove" });
  const memory = cards.get(card);
  if (memory !== undefined) counter.memory = memory;
  await counter.insert();
}

async function paramsOf(operation: Operation): Promise<object> {
  const { gateway } = counter;
  switch (operation) {
    case "makeKey":
      return counter.makeKeyParams();
    case "storeCertificates":
      return counter.storeParams();
    case "verifyPassword":
      return { sealedPassword: await gateway.seal("verifyPassword", PASSWORD) };
    case "changePassword":
      return { sealedPassword: await gateway.seal("changePassword", { current: PASSWORD, next: PASSWORD }) };
    case "erase":
      return {};
  }
}

/** Gives the operation anew and checks that card and server agree afterwards. */
async function converge(operation: Operation): Promise<void> {
  const result = await counter.gateway.run(operation, await paramsOf(operation));
  expect(result.kind).toBe(OPERATIONS[operation].ends);
  const { key, certificate } = counter.memory.signature;
  if (operation === "erase") expect(key).toBeNull();
  else expect(await counter.verifyPassword()).toEqual({ kind: "passwordRight" });
  if (operation === "storeCertificates") {
    expect(Buffer.from(certificate, "base64")).toEqual(Buffer.from(counter.certificates[0]));
  }
}

const STEPS: readonly [Operation, readonly string[]][] = [
  ["makeKey", ["generateKey", "setPassword", "verifyPassword", "result"]],
  ["storeCertificates", ["storeAuthorityCertificate", "storeCertificate", "result"]],
  ["verifyPassword", ["verifyPassword", "result"]],
  ["changePassword", ["verifyPassword", "changePassword", "result"]],
  ["erase", ["erase", "result"]],
];

describe("the agent is killed", () => {
  const kills = STEPS.flatMap(([operation, steps]) =>
    steps.flatMap((step) => (["before", "after"] as const).map((when) => [operation, step, when] as const)),
  );
  it.each(kills)("at agent.%s.%s.%s", async (operation, step, when) => {
    const { gateway } = counter;
    points += 1;
    await lay(OPERATIONS[operation].card);
    const agent = await counter.startAgent(`agent.${operation}.${step}.${when}`);
    const claims = gateway.claims(operation, await paramsOf(operation));
    gateway.send({ type: "command", jws: gateway.sign(claims) });
    expect(await agent.ended).toBe("SIGKILL");
    const from = gateway.received.length;
    await counter.startAgent();
    const hello = gateway.received.slice(from).find((message) => message.type === "hello");
    const [entry, ...others] = hello?.type === "hello" ? hello.journal : [];
    expect(others).toEqual([]);
    expect(entry?.commandId).toBe(claims.commandId);
    // A result that was safe is told; before that, what is known is the last step.
    const known = step === "result" && when === "after";
    expect(entry?.result.kind).toBe(known ? OPERATIONS[operation].ends : "interrupted");
    if (step !== "result") expect([entry?.step, entry?.phase]).toEqual([step, "before"]);
    gateway.send({ type: "ack", commandId: claims.commandId });
    // Given again, the same command is not obeyed a second time.
    const sent = gateway.received.length;
    gateway.send({ type: "command", jws: gateway.sign(claims) });
    expect(await gateway.resultOf(claims.commandId, sent)).toMatchObject({
      reason: "commandNotRight",
      why: "replayed",
    });
    if (operation !== "makeKey" || !known) await converge(operation);
    await counter.stopAgent();
  });
});

describe("the card is pulled", () => {
  beforeAll(async () => {
    await lay("blank");
    await counter.startAgent();
  });

  const COMMANDS: readonly [Operation, readonly (readonly [command: string, nth: number])[]][] = [
    [
      "makeKey",
      [
        ["select", 1],
        ["getData", 2],
        ["getChallenge", 1],
        ["mutualAuthenticate", 1],
        ["generateKeyPair", 1],
        ["resetRetryCounter", 1],
        ["verify", 1],
        ["performSecurityOperation", 1],
      ],
    ],
    [
      "storeCertificates",
      [
        ["mutualAuthenticate", 1],
        ["updateBinary", 1],
        ["updateBinary", 7],
        ["updateBinary", 9],
        ["updateBinary", 16],
        ["readBinary", 1],
      ],
    ],
    [
      "changePassword",
      [
        ["verify", 1],
        ["changeReferenceData", 1],
      ],
    ],
    ["erase", [["eraseSignatureApplication", 1]]],
  ];
  const pulls = COMMANDS.flatMap(([operation, commands]) =>
    commands.flatMap(([command, nth]) =>
      (["before", "after"] as const).map((when) => [operation, when, command, nth] as const),
    ),
  );
  it.each(pulls)("during %s, %s the effect of %s %i", async (operation, when, command, nth) => {
    points += 1;
    await lay(OPERATIONS[operation].card);
    const params = await paramsOf(operation);
    await counter.hand.obey({ do: "pullAt", command, when, nth });
    const result = await counter.gateway.run(operation, params);
    expect(result).toMatchObject({ kind: "interrupted", reason: "cardRemoved" });
    await counter.insert();
    await converge(operation);
  });
});

it("writes no password anywhere, however it is interrupted", () => {
  const written = counter.everythingWritten();
  for (const form of ["latin1", "hex", "base64"] as const) {
    expect(written).not.toContain(Buffer.from(PASSWORD).toString(form).replace(/=+$/, ""));
  }
});
