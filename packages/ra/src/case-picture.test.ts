import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { caseMachine } from "./case-machine.ts";

/** Every transition as a line of a Mermaid state diagram; putting aside and the resident's settings are told in words. */
function picture(): readonly string[] {
  const lines: string[] = [`[*] --> ${String(caseMachine.config.initial)}`];
  for (const state of Object.values(caseMachine.states)) {
    const byTarget = new Map<string, Set<string>>();
    for (const [event, transitions] of state.transitions) {
      if (event === "suspend" || event === "resume") continue;
      for (const { target } of transitions) {
        for (const { key } of target ?? []) byTarget.set(key, (byTarget.get(key) ?? new Set()).add(event));
      }
    }
    for (const [target, events] of byTarget) lines.push(`${state.key} --> ${target}: ${[...events].join(", ")}`);
    if (state.type === "final") lines.push(`${state.key} --> [*]`);
  }
  return lines;
}

describe("docs/case.md", () => {
  it("draws the machine as it is", () => {
    const text = readFileSync(new URL("../../../docs/case.md", import.meta.url), "utf8");
    const drawn = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/
      .exec(text)?.[1]
      ?.trim()
      .split("\n")
      .map((line) => line.trim());
    expect(drawn).toEqual(picture());
  });
});
