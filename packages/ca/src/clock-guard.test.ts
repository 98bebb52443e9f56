import { FixedClock } from "@mitome/testkit/fixed-clock";
import { describe, expect, it } from "vitest";
import { ClockGuard } from "./clock-guard.ts";

const noon = new Date("2026-04-01T12:00:00Z");
const hours = (count: number) => count * 3_600_000;
const later = (milliseconds: number) => new Date(noon.getTime() + milliseconds);
const attended = { unattended: false };

describe("security.md §1: a clock that can be believed", () => {
  it("goes on with the time that passes, however long", () => {
    const clock = new FixedClock(noon);
    const guard = new ClockGuard(clock, undefined, attended);
    clock.pass(hours(1000));
    expect(guard.read()).toEqual(later(hours(1000)));
  });

  it("is not earlier than the newest record", () => {
    const clock = new FixedClock(noon);
    const guard = new ClockGuard(clock, undefined, attended);
    guard.recorded(later(hours(1)));
    expect(guard.read()).toBe("earlierThanNewestRecord");
    clock.pass(hours(1));
    expect(guard.read()).toEqual(later(hours(1)));
  });

  it("is not set more than an hour ahead", () => {
    const clock = new FixedClock(noon);
    const guard = new ClockGuard(clock, undefined, attended);
    clock.set(later(hours(1)));
    expect(guard.read()).toBeInstanceOf(Date);
    clock.set(later(hours(1) + 1));
    expect(guard.read()).toBe("aheadOfRecords");
  });

  it("is doubted after a stop of more than an hour, unless the authority has nobody to confirm it", () => {
    const clock = new FixedClock(noon);
    expect(new ClockGuard(clock, later(-hours(2)), attended).read()).toBe("aheadOfRecords");
    expect(new ClockGuard(clock, later(-hours(2)), { unattended: true }).read()).toEqual(noon);
    expect(new ClockGuard(clock, later(hours(2)), { unattended: true }).read()).toBe("earlierThanNewestRecord");
  });

  it("is believed again from the instant that two people confirmed", () => {
    const clock = new FixedClock(noon);
    const guard = new ClockGuard(clock, later(hours(5)), attended);
    expect(guard.read()).toBe("earlierThanNewestRecord");
    guard.confirmed(noon);
    expect(guard.read()).toEqual(noon);
  });
});
