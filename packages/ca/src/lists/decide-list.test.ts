import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chibaAuthority } from "../authorities/chiba.ts";
import { decideList, isDue, type ListPlan, listFault } from "./decide-list.ts";

const hour = 3_600_000;
const now = new Date("2026-04-01T00:00:00.700Z");
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const none = { revocations: 0, lastNumber: 0, newest: undefined };
const first = decideList(chibaAuthority, none, now);

describe("千葉県運用規程 4-4-9", () => {
  it("a list is due when there is none, and 24 hours after the one before", () => {
    expect(isDue(none, now)).toBe(true);
    const due = first.thisUpdate.getTime() + 24 * hour;
    expect(isDue({ newest: first }, new Date(due - 1))).toBe(false);
    expect(isDue({ newest: first }, new Date(due))).toBe(true);
  });
});

describe("千葉県運用規程 7-2: a list's own fields", () => {
  it("are whole seconds: it begins now, ends after three days, and the next one is announced for one", () => {
    expect(first).toEqual({
      number: 1,
      thisUpdate: new Date("2026-04-01T00:00:00Z"),
      nextUpdate: new Date("2026-04-04T00:00:00Z"),
      nextPublish: new Date("2026-04-02T00:00:00Z"),
      through: 0,
      keptFrom: new Date(0),
    });
  });

  it("follow the last list's: a higher number, a later beginning, and nothing left out that it did not show as ended", () => {
    const gaps = fc.array(fc.record({ wait: fc.integer({ min: -hour, max: 72 * hour }), revoked: fc.nat(5) }));
    fc.assert(
      fc.property(gaps, (steps) => {
        let newest: ListPlan = first;
        let clock = now.getTime();
        for (const { wait, revoked } of steps) {
          clock += wait;
          const state = { revocations: newest.through + revoked, lastNumber: newest.number, newest };
          const next = decideList(chibaAuthority, state, new Date(clock));
          expect(next.number).toBe(newest.number + 1);
          expect(next.thisUpdate.getTime()).toBeGreaterThan(newest.thisUpdate.getTime());
          expect(next.thisUpdate.getTime() % 1000).toBe(0);
          expect(next.through).toBe(newest.through + revoked);
          expect(next.keptFrom).toEqual(new Date(newest.thisUpdate.getTime() - 300_000));
          newest = next;
        }
      }),
      { seed: 449 },
    );
  });

  it("pass over the number of a list that was put aside", () => {
    expect(decideList(chibaAuthority, { ...none, lastNumber: 7, newest: first }, later(hour)).number).toBe(8);
  });
});

describe("what is wrong with a list that is to be signed", () => {
  const at = first.thisUpdate.getTime();
  const hoursAfter = (hours: number) => new Date(at + hours * hour);

  it("is nothing for an hour after its planning, and while the clocks differ by five minutes", () => {
    for (const milliseconds of [-300_000, 0, hour])
      expect(listFault(chibaAuthority, first, new Date(at + milliseconds))).toBeUndefined();
  });

  it.each([
    ["clock", {}, at - 300_001],
    ["tooOld", {}, at + hour + 1],
    ["period", { nextUpdate: hoursAfter(73) }, at],
    ["period", { nextUpdate: hoursAfter(71) }, at],
    ["period", { nextPublish: hoursAfter(25) }, at],
    ["period", { keptFrom: hoursAfter(0) }, at],
  ] as const)("%s: %o", (fault, changes, instant) => {
    expect(listFault(chibaAuthority, { ...first, ...changes }, new Date(instant))).toBe(fault);
  });
});
