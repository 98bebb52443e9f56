import { describe, expect, it } from "vitest";
import { batched } from "./batched.ts";

/** A question that is answered when the test says so. */
function slowly() {
  const asked: { readonly keys: readonly number[]; answer(): void; fail(): void }[] = [];
  const ask = (keys: readonly number[]) =>
    new Promise<ReadonlyMap<number, string>>((resolve, reject) => {
      asked.push({
        keys,
        answer: () => resolve(new Map(keys.filter((key) => key > 0).map((key) => [key, `answer ${key}`]))),
        fail: () => reject(new Error("failed")),
      });
    });
  return { asked, ask };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("questions that wait together", () => {
  it("go as one, each with its own answer or none", async () => {
    const { asked, ask } = slowly();
    const question = batched(ask, { atOnce: 1, most: 10 });
    const answers = Promise.all([question(1), question(0), question(1)]);
    await turn();
    asked[0]?.answer();
    expect(await answers).toEqual(["answer 1", undefined, "answer 1"]);
    expect(asked.map(({ keys }) => keys)).toEqual([[1, 0]]);
  });

  it("wait while as many as may be are under way, and then go with all that came meanwhile", async () => {
    const { asked, ask } = slowly();
    const question = batched(ask, { atOnce: 1, most: 10 });
    const first = question(1);
    await turn();
    const others = Promise.all([question(2), question(3)]);
    await turn();
    expect(asked).toHaveLength(1);
    asked[0]?.answer();
    await first;
    await turn();
    asked[1]?.answer();
    expect(await others).toEqual(["answer 2", "answer 3"]);
  });

  it("are no more than may be asked at once", async () => {
    const { asked, ask } = slowly();
    const question = batched(ask, { atOnce: 2, most: 2 });
    const answers = Promise.all([1, 2, 3].map(question));
    await turn();
    for (const one of asked) one.answer();
    expect(await answers).toHaveLength(3);
    expect(asked.map(({ keys }) => keys)).toEqual([[1, 2], [3]]);
  });

  it("fail together, and the next one is asked anew", async () => {
    const { asked, ask } = slowly();
    const question = batched(ask, { atOnce: 1, most: 10 });
    const failing = Promise.allSettled([question(1), question(2)]);
    await turn();
    asked[0]?.fail();
    expect((await failing).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const again = question(1);
    await turn();
    asked[1]?.answer();
    expect(await again).toBe("answer 1");
  });
});
