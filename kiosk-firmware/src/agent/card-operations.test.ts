import { randomBytes } from "node:crypto";
import { type AgentCommand, type CardOperation, CardRemoved, planCommands } from "@mitome/card";
import { CardAuthority } from "@mitome/testkit/card-authority";
import { TEST_CARD_COMPONENTS } from "@mitome/testkit/pcsc";
import { describe, expect, it } from "vitest";
import { testCard } from "../virtual-card/card-scripts.fixture.ts";
import { memoryStore } from "../virtual-card/memory-store.fixture.ts";
import { VirtualCard } from "../virtual-card/virtual-card.ts";
import { runOperation } from "./card-operations.ts";
import { AuthorityUnavailable, type Need, type NeedAnswer, type OperationContext } from "./operation.ts";

const SEALED = { enc: "", ciphertext: "" };
const CLAIMS = {
  commandId: "0b8f8d5e-5f55-4f43-9d35-0d3a6a4f4f10",
  terminal: "counter-1",
  caseId: "case-1",
  attempt: 1,
  commandNumber: 1,
  expiresAt: "2026-11-22T03:00:00Z",
  cardNumber: "MT00000000000001",
};
const CASE_CHALLENGE = new Uint8Array(32).fill(0xcc);

const authority = new CardAuthority(TEST_CARD_COMPONENTS);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

async function answerNeed(need: Need): Promise<NeedAnswer> {
  if (need.need === "hostChallenge") {
    const session = authority.openSession(need.cardNumber, bytes(need.cardChallenge), new Uint8Array(randomBytes(16)));
    const hostCryptogram = base64(session.hostCryptogram);
    return { kind: "hostChallenge", hostChallenge: base64(session.hostChallenge), hostCryptogram };
  }
  const session = authority.openSession(need.cardNumber, bytes(need.cardChallenge), bytes(need.hostChallenge));
  const { command } = need;
  const operation: CardOperation =
    command.name === "generateKey"
      ? { ...command, caseChallenge: CASE_CHALLENGE }
      : command.name === "setPassword"
        ? { name: "setPassword", commitment: bytes(command.commitment) }
        : { name: "erase" };
  return { kind: "macs", macs: session.macs(planCommands(operation), need.counter).map(base64) };
}

/** An operation's world on a card in this process, with every password buffer it opens kept for inspection. */
function world(card: "blank" | "issued", password: string, need = answerNeed) {
  const opened: Uint8Array[] = [];
  const sent: Uint8Array[] = [];
  const chip = new VirtualCard(memoryStore(testCard(card)));
  chip.powerOn();
  let pulled = false;
  const context: OperationContext = {
    card: {
      reader: "Mitome Reader",
      pinPad: false,
      transmit: async (apdu) => {
        if (pulled) throw new CardRemoved("pulled");
        sent.push(apdu);
        return chip.transmit(apdu.slice());
      },
      verifyAtPad: () => Promise.reject(new CardRemoved("no pad")),
    },
    need,
    step: (_step, effect) => effect(),
    progress: () => undefined,
    openPassword: async () => {
      const buffer = new TextEncoder().encode(password);
      opened.push(buffer);
      return buffer;
    },
    now: () => new Date("2026-11-22T03:00:00Z"),
    random: (length) => new Uint8Array(randomBytes(length)),
  };
  const pull = (): void => {
    pulled = true;
  };
  return { context, opened, sent, pull };
}

const makeKey: AgentCommand = {
  ...CLAIMS,
  operation: "makeKey",
  params: { algorithm: "rsa-2048", caseChallenge: base64(CASE_CHALLENGE), sealedPassword: SEALED },
};
const verifyPassword: AgentCommand = { ...CLAIMS, operation: "verifyPassword", params: { sealedPassword: SEALED } };
const changePassword: AgentCommand = { ...CLAIMS, operation: "changePassword", params: { sealedPassword: SEALED } };

describe("password buffers", () => {
  const zero = (buffer: Uint8Array): boolean => buffer.every((byte) => byte === 0);

  it.each([
    ["makeKey", makeKey, "blank", "MITOME2026", "keyMade"],
    ["verifyPassword", verifyPassword, "issued", "MITOME2026", "passwordRight"],
    ["changePassword", changePassword, "issued", "MITOME2026\0NEWONE1", "passwordChanged"],
    ["a refused password", makeKey, "blank", "short", "refused"],
    ["a wrong password", verifyPassword, "issued", "WRONG123", "refused"],
  ] as const)("are overwritten after %s", async (_what, command, card, password, kind) => {
    const { context, opened, sent } = world(card, password);
    expect((await runOperation(command, context)).kind).toBe(kind);
    expect(opened.length).toBe(1);
    expect(opened.every(zero)).toBe(true);
    // Commands that carried it too: VERIFY, CHANGE REFERENCE DATA and the secured RESET RETRY COUNTER.
    for (const text of password.split("\0")) {
      expect(sent.some((apdu) => Buffer.from(apdu).includes(text))).toBe(false);
    }
  });

  it("are overwritten when the authority or the card goes away", async () => {
    const noAuthority = world("blank", "MITOME2026", () => Promise.reject(new AuthorityUnavailable()));
    await expect(runOperation(makeKey, noAuthority.context)).rejects.toBeInstanceOf(AuthorityUnavailable);
    expect(noAuthority.opened.every(zero)).toBe(true);
    const noCard = world("blank", "MITOME2026", async (need) => {
      noCard.pull();
      return answerNeed(need);
    });
    await expect(runOperation(makeKey, noCard.context)).rejects.toBeInstanceOf(CardRemoved);
    expect(noCard.opened.length).toBe(1);
    expect(noCard.opened.every(zero)).toBe(true);
  });
});

describe("what the CA learns of a password", () => {
  it("is a commitment that differs each time and is not the password's own hash", async () => {
    const commitments = new Set<string>();
    for (let run = 0; run < 2; run++) {
      const { context } = world("blank", "MITOME2026", async (need) => {
        if (need.need === "macs" && need.command.name === "setPassword") commitments.add(need.command.commitment);
        return answerNeed(need);
      });
      await runOperation(makeKey, context);
    }
    expect(commitments.size).toBe(2);
  });
});
