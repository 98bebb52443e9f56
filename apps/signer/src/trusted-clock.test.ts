import { describe, expect, it } from "vitest";
import { TrustedClock } from "./trusted-clock.ts";

const start = Date.parse("2026-04-01T00:00:00Z");

function clockAt(): { clock: TrustedClock; set(wallSeconds: number, uptimeSeconds: number): void } {
  let wall = start;
  let up = 1_000;
  return {
    clock: new TrustedClock({ now: () => new Date(wall), uptime: () => up }),
    set: (wallSeconds, uptimeSeconds) => {
      wall = start + wallSeconds * 1_000;
      up = 1_000 + uptimeSeconds;
    },
  };
}

describe("security.md §1: nothing is signed by a clock that cannot be right", () => {
  it("believes a clock that goes with the machine's own", () => {
    const { clock, set } = clockAt();
    set(86_400, 86_400);
    expect(clock.check([new Date(start)])).toBe("trusted");
  });

  it("does not believe one earlier than the newest record", () => {
    const { clock } = clockAt();
    expect(clock.check([new Date(start + 2_001)])).toBe("untrusted");
    expect(clock.check([new Date(start), undefined])).toBe("trusted");
  });

  it("does not believe one that jumped more than an hour ahead or back, until it is right again", () => {
    const { clock, set } = clockAt();
    set(3_601, 0);
    expect(clock.check([])).toBe("untrusted");
    set(-3_601, 0);
    expect(clock.check([])).toBe("untrusted");
    set(10, 10);
    expect(clock.check([])).toBe("trusted");
  });

  it("believes one that people have confirmed, from then on", () => {
    const { clock, set } = clockAt();
    set(90_000, 0);
    expect(clock.check([])).toBe("untrusted");
    clock.confirm();
    expect(clock.check([])).toBe("trusted");
    set(0, 10);
    expect(clock.check([])).toBe("untrusted");
  });
});
