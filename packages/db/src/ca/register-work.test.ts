import {
  approveRegisterChanges,
  decideDueChanges,
  declineRegisterChanges,
  settleRegisterWork,
  type TwoPeople,
  twoPeople,
} from "@mitome/ca";
import { RegisterDesk } from "@mitome/testkit/register-desk";
import { certified, reportsTo } from "@mitome/testkit/register-reports";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

let desk: RegisterDesk;
const { apply, line, work, events } = reportsTo(() => desk);

beforeAll(async () => {
  desk = await RegisterDesk.open();
});

afterAll(async () => {
  await desk?.close();
});

// What one test revokes is no business of the next one's brake.
afterEach(() => desk.clock.pass(25 * 3_600_000));

const idOf = async (said: Record<string, unknown>) => (await work(said)).at(-1)?.id ?? -1;

describe("work that a person settles", () => {
  it.each([
    ["revoke", { outcome: "revoked" }, "revoked"],
    ["leave", { outcome: "left" }, "valid"],
  ] as const)("as he finds: %s", async (decision, answer, state) => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident, {}, "122025");
    const said = line(resident, { kind: "movedOut" });
    expect(await apply(said)).toEqual({ outcome: "workList", why: "municipalityDiffers" });
    const settle = async () => settleRegisterWork(desk.authority, desk.acting, await idOf(said), decision);
    expect(await settle()).toEqual(answer);
    expect((await desk.certificate(serial))?.state).toBe(state);
    expect(await settle()).toEqual({ outcome: "noSuchWork" });
  });

  it("is kept with what the record says while it is open, and without it afterwards", async () => {
    const resident = desk.newResident();
    await desk.certify(resident, {}, "122025");
    const said = line(resident);
    await apply(said);
    expect(JSON.stringify(await work(said))).toContain("真砂");
    await settleRegisterWork(desk.authority, desk.acting, await idOf(said), "leave");
    expect(await work(said)).toMatchObject([{ settled: "left", change: null }]);
  });

  it("is not revoked by before its day; what was called off is left", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    const said = line(resident, { kind: "movedOut", occurredOn: "2027-04-01" });
    expect(await apply(said)).toEqual({ outcome: "workList", why: "occursLater" });
    const settle = async (decision: "revoke" | "leave") =>
      settleRegisterWork(desk.authority, desk.acting, await idOf(said), decision);
    expect(await settle("revoke")).toEqual({ outcome: "noSuchWork" });
    expect((await desk.certificate(serial))?.state).toBe("valid");
    expect(await settle("leave")).toEqual({ outcome: "left" });
  });

  it("is a version that no record can have reached: it is not kept, and revokes nothing until a person says so", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    const said = line(resident, { registerVersion: 20_260_401 });
    expect(await apply(said)).toEqual({ outcome: "workList", why: "versionFarAhead" });
    expect([(await desk.certificate(serial))?.state, await desk.version(resident)]).toEqual(["valid", 1]);
    // The next change is not in its way.
    expect(await apply(line(resident, { items: certified }))).toEqual({ outcome: "nothingToRevoke" });
    expect(await settleRegisterWork(desk.authority, desk.acting, await idOf(said), "revoke")).toEqual({
      outcome: "revoked",
    });
    expect(await desk.version(resident)).toBe(2);
    const nobody = desk.newResident();
    const ofNobody = line(nobody, { registerVersion: 20_260_401 });
    expect(await apply(ofNobody)).toEqual({ outcome: "workList", why: "versionFarAhead" });
    expect(await settleRegisterWork(desk.authority, desk.acting, await idOf(ofNobody), "revoke")).toEqual({
      outcome: "nothingToRevoke",
    });
    expect(await desk.version(nobody)).toBeUndefined();
  });

  it("is not that which the authority itself decides once an issuance is resolved", async () => {
    const resident = desk.newResident();
    const serial = await desk.certify(resident);
    await stateIs(serial, "pending");
    const said = line(resident, { kind: "died" });
    expect(await apply(said)).toEqual({ outcome: "workList", why: "issuanceUnderWay" });
    for (const decision of ["revoke", "leave"] as const) {
      expect(await settleRegisterWork(desk.authority, desk.acting, await idOf(said), decision)).toEqual({
        outcome: "noSuchWork",
      });
    }
    await stateIs(serial, "valid");
    expect(await decideDueChanges(desk.authority)).toBe(1);
    expect((await desk.certificate(serial))?.state).toBe("revoked");
  });
});

function pair(first: string, second: string): TwoPeople {
  const people = twoPeople(first, second);
  if (people === undefined) throw new Error("one person");
  return people;
}

/** Twenty revocations: whatever comes next in this municipality in 24 hours waits for two people. */
async function stopAt(own: string) {
  for (let n = 0; n < 20; n += 1) {
    const resident = desk.newResident();
    await desk.certify(resident, {}, own);
    expect(await apply(line(resident, { municipality: own, kind: "died" }))).toEqual({ outcome: "revoked" });
  }
}

async function stateIs(serial: string, state: "pending" | "valid") {
  await desk.owner`update ca.certificate set state = ${state} where serial = ${serial}`;
}

describe("what was set aside for one reason, then for another, and again for the first", () => {
  it("is on the work list each time", async () => {
    const own = "122033";
    const resident = desk.newResident();
    const serial = await desk.certify(resident, {}, own);
    await stateIs(serial, "pending");
    const said = line(resident, { municipality: own, kind: "died" });
    expect(await apply(said)).toEqual({ outcome: "workList", why: "issuanceUnderWay" });
    await stopAt(own);
    await stateIs(serial, "valid");
    expect(await decideDueChanges(desk.authority)).toBe(1);
    await stateIs(serial, "pending");
    expect(await approveRegisterChanges(desk.authority, desk.acting, own, pair("tanaka", "ito"))).toBe(1);
    await stateIs(serial, "valid");
    expect(await decideDueChanges(desk.authority)).toBe(1);
    expect(await approveRegisterChanges(desk.authority, desk.acting, own, pair("tanaka", "ito"))).toBe(1);
    expect(await work(said)).toMatchObject([
      { why: "issuanceUnderWay", settled: "waitsForTwoApprovers" },
      { why: "waitsForTwoApprovers", settled: "issuanceUnderWay" },
      { why: "issuanceUnderWay", settled: "waitsForTwoApprovers" },
      { why: "waitsForTwoApprovers", settled: "revoked" },
    ]);
    expect((await desk.certificate(serial))?.state).toBe("revoked");
  });
});

describe("the brake", () => {
  it("counts what is being revoked as well: of thirty that come at once twenty are", async () => {
    const own = "122076";
    const residents = Array.from({ length: 30 }, () => desk.newResident());
    await Promise.all(residents.map((resident) => desk.certify(resident, {}, own)));
    const answers = await Promise.all(
      residents.map((resident) => apply(line(resident, { municipality: own, kind: "died" }))),
    );
    expect(answers.filter(({ outcome }) => outcome === "revoked")).toHaveLength(20);
    expect(answers.filter((answer) => "why" in answer && answer.why === "waitsForTwoApprovers")).toHaveLength(10);
  });

  it("lets twenty of a small municipality's certificates be revoked in 24 hours; the next wait for two approvers", async () => {
    const own = "122050";
    const residents = Array.from({ length: 23 }, () => desk.newResident());
    const serials = await Promise.all(residents.map((resident) => desk.certify(resident, {}, own)));
    const answers = [];
    for (const resident of residents) answers.push(await apply(line(resident, { municipality: own, kind: "died" })));
    expect(answers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => ({ outcome: "revoked" })));
    expect(answers.slice(20)).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: "workList", why: "waitsForTwoApprovers" })),
    );
    const last = serials.at(-1) ?? "";
    expect((await desk.certificate(last))?.state).toBe("valid");
    // Nobody is issued a certificate by the older record meanwhile.
    expect(await desk.version(residents.at(-1) ?? "")).toBe(2);
    expect(await decideDueChanges(desk.authority)).toBe(0);

    expect(await approveRegisterChanges(desk.authority, desk.acting, "122025", pair("sato", "suzuki"))).toBe(0);
    const [row] = await desk.owner<{ id: number }>`select id from ca.register_work
      where why = 'waitsForTwoApprovers' and municipality = ${own} limit 1`;
    expect(await settleRegisterWork(desk.authority, desk.acting, row?.id ?? -1, "revoke")).toEqual({
      outcome: "noSuchWork",
    });
    // Asked twice at once: each waiting change is decided again by one of them.
    const asked = () => approveRegisterChanges(desk.authority, desk.acting, own, pair("sato", "suzuki"));
    const settled = await Promise.all([asked(), asked()]);
    expect(Math.max(...settled)).toBe(3);
    expect(await desk.certificate(last)).toMatchObject({ state: "revoked", cause: "died" });
    const approved = await events("registerChange.decidedAgain", "second", "suzuki");
    expect(approved).toHaveLength(3);
    expect(await approveRegisterChanges(desk.authority, desk.acting, own, pair("sato", "suzuki"))).toBe(0);
  });
});

describe("what two people decline to let go through", () => {
  /** Three changes that the brake stopped. */
  async function stopped(own: string) {
    await stopAt(own);
    const lines = [];
    for (let n = 0; n < 3; n += 1) {
      const resident = desk.newResident();
      const serial = await desk.certify(resident, {}, own);
      const said = line(resident, { municipality: own });
      expect(await apply(said)).toEqual({ outcome: "workList", why: "waitsForTwoApprovers" });
      lines.push({ said, serial, resident });
    }
    return lines;
  }
  const decline = (own: string, outcome: "closed" | "workList", because: string) =>
    declineRegisterChanges(desk.authority, desk.acting, own, { by: pair("mori", "ono"), because, outcome });
  const stateOf = async (serial: string) => (await desk.certificate(serial))?.state;

  it("is closed with their names and their reason, and revokes nothing; what others wait for stays", async () => {
    const [own, neighbour] = ["122084", "122068"];
    const lines = await stopped(own);
    const [elsewhere] = await stopped(neighbour);
    expect(await decline(own, "closed", "the feed was the test system's")).toBe(3);
    for (const { said, serial, resident } of lines) {
      expect(await stateOf(serial)).toBe("valid");
      expect(await work(said)).toMatchObject([{ settled: "declined", change: null }]);
      // Nobody is issued a certificate by the older record all the same.
      expect(await desk.version(resident)).toBe(2);
      expect(await events("registerChange.declined", "sequence", String(said.sequence))).toMatchObject([
        { outcome: "closed", because: "the feed was the test system's", first: "mori", second: "ono" },
      ]);
    }
    expect(await work(elsewhere?.said ?? {})).toMatchObject([{ why: "waitsForTwoApprovers", settled: null }]);
    expect(await decline(own, "closed", "again")).toBe(0);
    expect(await approveRegisterChanges(desk.authority, desk.acting, own, pair("mori", "ono"))).toBe(0);
  });

  it("goes to the work list, where one person settles each", async () => {
    const own = "122106";
    const [first, second] = await stopped(own);
    expect(await decline(own, "workList", "some are right")).toBe(3);
    const settle = async (said: Record<string, unknown> | undefined, decision: "revoke" | "leave") =>
      settleRegisterWork(desk.authority, desk.acting, await idOf(said ?? {}), decision);
    expect(await work(first?.said ?? {})).toMatchObject([
      { why: "waitsForTwoApprovers", settled: "declined", change: null },
      { why: "releaseDeclined", settled: null, change: { kind: "addressChanged" } },
    ]);
    expect(await settle(first?.said, "revoke")).toEqual({ outcome: "revoked" });
    expect(await settle(second?.said, "leave")).toEqual({ outcome: "left" });
    expect([await stateOf(first?.serial ?? ""), await stateOf(second?.serial ?? "")]).toEqual(["revoked", "valid"]);
  });

  it("is either declined or let go through when both are asked at once", async () => {
    const own = "122114";
    const lines = await stopped(own);
    const [declined, approved] = await Promise.all([
      decline(own, "closed", "a doubt"),
      approveRegisterChanges(desk.authority, desk.acting, own, pair("sato", "ono")),
    ]);
    const states = await Promise.all(lines.map(({ serial }) => stateOf(serial)));
    expect(states.filter((state) => state === "valid")).toHaveLength(declined);
    expect(approved).toBeGreaterThanOrEqual(3 - declined);
  });
});
