import { describe, expect, it } from "vitest";
import { isHeldByBrake, revocationBrake } from "./revocation-brake.ts";
import { revocationCauses } from "./revocation-reason.ts";

describe("more than max(20, 0.5 %) of a municipality's valid certificates in 24 hours", () => {
  it.each([
    ["the twentieth of few", 100, 19, 1, "go"],
    ["the twenty-first of few", 100, 20, 1, "waitForTwoApprovers"],
    ["0.5 % of many", 100_000, 499, 1, "go"],
    ["more than 0.5 % of many", 100_000, 500, 1, "waitForTwoApprovers"],
    ["0.5 % of 4,001 is not quite 21", 4_001, 20, 1, "waitForTwoApprovers"],
    ["0.5 % of 4,200 is 21", 4_200, 20, 1, "go"],
    ["many at once", 100_000, 0, 501, "waitForTwoApprovers"],
    ["no certificate at all", 0, 0, 21, "waitForTwoApprovers"],
  ] as const)("%s", (_what, validCertificates, revokedLast24h, asked, answer) => {
    expect(revocationBrake({ validCertificates, revokedLast24h, asked })).toBe(answer);
  });

  it("does not hold up the procedure for a compromised key", () => {
    expect(revocationCauses.filter((cause) => !isHeldByBrake(cause))).toEqual([
      "authorityKeyCompromised",
      "neverDelivered",
    ]);
  });
});
