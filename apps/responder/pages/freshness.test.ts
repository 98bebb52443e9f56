import { describe, expect, it } from "vitest";
import { freshnessOf } from "./freshness.ts";

const thisUpdate = new Date("2026-11-20T00:00:00Z");
const newest = {
  number: 7,
  thisUpdate,
  nextUpdate: new Date("2026-11-23T00:00:00Z"),
  nextPublish: new Date("2026-11-21T00:00:00Z"),
};
const stateAt = (instant: string) => freshnessOf({ newest }, new Date(instant)).state;

describe("千葉県運用規程 4-4-9, 4-4-10: the age of a list", () => {
  it("is an alarm from 25 hours and critical from 60, and it is expired after its last second", () => {
    expect(stateAt("2026-11-21T00:59:59.999Z")).toBe("fresh");
    expect(stateAt("2026-11-21T01:00:00.000Z")).toBe("late");
    expect(stateAt("2026-11-22T11:59:59.999Z")).toBe("late");
    expect(stateAt("2026-11-22T12:00:00.000Z")).toBe("critical");
    expect(stateAt("2026-11-23T00:00:00.999Z")).toBe("critical");
    expect(stateAt("2026-11-23T00:00:01.000Z")).toBe("expired");
  });

  it("is none before the first list, and nothing before its beginning", () => {
    expect(freshnessOf({ newest: undefined }, thisUpdate)).toEqual({ state: "missing", age: undefined });
    expect(freshnessOf({ newest }, new Date("2026-11-19T23:59:00Z"))).toEqual({ state: "fresh", age: 0 });
  });
});
