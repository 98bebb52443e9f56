import { describe, expect, it } from "vitest";
import clerk from "./counter.ja.json" with { type: "json" };
import english from "./resident.en.json" with { type: "json" };
import japanese from "./resident.ja.json" with { type: "json" };

/** Every text of a catalogue by its path. */
function texts(catalogue: object, path = ""): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(catalogue)) {
    if (typeof value === "string") found.set(path + name, value);
    else for (const [inner, text] of texts(value, `${path}${name}.`)) found.set(inner, text);
  }
  return found;
}
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();

describe("what the screens say", () => {
  it("is said in English wherever it is said in Japanese, about the same things", () => {
    const [ja, en] = [texts(japanese), texts(english)];
    expect([...en.keys()]).toEqual([...ja.keys()]);
    for (const [name, text] of ja) expect(places(en.get(name) ?? ""), name).toEqual(places(text));
  });

  it("is never empty, and English has no Japanese in it", () => {
    for (const catalogue of [clerk, japanese, english])
      for (const [name, text] of texts(catalogue)) expect(text.trim(), name).not.toBe("");
    for (const [name, text] of texts(english)) expect(text, name).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
  });
});
