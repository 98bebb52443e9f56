import { createPublicKey, verify, X509Certificate } from "node:crypto";
import { caseStore } from "@mitome/db/ra";
import type { ActionAnswer, ClerkView } from "@mitome/ra";
import { parsedRequest } from "@mitome/testkit/soft-authority";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  act,
  type Counter,
  clerkSees,
  openCounter,
  residentAct,
  residentSees,
  residents,
  until,
} from "./counter.fixture.ts";
import { blankCard, type ScriptedAgent } from "./scripted-agent.fixture.ts";
import { refusal } from "./scripted-authority.fixture.ts";
import {
  agree,
  chooseResident,
  compare,
  enterPassword,
  hanako,
  handOver,
  issue,
  licence,
  type Pair,
  prove,
  start,
  toPassword,
} from "./walk.fixture.ts";

let counter: Counter;
let agent: ScriptedAgent;
let pair: Pair;
const [yamada] = residents;
let cards = 0;
const newCard = () => {
  cards += 1;
  const card = blankCard(`MITOME${String(cards).padStart(10, "0")}`);
  counter.authority.stock.add(card.cardNumber);
  agent.place(card);
  return card;
};

beforeAll(async () => {
  counter = await openCounter();
  agent = counter.agent("counter-1");
  await agent.connect();
  pair = { clerk: await counter.clerkAtWork("counter-1"), resident: await counter.screen("resident", "counter-1") };
});

// Every test leaves the counter free for the next person.
afterEach(async () => {
  counter.authority.held.clear();
  counter.authority.away = false;
  agent.place(null);
  const free = async () => {
    const { screen } = await pair.clerk.view<ClerkView>("clerk.view");
    if (screen === "menu") return true;
    await act(pair.clerk, { type: screen === "ended" ? "nextPerson" : "withdraw" });
    await act(pair.clerk, { type: "end" });
    return false;
  };
  await until(free, Boolean, "the counter is free");
});

afterAll(async () => {
  await agent?.kill();
  await counter?.stop();
});

const requestSent = () => {
  const signed = counter.authority.requests.at(-1);
  if (signed === undefined) throw new Error("nothing was asked");
  return { signed, request: parsedRequest(JSON.parse(Buffer.from(signed.payload, "base64").toString("utf8"))) };
};

describe("新規発行, whole", () => {
  it("[C-4-2-1.1][C-2-1-3.6] tells the governor the four items and the public key, signed by the municipality's server and nobody else", async () => {
    newCard();
    await toPassword(pair);
    await enterPassword(pair);
    await issue(pair);
    await residentSees(pair.resident, "notices");
    const { signed, request } = requestSent();
    expect(request.items).toMatchObject({
      name: yamada?.name,
      dateOfBirth: yamada?.dateOfBirth,
      gender: yamada?.gender,
      address: yamada?.address,
    });
    expect(request.residentCode).toBe(yamada?.residentCode);
    const made = createPublicKey(agent.card?.key ?? "").export({ type: "spki", format: "der" });
    expect(Buffer.from(request.publicKey).equals(made)).toBe(true);
    const message = Buffer.concat([Buffer.from("mitome-issuance-request-v1\0"), Buffer.from(signed.payload, "base64")]);
    const { publicKey } = new X509Certificate(await counter.serverCertificate());
    const right = verify(
      "sha256",
      message,
      { key: publicKey, dsaEncoding: "ieee-p1363" },
      Buffer.from(signed.signature, "base64"),
    );
    expect(right).toBe(true);
    await handOver(pair);
  });

  it("[C-2-1-3.8] puts the certificate and the governor's self-signed certificate on the resident's card, and enters the delivery", async () => {
    const card = newCard();
    const caseId = await toPassword(pair);
    await enterPassword(pair);
    await issue(pair);
    await handOver(pair);
    const certificate = new X509Certificate(Buffer.from(card.certificate ?? "", "base64"));
    const governor = new X509Certificate(Buffer.from(card.authorityCertificate ?? "", "base64"));
    expect(certificate.verify(governor.publicKey)).toBe(true);
    expect(governor.verify(governor.publicKey)).toBe(true);
    const [entry] = await counter.owner`select serial, fee_yen from ra.delivery where case_id = ${caseId}`;
    expect(entry).toEqual({ serial: certificate.serialNumber.toLowerCase(), fee_yen: 500 });
  });

  it("[C-4-3-1.2][C-2-1-3.13][C-4-1-2.1] makes application, copy and receipt, each when its step is reached and again afterwards", async () => {
    newCard();
    const get = (caseId: string, kind: string) => pair.clerk.call<{ pdf: string }>("documents.get", { caseId, kind });
    const caseId = await start(pair);
    await expect(get(caseId, "application")).rejects.toThrow("NOT_FOUND");
    await chooseResident(pair);
    await compare(pair);
    expect(Buffer.from((await get(caseId, "application")).pdf, "base64").toString()).toMatch(/^%PDF/);
    await expect(get(caseId, "certificateCopy")).rejects.toThrow("NOT_FOUND");
    await prove(pair);
    await agree(pair);
    await enterPassword(pair);
    await issue(pair);
    await handOver(pair);
    for (const kind of ["application", "certificateCopy", "receipt"]) await get(caseId, kind);
    expect(counter.documents.slice(-3).map(({ kind }) => kind)).toEqual(["application", "certificateCopy", "receipt"]);
    const acts = await counter.owner`select kind from ra.act where case_id = ${caseId} and kind like 'document%'`;
    expect(acts).toHaveLength(4);
  });

  it("[C-5-2-1-2.1] keeps who of the staff did what, and when", async () => {
    newCard();
    const caseId = await toPassword(pair);
    await enterPassword(pair);
    await issue(pair);
    await handOver(pair);
    const acts = await counter.owner`select kind, clerk, at from ra.act where case_id = ${caseId} order by number`;
    const kinds = acts.map(({ kind }) => String(kind));
    for (const kind of [
      "startNew",
      "searched.found",
      "chooseResident",
      "recordIdentity",
      "issue",
      "issued",
      "delivered",
      "cardReturned",
    ]) {
      expect(kinds).toContain(kind);
    }
    for (const { kind, clerk } of acts) {
      const byClerk = ["startNew", "chooseResident", "confirmItem", "recordIdentity", "issue", "cardReturned"].includes(
        String(kind),
      );
      if (byClerk) expect(clerk, String(kind)).toMatch(/^[0-9a-f-]{36}$/);
      if (["confirmData", "acceptTerms", "passwordSealed", "acknowledge"].includes(String(kind)))
        expect(clerk).toBeNull();
    }
    expect(requestSent().request.clerk).toBe(acts.find(({ kind }) => kind === "recordIdentity")?.clerk);
  });
});

describe("千葉県運用規程 3-1-9: doubt", () => {
  it("[C-3-1-9.3] ends the case, asks the authority for nothing and leaves no key on the card", async () => {
    const card = newCard();
    const asked = counter.authority.requests.length;
    await toPassword(pair);
    await enterPassword(pair);
    await residentSees(pair.resident, "giveCardToClerk");
    await act(pair.clerk, { type: "doubt", ground: "answersDoNotMatch" });
    const ended = await clerkSees(pair.clerk, "ended");
    expect(ended).toMatchObject({ outcome: "doubt", explanation: { clause: "千葉県運用規程 3-1-9 但し書" } });
    expect(counter.authority.requests.length).toBe(asked);
    expect(counter.authority.open).toEqual([]);
    expect(card.key).toBeNull();
  });

  it("[C-3-1-9.1] does not go on while an item differs, and says so with the clause", async () => {
    newCard();
    await start(pair);
    await chooseResident(pair);
    await clerkSees(pair.clerk, "compare");
    await act(pair.clerk, { type: "enterItem", item: "dateOfBirth", text: "S390108" });
    const answer = await act(pair.clerk, { type: "confirmItem", item: "dateOfBirth" });
    expect(answer).toMatchObject({
      kind: "problem",
      explanation: { reason: "itemDiffers", clause: "千葉県運用規程 3-1-9 ①" },
    });
    expect(await act(pair.clerk, { type: "finishComparison" })).toMatchObject({ explanation: { reason: "itemsOpen" } });
    await clerkSees(pair.clerk, "compare");
  });

  it.each([
    ["documentExpired", { expiresOn: "R081121" }],
    ["expiryMissing", { expiresOn: null }],
    ["expiryUnreadable", { expiresOn: "H310501" }],
    ["photoDoesNotMatch", { photoMatches: false }],
    ["copyNotTaken", { copyTaken: false }],
    ["unknownDocument", { document: "libraryCard" }],
  ])("[C-3-1-9.2] takes no document for which %s", async (reason, change) => {
    newCard();
    await start(pair);
    await chooseResident(pair);
    await compare(pair);
    await clerkSees(pair.clerk, "identity");
    const answer: ActionAnswer = await act(pair.clerk, { ...licence, ...change });
    expect(answer).toMatchObject({ kind: "problem", explanation: { reason } });
    expect((await clerkSees(pair.clerk, "identity")).problem?.reason).toBe(reason);
  });
});

describe("what stands in the way is shown with its clause and the next step", () => {
  it("a date that does not exist in its era", async () => {
    newCard();
    await start(pair);
    const answer = await act(pair.clerk, { type: "searchRegister", dateOfBirth: "S640108", kana: "やまだ" });
    expect(answer).toMatchObject({ kind: "problem", explanation: { reason: "dateDoesNotExist" } });
  });

  it("a character outside the repertoire, early, with its place (3-1-8)", async () => {
    newCard();
    await start(pair);
    await chooseResident(pair, { dateOfBirth: "S301103", kana: "たかはし" });
    const { explanation, ways } = await clerkSees(pair.clerk, "refused");
    expect(explanation.what.ja).toContain("氏名の1文字目「髙」");
    expect(ways).toEqual(["end"]);
  });

  it("a certificate already held, early (4-2-3)", async () => {
    newCard();
    const held = {
      serial: "ab".repeat(16),
      notBefore: "2025-01-01T00:00:00.000Z",
      notAfter: "2028-01-01T00:00:00.000Z",
      municipality: "122041",
    };
    counter.authority.held.set(yamada?.residentCode ?? "", held);
    await start(pair);
    await chooseResident(pair);
    expect(await clerkSees(pair.clerk, "doubleIssue")).toMatchObject({
      certificate: { serialTail: "abab", notAfter: held.notAfter, municipality: "船橋市" },
      explanation: { clause: "千葉県運用規程 4-2-3" },
    });
    await act(pair.clerk, { type: "end" });
    expect((await clerkSees(pair.clerk, "ended")).outcome).toBe("doubleIssue");
  });

  it("a certificate that another counter obtained meanwhile (4-2-3)", async () => {
    newCard();
    await toPassword(pair);
    await enterPassword(pair);
    const held = {
      serial: "cd".repeat(16),
      notBefore: null,
      notAfter: "2029-01-01T00:00:00.000Z",
      municipality: "122041",
    };
    counter.authority.refuseNext = { ...refusal("subscriberAlreadyHasCertificate"), held };
    await issue(pair);
    expect(await clerkSees(pair.clerk, "doubleIssue")).toMatchObject({
      certificate: { serialTail: "cdcd", notBefore: null },
    });
    await act(pair.clerk, { type: "end" });
    await clerkSees(pair.clerk, "ended");
    expect(counter.authority.open).toEqual([]);
  });

  it("a key that the authority refuses, mended by a new one in a new attempt", async () => {
    newCard();
    await toPassword(pair);
    await enterPassword(pair);
    counter.authority.refuseNext = refusal("keyTooOld");
    await issue(pair);
    expect((await clerkSees(pair.clerk, "refused")).ways).toEqual(["newKey", "end"]);
    await act(pair.clerk, { type: "newKey" });
    await enterPassword(pair, "XYZ789");
    await issue(pair);
    await handOver(pair);
    expect(agent.card?.password).toBe("XYZ789");
    expect(requestSent().request.attempt).toBe(2);
  });

  it.each([
    ["cardUnreadable", () => agent.placeForeign()],
    ["unknownCard", () => agent.place(blankCard("STRANGER00000001"))],
    ["cardHoldsCertificate", () => agent.place({ ...newCard(), certificate: "AAAA" })],
    ["cardHoldsCertificate", () => counter.authority.issuedCards.add(newCard().cardNumber)],
  ])("a card that cannot be used: %s", async (reason, place) => {
    await act(pair.clerk, { type: "startNew" });
    await clerkSees(pair.clerk, "placeCard");
    place();
    await until(
      () => clerkSees(pair.clerk, "placeCard"),
      ({ unsuitable }) => unsuitable?.reason === reason,
      reason,
    );
    newCard();
    await clerkSees(pair.clerk, "searchRegister");
  });
});

describe("the world", () => {
  it("may be without the authority: the case waits, says so, and goes on by itself", async () => {
    newCard();
    await toPassword(pair);
    await enterPassword(pair);
    await residentSees(pair.resident, "giveCardToClerk");
    counter.authority.away = true;
    await issue(pair);
    const waiting = await until(
      () => clerkSees(pair.clerk, "working"),
      ({ trouble }) => trouble !== null,
      "trouble",
    );
    expect(waiting).toMatchObject({ work: "issue", trouble: { reason: "authorityUnreachable", retrying: true } });
    counter.authority.away = false;
    await handOver(pair);
  });

  it("may lose the authority's answer: the same request gets the same certificate", async () => {
    newCard();
    await toPassword(pair);
    await enterPassword(pair);
    counter.authority.loseAnswerOf = "request";
    const before = counter.authority.requests.length;
    await issue(pair);
    await handOver(pair);
    const sent = counter.authority.requests.slice(before).map(({ payload, signature }) => payload + signature);
    expect(sent).toHaveLength(2);
    expect(new Set(sent).size).toBe(1);
  });

  it("may take the power of PostgreSQL away: the browser's next view is the same step", async () => {
    newCard();
    const caseId = await toPassword(pair);
    await counter.database.crash();
    await until(
      () =>
        pair.clerk.view<ClerkView>("clerk.view").then(
          ({ screen }) => screen,
          () => "",
        ),
      (screen) => screen === "withResident",
      "back",
    );
    expect((await residentSees(pair.resident, "password")).caseId).toBe(caseId);
    await enterPassword(pair);
    await issue(pair);
    await handOver(pair);
  });

  it("may close the browser and put a case aside: another counter takes it up at the same step", async () => {
    const card = newCard();
    const caseId = await start(pair);
    await chooseResident(pair);
    await clerkSees(pair.clerk, "compare");
    await act(pair.clerk, { type: "suspend" });
    const menu = await clerkSees(pair.clerk, "menu");
    expect(menu.suspended).toMatchObject([{ caseId, name: "山田　花子", station: "comparison" }]);
    agent.place(null);
    const elsewhere = counter.agent("counter-2");
    await elsewhere.connect();
    elsewhere.place(card);
    const other: Pair = {
      clerk: await counter.clerkAtWork("counter-2"),
      resident: await counter.screen("resident", "counter-2"),
    };
    expect(await act(other.clerk, { type: "resume", caseId })).toEqual({ kind: "done" });
    await compare(other);
    await prove(other);
    await agree(other);
    await enterPassword(other);
    await issue(other);
    await handOver(other);
    await elsewhere.kill();
  });

  it("gives a counter one case at a time, and a case one counter", async () => {
    newCard();
    const caseId = await start(pair);
    expect(await act(pair.clerk, { type: "startNew" })).toEqual({ kind: "notNow" });
    const other = await counter.clerkAtWork("counter-3");
    expect(await act(other, { type: "resume", caseId })).toEqual({ kind: "notNow" });
  });
});

describe("another municipality", () => {
  it("has residents whom no search here finds", async () => {
    newCard();
    await start(pair);
    await act(pair.clerk, { type: "searchRegister", dateOfBirth: hanako.dateOfBirth, kana: "さとう" });
    const { candidates } = await until(
      () => clerkSees(pair.clerk, "searchRegister"),
      ({ candidates }) => candidates !== null,
      "searched",
    );
    expect(candidates).toEqual([]);
  });

  it("has cases that cannot be seen, taken up, stepped or printed here", async () => {
    newCard();
    const caseId = await start(pair);
    await chooseResident(pair);
    await clerkSees(pair.clerk, "compare");
    await act(pair.clerk, { type: "suspend" });
    await counter.owner`update ra.counter_case set municipality = '122041' where case_id = ${caseId}`;
    expect((await clerkSees(pair.clerk, "menu")).suspended).toEqual([]);
    expect(await act(pair.clerk, { type: "resume", caseId })).toEqual({ kind: "notNow" });
    await expect(pair.clerk.call("documents.get", { caseId, kind: "application" })).rejects.toThrow("NOT_FOUND");
    const own = caseStore(counter.owned, "121002");
    expect(await own.find(caseId)).toBeNull();
    expect(await own.step(caseId, (stored) => stored, { kind: "peek", clerk: null, at: new Date() })).toBeNull();
    expect(await caseStore(counter.owned, "122041").find(caseId)).not.toBeNull();
  });
});

describe("an action out of turn", () => {
  it("changes nothing", async () => {
    newCard();
    await start(pair);
    for (const type of [
      "issue",
      "feeReceived",
      "cardReturned",
      "applicationReceived",
      "giveCard",
      "newKey",
      "end",
      "nextPerson",
    ] as const) {
      expect(await act(pair.clerk, { type }), type).toEqual({ kind: "notNow" });
    }
    expect(await residentAct(pair.resident, { type: "confirmData" })).toEqual({ kind: "notNow" });
    expect(await act(pair.clerk, { type: "chooseResident", ref: "not-a-hit" })).toEqual({ kind: "notNow" });
    await clerkSees(pair.clerk, "searchRegister");
  });
});
