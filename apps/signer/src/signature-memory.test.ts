import { expect, it } from "vitest";
import { SignatureMemory } from "./signature-memory.ts";

const at = new Date("2026-04-01T00:00:00Z");
const hash = (number: number) => number.toString(16).padStart(16, "0").padEnd(64, "0");

it("knows every one of ten thousand signatures of a day, the first as well as the last", () => {
  const memory = new SignatureMemory();
  for (let number = 0; number < 10_000; number++) {
    memory.remember({ tbs: hash(number), attempt: 1, once: { use: hash(number), by: hash(number + 1) } }, at);
  }
  memory.remember({ tbs: hash(0), attempt: 2, once: undefined }, at); // again, after many others
  memory.forgetBefore(at);
  expect([0, 1, 9_999, 10_000].map((number) => memory.attemptsOf(hash(number)))).toEqual([2, 1, 1, 0]);
  for (const number of [0, 5_000, 9_999]) {
    expect(memory.wasUsedByAnother(hash(number), hash(number + 1))).toBe(false);
    expect(memory.wasUsedByAnother(hash(number), hash(number + 2))).toBe(true);
  }
  expect(memory.wasUsedByAnother(hash(10_000), hash(1))).toBe(false);
});
