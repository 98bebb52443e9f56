import { describe, expect, it } from "vitest";
import { type CertificateLife, statusAt } from "./status-at.ts";

const at = (text: string) => new Date(`2026-${text}Z`);
const revocation = { reason: "superseded", revokedAt: at("05-01T12:00:00.500") } as const;
const life: CertificateLife = {
  ...{ state: "revoked", notBefore: at("04-01T00:00:00"), notAfter: at("06-30T14:59:59"), revocation },
};

describe("千葉県運用規程 4-4-4-2: the status of a certificate at a time", () => {
  it.each([
    ["03-31T23:59:59.999", { status: "unknown", because: "notIssuedYet" }],
    ["04-01T00:00:00", { status: "good" }],
    ["05-01T12:00:00.499", { status: "good" }],
    ["05-01T12:00:00.500", { status: "revoked", ...revocation }],
    ["06-30T14:59:59.999", { status: "revoked", ...revocation }],
    ["06-30T15:00:00", { status: "unknown", because: "ended" }],
  ])("%s", (time, said) => {
    expect(statusAt(life, at(time))).toEqual(said);
  });

  it.each(["pending", "discarded"] as const)("is unknown of one that was never signed: %s", (state) => {
    const never = { ...life, state, revocation: undefined };
    expect(statusAt(never, at("05-01T00:00:00"))).toEqual({ status: "unknown", because: "notSigned" });
  });
});
