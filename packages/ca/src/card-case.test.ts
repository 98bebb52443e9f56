import { randomUUID } from "node:crypto";
import { planCommands } from "@mitome/card";
import { CardAuthority } from "@mitome/testkit/card-authority";
import { IssuingDesk } from "@mitome/testkit/issuing-desk";
import { testCardComponents } from "@mitome/testkit/soft-issuing-authority";
import { describe, expect, it } from "vitest";
import { authoriseCommand, lookCard, openCardSession, openCase } from "./card-case.ts";
import type { NamedCardCommand } from "./certification-authority.ts";
import { endAttempt } from "./confirm-delivery.ts";

/** An open case with its card in conversation. */
async function conversation(desk = new IssuingDesk()) {
  const one = await desk.openCase();
  const { caseId, cardNumber } = one;
  const where = { caseId, attempt: 1, cardNumber, cardChallenge: Buffer.alloc(16, 5) };
  const opened = await openCardSession(desk.authority, desk.call, where);
  if (opened.kind === "refused") throw new Error(opened.reason);
  const { hostChallenge } = opened;
  const card = new CardAuthority(testCardComponents).openSession(cardNumber, where.cardChallenge, hostChallenge);
  const ask = (counter: number, command: NamedCardCommand, changes: object = {}) =>
    authoriseCommand(desk.authority, desk.call, {
      ...{ ...where, hostChallenge, cardCryptogram: card.cardCryptogram(), counter, command },
      ...changes,
    });
  return { desk, one, card, ask };
}
const making = { name: "generateKey", algorithm: "p-384" } as const;
const erasing = { name: "erase" } as const;

describe("security.md §2: one named command for one open case at a time", () => {
  it("gives the MACs of exactly the commands planned here, under the counters that follow", async () => {
    const { ask, card, one, desk } = await conversation();
    const attempt = await desk.ledger.readAttempt({
      ...{ authority: desk.authority.definition.id, municipality: "121002", caseId: one.caseId, attempt: 1 },
    });
    const caseChallenge = attempt?.challenge ?? new Uint8Array();
    const planned = planCommands({ ...making, caseChallenge });
    expect(await ask(1, making)).toEqual({ kind: "authorised", macs: card.macs(planned, 1) });
    const password = { name: "setPassword", commitment: Buffer.alloc(32, 8) } as const;
    expect(await ask(2, password)).toEqual({ kind: "authorised", macs: card.macs(planCommands(password), 2) });
  });

  it("answers the same question again, and refuses every other use of a counter", async () => {
    const { ask } = await conversation();
    const first = await ask(1, making);
    expect(await ask(1, making)).toEqual(first);
    expect(await ask(1, erasing)).toMatchObject({ reason: "counterWrong" });
    expect(await ask(3, erasing)).toMatchObject({ reason: "counterWrong" });
    expect(await ask(2, erasing)).toMatchObject({ kind: "authorised" });
    expect(await ask(1, making)).toMatchObject({ reason: "counterWrong" });
  });

  it("refuses a card that does not prove itself, and a session that is not this case's", async () => {
    const { ask } = await conversation();
    expect(await ask(1, making, { cardCryptogram: Buffer.alloc(16) })).toMatchObject({ reason: "cardNotAuthentic" });
    expect(await ask(1, making, { hostChallenge: Buffer.alloc(16) })).toMatchObject({ reason: "sessionUnknown" });
    expect(await ask(1, making, { cardChallenge: Buffer.alloc(16) })).toMatchObject({ reason: "sessionUnknown" });
    expect(await ask(1, making, { caseId: randomUUID() })).toMatchObject({ reason: "caseNotOpen" });
    expect(await ask(1, making, { cardNumber: "MITOME9999999999" })).toMatchObject({ reason: "caseNotOpen" });
  });

  it("makes keys of the suite alone", async () => {
    const { ask } = await conversation();
    const other = { name: "generateKey", algorithm: "rsa-2048" } as const;
    expect(await ask(1, other)).toMatchObject({ reason: "algorithmNotOfTheSuite" });
  });

  it("stores a certificate only once it is issued, and only this one; makes no key then", async () => {
    const { ask, desk, one } = await conversation();
    const early = { name: "storeCertificate", serial: "00" } as const;
    expect(await ask(1, early)).toMatchObject({ reason: "commandNotNow" });
    const issued = await desk.issue(one);
    if (issued.kind !== "issued") throw new Error("not issued");
    expect(await ask(1, making)).toMatchObject({ reason: "commandNotNow" });
    expect(await ask(1, early)).toMatchObject({ reason: "commandNotNow" });
    const storing = { name: "storeCertificate", serial: issued.serial } as const;
    const stored = await ask(1, storing);
    expect(stored.kind).toBe("authorised");
    const next = stored.kind === "authorised" ? stored.macs.length + 1 : 0;
    expect(await ask(next, { name: "storeAuthorityCertificate" })).toMatchObject({ kind: "authorised" });
  });

  it("lets a refused attempt erase its card, and nothing else", async () => {
    const { ask, desk, one } = await conversation();
    await desk.issue({ signed: desk.sign({ ...one.payload, keyGeneratedAt: "2026-01-01T00:00:00Z" }) });
    expect(await ask(1, making)).toMatchObject({ reason: "commandNotNow" });
    expect(await ask(1, erasing)).toMatchObject({ kind: "authorised" });
    const { cardNumber } = one;
    await openCase(desk.authority, desk.call, { caseId: randomUUID(), attempt: 1, cardNumber });
    expect(await ask(2, erasing)).toMatchObject({ reason: "caseNotOpen" });
  });
});

describe("a case", () => {
  it("opens for a card of the stock, in one living attempt at a time; again with the same challenge", async () => {
    const desk = new IssuingDesk();
    const opening = { caseId: randomUUID(), attempt: 1, cardNumber: desk.newCard() };
    const open = (changes: object) => openCase(desk.authority, desk.call, { ...opening, ...changes });
    const first = await open({});
    expect(first.kind).toBe("opened");
    expect(await open({})).toEqual(first);
    expect(await open({ cardNumber: desk.newCard() })).toMatchObject({ reason: "otherCardInCase" });
    expect(await open({ caseId: randomUUID() })).toMatchObject({ reason: "cardBusy" });
    expect(await open({ attempt: 2, cardNumber: desk.newCard() })).toMatchObject({ reason: "previousAttemptOpen" });
    expect(await open({ caseId: randomUUID(), cardNumber: "MITOME9999999999" })).toMatchObject({
      reason: "unknownCard",
    });
  });

  it("of another municipality's card is refused, and the card is unknown to a look", async () => {
    const desk = new IssuingDesk();
    desk.ledger.receiveCard("MITOMECHOSHI0001", "122025");
    const opening = { caseId: randomUUID(), attempt: 1, cardNumber: "MITOMECHOSHI0001" };
    expect(await openCase(desk.authority, desk.call, opening)).toMatchObject({ reason: "cardNotInStock" });
    expect(await lookCard(desk.authority, desk.call, "MITOMECHOSHI0001")).toBeUndefined();
  });

  it("that ended in doubt about who somebody is has no next attempt", async () => {
    const desk = new IssuingDesk();
    const { caseId, cardNumber } = await desk.openCase();
    await endAttempt(desk.authority, desk.call, { caseId, attempt: 1, reason: "doubt" });
    const next = { caseId, attempt: 2, cardNumber };
    expect(await openCase(desk.authority, desk.call, next)).toMatchObject({ reason: "doubtRecorded" });
  });
});
