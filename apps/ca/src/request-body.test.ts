import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDeeperThan } from "./request-body.ts";

const depthOf = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
};

describe("the depth of a body", () => {
  it("is that of the value it says, whatever its strings hold", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        const depth = depthOf(value);
        expect(isDeeperThan(text, depth)).toBe(false);
        if (depth > 0) expect(isDeeperThan(text, depth - 1)).toBe(true);
      }),
      { seed: 20260401 },
    );
  });

  it("is not hidden by quotation marks that are escaped", () => {
    expect(isDeeperThan('{"\\\\":[[[]]]}', 3)).toBe(true);
    expect(isDeeperThan('{"\\"[[[[[":1}', 1)).toBe(false);
  });
});
