import { describe, expect, it } from "vitest";
import { twoPeople } from "./two-people.ts";

describe("two people", () => {
  it("are told by their names", () => {
    expect(twoPeople("sato", " suzuki")).toEqual(["sato", "suzuki"]);
  });

  it.each([
    ["sato", "sato"],
    ["sato", " sato "],
    ["sato", "SATO"],
    ["sato", "ｓａｔｏ"],
    ["sato", ""],
    ["　", "sato"],
  ])("are not %j and %j", (first, second) => {
    expect(twoPeople(first, second)).toBeUndefined();
  });
});
