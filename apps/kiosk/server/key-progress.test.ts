import type { AgentCommand } from "@mitome/card";
import { describe, expect, it } from "vitest";
import { KeyProgress } from "./key-progress.ts";

const about = {
  commandId: "0b8f3a51-5c44-4bb2-9a43-6a1a6c6c1d01",
  terminal: "counter-1",
  caseId: "case-1",
  attempt: 1,
  commandNumber: 1,
  expiresAt: "2026-11-22T01:05:00.000Z",
  cardNumber: "MITOME0000000001",
};
const makeKey: AgentCommand = {
  ...about,
  operation: "makeKey",
  params: { algorithm: "rsa-2048", caseChallenge: "", sealedPassword: { enc: "", ciphertext: "" } },
};
const attempt = { caseId: "case-1", attempt: 1, counter: "counter-1" };

describe("千葉県運用規程 6-1-2: how far the card has come with the key", () => {
  it("is the step the agent told last, in the resident's words; with the key in hand only sending is left", () => {
    const progress = new KeyProgress();
    const steps = (
      ["authenticate", "generateKey", "setPassword", "verifyPassword", "proofOfPossession", "keyMade"] as const
    ).map((step) => {
      progress.told(makeKey, step);
      return progress.stepOf(attempt);
    });
    expect(steps).toEqual(["generate", "generate", "setPassword", "proof", "proof", "send"]);
  });

  it("begins anew with each attempt, case and counter, and where nothing is known", () => {
    const progress = new KeyProgress();
    expect(progress.stepOf(attempt)).toBe("generate");
    progress.told(makeKey, "proofOfPossession");
    expect(progress.stepOf({ ...attempt, attempt: 2 })).toBe("generate");
    expect(progress.stepOf({ ...attempt, caseId: "case-2" })).toBe("generate");
    expect(progress.stepOf({ ...attempt, counter: "counter-2" })).toBe("generate");
  });

  it("is not moved by other operations, nor by steps that make no key", () => {
    const progress = new KeyProgress();
    progress.told(makeKey, "setPassword");
    progress.told({ ...about, operation: "status", params: {} }, "proofOfPossession");
    progress.told(makeKey, "storeCertificate");
    expect(progress.stepOf(attempt)).toBe("setPassword");
  });
});
