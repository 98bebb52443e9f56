import type { AgentCommandStore } from "@mitome/db/ra";
import { describe, expect, it } from "vitest";
import { CardDesk, type CounterAgent } from "./card-desk.ts";

const work = { caseId: "case-1", attempt: 1, counter: "counter-1", cardNumber: "MITOME0000000001" };
const sealedPassword = { enc: "", ciphertext: "" };

const newAgent = (): CounterAgent => ({
  sessionKey: { publicKey: "", signature: "", terminalCertificate: "" },
  card: { present: true, cardNumber: work.cardNumber, pinPad: false },
  give: () => {},
  onceClosed: () => () => {},
});

/** A desk whose store hands out its numbers only when told to. */
function openDesk() {
  const asked: PromiseWithResolvers<number>[] = [];
  const numbered = () => {
    const answer = Promise.withResolvers<number>();
    asked.push(answer);
    return answer.promise;
  };
  const commands: AgentCommandStore = {
    nextNumber: numbered,
    issue: async () => {},
    end: async () => {},
    newestOf: async () => null,
  };
  const counter = { agent: newAgent() };
  const desk = new CardDesk({ agentOf: () => counter.agent, commands, clock: () => new Date(0) });
  return { desk, asked, counter };
}

const numberOf = (key: Awaited<ReturnType<CardDesk["sealingKey"]>>) => key?.binding.commandNumber;

describe("千葉県運用規程 6-4-2: what a password is sealed for", () => {
  it("is one command, whichever screens ask at the same moment", async () => {
    const { desk, asked } = openDesk();
    const both = [desk.sealingKey(work), desk.sealingKey(work)];
    for (const [index, { resolve }] of asked.entries()) resolve(7 + index);
    expect((await Promise.all(both)).map(numberOf)).toEqual([7, 7]);
    expect(asked).toHaveLength(1);
    expect(await desk.takeSealedPassword(work.caseId, work.attempt, { commandNumber: 7, sealedPassword })).toBe(true);
  });

  it("is taken once its number is there, though it came before", async () => {
    const { desk, asked } = openDesk();
    const key = desk.sealingKey(work);
    const taken = desk.takeSealedPassword(work.caseId, work.attempt, { commandNumber: 7, sealedPassword });
    asked[0]?.resolve(7);
    expect([numberOf(await key), await taken]).toEqual([7, true]);
  });

  it("is asked for again when the store had no number to give", async () => {
    const { desk, asked } = openDesk();
    const first = desk.sealingKey(work);
    asked[0]?.reject(new Error("the store is away"));
    await expect(first).rejects.toThrow("the store is away");
    const again = desk.sealingKey(work);
    asked[1]?.resolve(8);
    expect(numberOf(await again)).toBe(8);
  });

  it("is another command when another agent has come: the older seal is not taken", async () => {
    const { desk, asked, counter } = openDesk();
    const before = desk.sealingKey(work);
    asked[0]?.resolve(7);
    await before;
    counter.agent = newAgent();
    const after = desk.sealingKey(work);
    asked[1]?.resolve(8);
    expect(numberOf(await after)).toBe(8);
    expect(await desk.takeSealedPassword(work.caseId, work.attempt, { commandNumber: 7, sealedPassword })).toBe(false);
  });
});
