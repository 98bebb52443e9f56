import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testSerial } from "@mitome/testkit/soft-authority";
import { describe, expect, it } from "vitest";
import {
  bindNameOf,
  certificationRequestIn,
  decideVerifierKey,
  isLiveCredential,
  type VerifierCredential,
} from "./verifier-credential.ts";

const at = (text: string) => new Date(`2026-${text}Z`);

describe("a verifier's client certificate", () => {
  const certificate: VerifierCredential = {
    kind: "clientCertificate",
    verifierId: "court-1",
    fingerprint: "ab".repeat(32),
    serial: testSerial(1),
    notBefore: at("01-01T00:00:00"),
    notAfter: at("12-31T14:59:59"),
    withdrawnAt: null,
  };

  it.each([
    ["before it begins", "01-01T00:00:00", -1, false],
    ["at its first instant", "01-01T00:00:00", 0, true],
    ["in its last second", "12-31T14:59:59", 999, true],
    ["after it", "12-31T15:00:00", 0, false],
  ])("%s", (_what, text, milliseconds, live) => {
    expect(isLiveCredential(certificate, new Date(at(text).getTime() + milliseconds))).toBe(live);
  });

  it("ends when it is withdrawn, and so does a bind", () => {
    const withdrawnAt = at("06-01T00:00:00");
    const bind = { kind: "ldapBind", verifierId: "court-1", bindName: "verifier-court-1" } as const;
    for (const credential of [
      { ...certificate, withdrawnAt },
      { ...bind, notBefore: at("01-01T00:00:00"), withdrawnAt },
    ]) {
      expect(isLiveCredential(credential, new Date(withdrawnAt.getTime() - 1))).toBe(true);
      expect(isLiveCredential(credential, withdrawnAt)).toBe(false);
    }
    expect(bindNameOf({ id: "court-1" })).toBe("verifier-court-1");
  });
});

describe("the request that a verifier sends", () => {
  const request = (...options: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), "mitome-request-"));
    const files = ["-keyout", join(folder, "key.pem"), "-subj", "/CN=court", "-outform", "DER"];
    try {
      return execFileSync("openssl", ["req", "-new", "-nodes", ...options, ...files], { stdio: "pipe" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const p256 = request("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");

  it("is accepted as OpenSSL makes it, on P-256", () => {
    const decision = decideVerifierKey(p256);
    expect(decision.kind === "accepted" && decision.keyHash.length).toBe(32);
  });

  it("is found as DER, and in PEM with text around it", () => {
    const base64 = p256.toString("base64").replaceAll(/.{64}/g, "$&\r\n");
    const pem = `court\r\n-----BEGIN CERTIFICATE REQUEST-----\r\n${base64}\r\n-----END CERTIFICATE REQUEST-----\r\n`;
    expect(certificationRequestIn(p256)).toEqual(p256);
    expect(certificationRequestIn(Buffer.from(pem))).toEqual(p256);
    expect(certificationRequestIn(Buffer.from("a letter"))).toBeUndefined();
    expect(
      certificationRequestIn(Buffer.from("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----")),
    ).toBeUndefined();
  });

  it.each([
    [
      "not signed with its key",
      Buffer.concat([p256.subarray(0, -1), Buffer.from([(p256.at(-1) ?? 0) ^ 1])]),
      "requestNotGood",
    ],
    ["no request", Buffer.from("30820100", "hex"), "requestNotGood"],
    ["of RSA", request("-newkey", "rsa:2048"), "keyNotAllowed"],
    ["of an unusual curve", request("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-224"), "keyNotAllowed"],
  ])("is refused when it is %s", (_what, csr, reason) => {
    expect(decideVerifierKey(csr)).toEqual({ kind: "refused", reason });
  });
});
