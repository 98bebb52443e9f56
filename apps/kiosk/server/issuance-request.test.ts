import { verify } from "node:crypto";
import { makeSoftKey } from "@mitome/testkit/soft-authority";
import { describe, expect, it } from "vitest";
import { underKey } from "./issuance-request.ts";

describe("a request that was kept", () => {
  it("goes out as it is, or octet for octet the same under a renewed key", () => {
    const [before, now] = [1, 2].map(() => makeSoftKey({ kind: "ec", curve: "P-256" }));
    if (before === undefined || now === undefined) throw new Error("no keys");
    const kept = underKey({ payload: Buffer.from("{}").toString("base64"), signature: "" }, before.privateKey);
    expect(underKey(kept, before.privateKey)).toBe(kept);
    const sent = underKey(kept, now.privateKey);
    expect(sent.payload).toBe(kept.payload);
    const message = Buffer.from("mitome-issuance-request-v1\0{}", "ascii");
    const isBy = (key: typeof now) => {
      const der = { key: Buffer.from(key.subjectPublicKeyInfo), format: "der", type: "spki" } as const;
      const signature = Buffer.from(sent.signature, "base64");
      return verify("sha256", message, { ...der, dsaEncoding: "ieee-p1363" }, signature);
    };
    expect([isBy(before), isBy(now)]).toEqual([false, true]);
  });
});
