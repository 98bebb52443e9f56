import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  act,
  type Browser,
  type Counter,
  clerkSees,
  openCounter,
  residentAct,
  residentSees,
  sealPassword,
} from "./counter.fixture.ts";
import { blankCard, type ScriptedAgent } from "./scripted-agent.fixture.ts";

let counter: Counter;
let agent: ScriptedAgent;
let clerk: Browser;
let resident: Browser;

beforeAll(async () => {
  counter = await openCounter();
  agent = counter.agent("counter-1");
  await agent.connect();
  clerk = await counter.clerkAtWork("counter-1");
  resident = await counter.screen("resident", "counter-1");
});

afterAll(async () => {
  await agent?.kill();
  await counter?.stop();
});

describe("新規発行, whole", () => {
  it("goes from the card on the reader to the next person", async () => {
    counter.authority.stock.add("MITOME0000000001");
    expect((await residentSees(resident, "welcome")).municipality).toBe("千葉市");
    await clerkSees(clerk, "menu");
    expect(await act(clerk, { type: "startNew" })).toEqual({ kind: "done" });
    await clerkSees(clerk, "placeCard");
    agent.place(blankCard("MITOME0000000001"));
    await clerkSees(clerk, "searchRegister");
    await act(clerk, { type: "searchRegister", dateOfBirth: "S390107", kana: "ヤマダ" });
    const { candidates } = await clerkSees(clerk, "searchRegister");
    expect(candidates?.map(({ name }) => name)).toEqual(["山田　花子"]);
    await act(clerk, { type: "chooseResident", ref: candidates?.[0]?.ref ?? "" });
    const compare = await clerkSees(clerk, "compare");
    for (const { item } of compare.items) await act(clerk, { type: "confirmItem", item });
    await act(clerk, { type: "finishComparison" });
    await clerkSees(clerk, "identity");
    await act(clerk, {
      type: "recordIdentity",
      document: "driversLicence",
      expiresOn: "R100331",
      photoMatches: true,
      copyTaken: true,
    });
    await clerkSees(clerk, "application");
    const { caseId } = await clerkSees(clerk, "application");
    await act(clerk, { type: "applicationReceived" });
    await clerkSees(clerk, "giveCard");
    await act(clerk, { type: "giveCard" });
    expect((await residentSees(resident, "confirmData")).person.name).toBe("山田　花子");
    await residentAct(resident, { type: "confirmData" });
    const { version } = await residentSees(resident, "terms");
    await residentAct(resident, { type: "acceptTerms", version });
    const { sealingKey } = await residentSees(resident, "password");
    if (sealingKey === null) throw new Error("no sealing key");
    expect(await residentAct(resident, await sealPassword("ABC123", sealingKey))).toEqual({ kind: "done" });
    await residentSees(resident, "giveCardToClerk");
    await residentAct(resident, { type: "cardGiven" });
    await clerkSees(clerk, "receiveCard");
    await act(clerk, { type: "cardReceived" });
    const confirm = await clerkSees(clerk, "confirmIssuance");
    expect(confirm.person.name).toBe("山田　花子");
    await act(clerk, { type: "issue" });
    const notices = await residentSees(resident, "notices");
    for (const { id } of notices.notices) await residentAct(resident, { type: "acknowledge", notice: id });
    await clerkSees(clerk, "papers");
    await act(clerk, { type: "feeReceived" });
    await act(clerk, { type: "copyGiven" });
    await clerkSees(clerk, "returnCard");
    await act(clerk, { type: "cardReturned" });
    expect((await clerkSees(clerk, "ended")).outcome).toBe("delivered");
    await act(clerk, { type: "nextPerson" });
    const menu = await clerkSees(clerk, "menu");
    expect(menu.last?.caseId).toBe(caseId);
    await residentSees(resident, "welcome");
    expect(agent.operations).toEqual(["status", "makeKey", "storeCertificates"]);
    expect(agent.card?.password).toBe("ABC123");
    expect(counter.log.filter(({ code }) => code === "K023" || code === "K041")).toEqual([]);
  });
});
