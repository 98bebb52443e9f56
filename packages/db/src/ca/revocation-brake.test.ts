import { randomUUID } from "node:crypto";
import { releaseFor, revokeByAuthority, revokeForSubscriber, twoPeople } from "@mitome/ca";
import { municipality, RegisterDesk } from "@mitome/testkit/register-desk";
import { reportsTo } from "@mitome/testkit/register-reports";
import type { SerialNumber } from "@mitome/x509";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { PostgresLedger } from "./postgres-ledger.ts";
import { PostgresRevocationBrake } from "./revocation-brake.ts";

let desk: RegisterDesk;
let operators: PostgresLedger;
const { apply, line } = reportsTo(() => desk);

beforeAll(async () => {
  desk = await RegisterDesk.open();
  const run = { program: "ca-release-revocations", id: randomUUID(), clock: desk.clock };
  operators = new PostgresLedger({ url: desk.postgres.url("ca_owner"), lanes: 1, readers: 1 }, run);
});

afterAll(async () => {
  await operators?.close();
  await desk?.close();
});

// What one test revokes or lets go is no business of the next one.
afterEach(() => desk.clock.pass(49 * 3_600_000));

const held = { kind: "refused", reason: "waitsForTwoApprovers" };
const certified = async (count: number, place?: string) =>
  await Promise.all(Array.from({ length: count }, () => desk.certify(desk.newResident(), {}, place)));
const asked = (serial: SerialNumber) => desk.signRevocation({ serial, cause: "cessationRequested" });
const atCounter = (request: ReturnType<typeof asked>) => revokeForSubscriber(desk.authority, desk.call, request);
const stateOf = async (serial: SerialNumber) => (await desk.certificate(serial))?.state;

async function letGo(place: string): Promise<boolean> {
  const by = twoPeople("mori", "ono");
  if (by === undefined) throw new Error("one person");
  const release = releaseFor(place, by, "a street was renumbered", desk.clock.now());
  const detail = { municipality: place, until: release.until.toISOString(), because: release.because };
  const event = {
    kind: "revocation.released",
    result: "done",
    detail: { ...detail, first: by[0], second: by[1] },
  } as const;
  return await new PostgresRevocationBrake(operators).release(
    desk.acting,
    desk.authority.definition.id,
    release,
    event,
  );
}

describe("the brake on what counters ask", () => {
  it("holds the twenty-first of a small municipality's in 24 hours: nothing of it is kept, and it is asked again", async () => {
    const serials = await certified(21);
    const requests = serials.map(asked);
    for (const request of requests.slice(0, 20)) expect(await atCounter(request)).toMatchObject({ kind: "revoked" });
    const [last, request] = [serials.at(-1), requests.at(-1)];
    if (last === undefined || request === undefined) throw new Error("none");
    expect(await atCounter(request)).toEqual(held);
    expect(await stateOf(last)).toBe("valid");
    // One that was revoked before is answered as before.
    expect(await atCounter(requests[0] ?? request)).toMatchObject({ kind: "revoked" });
    expect(await letGo("122025")).toBe(true);
    expect(await atCounter(request)).toEqual(held);
    expect(await letGo(municipality)).toBe(true);
    expect(await atCounter(request)).toMatchObject({ kind: "revoked", serial: last });
  });

  it("counts those under way: of thirty that are asked at once twenty are revoked", async () => {
    const serials = await certified(30);
    const answers = await Promise.all(serials.map((serial) => atCounter(asked(serial))));
    expect(answers.filter(({ kind }) => kind === "revoked")).toHaveLength(20);
    expect(answers.filter((answer) => answer.kind === "refused" && answer.reason === held.reason)).toHaveLength(10);
  });
});

describe("a revocation that waits for those before it", () => {
  it("is accepted, and dated, when its turn has come", async () => {
    const [counter, register] = [await desk.certify(desk.newResident()), desk.newResident()];
    const changed = await desk.certify(register);
    const wait = vi.spyOn(desk.authority.revocationsInTurn, "run");
    const before = Promise.withResolvers<void>();
    const first = desk.authority.revocationsInTurn.run(municipality, () => before.promise);
    const waiting = [atCounter(asked(counter)), apply(line(register, { kind: "died" }))];
    await vi.waitFor(() => expect(wait).toHaveBeenCalledTimes(3));
    desk.clock.pass(60_000);
    before.resolve();
    await Promise.all([first, ...waiting]);
    for (const serial of [counter, changed]) expect((await desk.certificate(serial))?.at).toEqual(desk.clock.now());
  });
});

describe("the brake on what operators and registers revoke", () => {
  it("holds operators too, but neither the procedure for a compromised key nor what never reached its card", async () => {
    const [one, other, third, ...serials] = await certified(23);
    if (one === undefined || other === undefined || third === undefined) throw new Error("none");
    for (const serial of serials) await atCounter(asked(serial));
    const revoke = (serial: SerialNumber, cause: "doubleIssue" | "authorityKeyCompromised") =>
      revokeByAuthority(desk.authority, desk.acting, { serial, cause }, "governor");
    expect(await revoke(one, "doubleIssue")).toEqual(held);
    expect(await revoke(one, "authorityKeyCompromised")).toMatchObject({ kind: "revoked" });
    const undelivered = { serial: other, cause: "neverDelivered" } as const;
    expect(await revokeByAuthority(desk.authority, desk.acting, undelivered, "authority")).toMatchObject({
      kind: "revoked",
    });
    expect(await stateOf(third)).toBe("valid");
  });

  it("lets a register's changes go on as well, for 24 hours", async () => {
    const place = "122033";
    for (const serial of await certified(20, place))
      await revokeByAuthority(desk.authority, desk.acting, { serial, cause: "recordWrong" }, "governor");
    const [one, other] = [desk.newResident(), desk.newResident()];
    await desk.certify(one, {}, place);
    await desk.certify(other, {}, place);
    expect(await letGo(place)).toBe(true);
    desk.clock.pass(24 * 3_600_000 - 1);
    // The earlier ones are still within the 24 hours.
    expect(await apply(line(one, { municipality: place, kind: "died" }))).toEqual({ outcome: "revoked" });
    desk.clock.pass(1);
    for (const serial of await certified(20, place))
      await revokeByAuthority(desk.authority, desk.acting, { serial, cause: "recordWrong" }, "governor");
    expect(await apply(line(other, { municipality: place, kind: "died" }))).toEqual({
      outcome: "workList",
      why: "waitsForTwoApprovers",
    });
  });

  it("is let go for municipalities of the authority alone", async () => {
    expect(await letGo("999999")).toBe(false);
  });
});
