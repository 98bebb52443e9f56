import { describe, expect, it } from "vitest";
import { OneAtATime } from "./one-at-a-time.ts";

describe("acts of one name", () => {
  it("begin once the one before has ended, whether it succeeded or failed; those of another name do not wait", async () => {
    const inTurn = new OneAtATime();
    const seen: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = inTurn.run("a", async () => {
      seen.push("a1 begins");
      await promise;
      seen.push("a1 fails");
      throw new Error("a1");
    });
    const second = inTurn.run("a", async () => seen.push("a2"));
    await inTurn.run("b", async () => seen.push("b"));
    expect(seen).toEqual(["a1 begins", "b"]);
    resolve();
    await expect(first).rejects.toThrow("a1");
    await second;
    expect(seen).toEqual(["a1 begins", "b", "a1 fails", "a2"]);
  });
});
