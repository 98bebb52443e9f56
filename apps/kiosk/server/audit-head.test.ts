import { describe, expect, it } from "vitest";
import { keepWitness } from "./audit-head.ts";
import type { LogCode, LogFields } from "./log.ts";

const head = `ca:1:7:${"ab".repeat(32)}`;
const at = new Date("2026-11-22T01:00:00Z");

async function linesOf(witness: () => Promise<"kept" | "contradicting">, text = head) {
  const lines: { code: LogCode; fields: LogFields }[] = [];
  await keepWitness({ witness }, text, at, (code, fields = {}) => lines.push({ code, fields }));
  return lines;
}

describe("[security 4] the authority's audit head, kept as witness", () => {
  it("raises the alarm, with the place, when it contradicts one that was kept", async () => {
    expect(await linesOf(async () => "contradicting")).toEqual([{ code: "K015", fields: { stream: "ca:1", seq: 7 } }]);
  });

  it("is silent when it contradicts none, and when it is no head", async () => {
    expect(await linesOf(async () => "kept")).toEqual([]);
    expect(await linesOf(async () => "contradicting", "no head")).toEqual([]);
  });

  it("that cannot be kept now stops nothing, and is told", async () => {
    const away = () => Promise.reject(new Error("away"));
    expect(await linesOf(away)).toMatchObject([{ code: "K050", fields: { fault: "Error" } }]);
  });
});
