import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { act, type Counter, clerkSees, openCounter, residentAct, residentSees } from "./counter.fixture.ts";
import { blankCard } from "./scripted-agent.fixture.ts";
import { chooseResident, compare, type Pair, prove, start } from "./walk.fixture.ts";

let counter: Counter;
beforeAll(async () => {
  counter = await openCounter();
});
afterAll(() => counter?.stop());

const pairAt = async (place: string): Promise<Pair> => ({
  clerk: await counter.clerkAtWork(place),
  resident: await counter.screen("resident", place),
});

let places = 0;
/** A counter of its own, where the resident looks at the own data. */
async function atOwnData() {
  places += 1;
  const agent = counter.agent(`counter-${places}`);
  const pair = await pairAt(`counter-${places}`);
  const card = blankCard(`MITOME${String(places).padStart(10, "0")}`);
  counter.authority.stock.add(card.cardNumber);
  await agent.connect();
  agent.place(card);
  await start(pair);
  await chooseResident(pair);
  await compare(pair);
  await prove(pair);
  await residentSees(pair.resident, "confirmData");
  return { pair, agent };
}

describe("a resident who calls the clerk", () => {
  it("is heard at the clerk's screen, and the step stays where it is", async () => {
    const { pair, agent } = await atOwnData();
    expect(await clerkSees(pair.clerk, "withResident")).toMatchObject({ call: null });
    expect(await residentAct(pair.resident, { type: "callClerk" })).toEqual({ kind: "done" });
    expect(await clerkSees(pair.clerk, "withResident")).toMatchObject({ call: "help", residentScreen: "confirmData" });
    expect(await residentSees(pair.resident, "confirmData")).toMatchObject({ called: true });
    await agent.kill();
  });

  it("is called until the clerk answers, though the resident goes on", async () => {
    const { pair, agent } = await atOwnData();
    await residentAct(pair.resident, { type: "callClerk" });
    await residentAct(pair.resident, { type: "confirmData" });
    expect(await residentSees(pair.resident, "terms")).toMatchObject({ called: true });
    expect(await clerkSees(pair.clerk, "withResident")).toMatchObject({ call: "help", residentScreen: "terms" });
    expect(await act(pair.clerk, { type: "answerCall" })).toEqual({ kind: "done" });
    expect(await clerkSees(pair.clerk, "withResident")).toMatchObject({ call: null, residentScreen: "terms" });
    expect(await residentSees(pair.resident, "terms")).toMatchObject({ called: false });
    await agent.kill();
  });

  it("is heard at the own counter and at no other", async () => {
    const [here, elsewhere] = [await atOwnData(), await atOwnData()];
    await residentAct(here.pair.resident, { type: "callClerk" });
    expect(await clerkSees(here.pair.clerk, "withResident")).toMatchObject({ call: "help" });
    expect(await clerkSees(elsewhere.pair.clerk, "withResident")).toMatchObject({ call: null });
    await act(elsewhere.pair.clerk, { type: "answerCall" });
    expect(await clerkSees(here.pair.clerk, "withResident")).toMatchObject({ call: "help" });
    await here.agent.kill();
    await elsewhere.agent.kill();
  });
});

describe("a resident who wants to stop", () => {
  it("waits for the clerk, who alone decides: the case has not moved, and goes on where it was", async () => {
    const { pair, agent } = await atOwnData();
    expect(await residentAct(pair.resident, { type: "stop" })).toEqual({ kind: "done" });
    expect(await residentSees(pair.resident, "clerkComes")).toMatchObject({
      called: true,
      station: "residentConfirms",
    });
    expect(await clerkSees(pair.clerk, "withResident")).toMatchObject({ call: "stop", residentScreen: "clerkComes" });
    await act(pair.clerk, { type: "answerCall" });
    await residentSees(pair.resident, "confirmData");
    expect(await residentAct(pair.resident, { type: "confirmData" })).toEqual({ kind: "done" });
    await agent.kill();
  });

  it("has been heard when the clerk ends the case: the next person finds no call", async () => {
    const { pair, agent } = await atOwnData();
    await residentAct(pair.resident, { type: "stop" });
    expect(await act(pair.clerk, { type: "withdraw" })).toEqual({ kind: "done" });
    expect(await clerkSees(pair.clerk, "ended")).toMatchObject({ call: null, outcome: "withdrawn" });
    await residentSees(pair.resident, "stopped");
    await act(pair.clerk, { type: "nextPerson" });
    await residentSees(pair.resident, "welcome");
    await start(pair);
    expect(await clerkSees(pair.clerk, "searchRegister")).toMatchObject({ call: null });
    await agent.kill();
  });
});

describe("a call without a case", () => {
  it("is not there to be made or answered", async () => {
    const pair = await pairAt("counter-empty");
    for (const type of ["callClerk", "stop"] as const)
      expect(await residentAct(pair.resident, { type })).toEqual({ kind: "notNow" });
    expect(await act(pair.clerk, { type: "answerCall" })).toEqual({ kind: "notNow" });
    await residentSees(pair.resident, "welcome");
  });
});
