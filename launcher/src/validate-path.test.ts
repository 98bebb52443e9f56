import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { assembleCertificate, brandDer, encodeTbsCertificate, parseSerialNumber } from "@mitome/x509";
import { describe, expect, it } from "vitest";
import { addressOctets, addressRangeOctets } from "./address-octets.ts";
import { root } from "./places.ts";
import { answerLine } from "./validate-path.ts";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** A certificate of `subject`, signed with the one key of this test. */
function certificate(subject: string): string {
  const tbs = encodeTbsCertificate({
    serialNumber: parseSerialNumber("01") ?? expect.fail(),
    signatureAlgorithm: "ecdsa-with-SHA256",
    issuer: [{ type: "CN", value: "Root" }],
    validity: { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2027-01-01T00:00:00Z") },
    subject: [{ type: "CN", value: subject }],
    subjectPublicKeyInfo: brandDer(publicKey.export({ type: "spki", format: "der" })),
    extensions: [{ oid: "1.3.6.1.4.1.32473.1", critical: false, value: Uint8Array.of(5, 0) }],
  });
  const signature = sign("sha256", tbs, privateKey);
  return Buffer.from(assembleCertificate(tbs, "ecdsa-with-SHA256", signature)).toString("base64");
}

const one = {
  id: "one",
  trustAnchors: [certificate("Root")],
  target: certificate("Target"),
  intermediates: [],
  crls: [],
  time: "2026-11-22T12:00:00+09:00",
  revocation: "none",
};
const answer = (fields: object) => answerLine(JSON.stringify({ ...one, ...fields }), new Map()).answer;

describe("./mitome validate-path", () => {
  it("answers a case with its path and policies", () => {
    expect(answer({})).toEqual({
      ...{ id: "one", valid: true },
      ...{ path: ["CN=Root", "CN=Target"], userConstrainedPolicySet: [] },
    });
  });

  it("answers why there is no path, with the clause", () => {
    expect(answer({ time: "2027-01-02T00:00:00Z" })).toEqual({
      ...{ id: "one", valid: false, path: ["CN=Root", "CN=Target"], userConstrainedPolicySet: [] },
      ...{ reason: "expired", clause: "RFC 5280 §6.1.3 (a)(2)" },
      message: "CN=Target: not valid after 2027-01-01T00:00:00.000Z",
    });
  });

  it("requires revocation to be known where the case does not say otherwise", () => {
    expect(answer({ revocation: undefined })).toMatchObject({ valid: false, reason: "revocationUndetermined" });
    expect(answer({ revocation: "if-available" })).toMatchObject({ valid: true });
  });

  it("takes every input of the protocol", () => {
    expect(answer({ initialExplicitPolicy: true })).toMatchObject({ reason: "noValidPolicy" });
    expect(answer({ userInitialPolicySet: [], initialPolicyMappingInhibit: true })).toMatchObject({ valid: true });
    expect(answer({ initialAnyPolicyInhibit: true, requiredEku: ["1.3.6.1.5.5.7.3.1"] })).toMatchObject({
      valid: true,
    });
    expect(answer({ dnsName: "example.jp" })).toMatchObject({ reason: "targetNameMismatch" });
    expect(answer({ ipAddress: "2001:db8::1" })).toMatchObject({ reason: "targetNameMismatch" });
    expect(answer({ emailAddress: "a@example.jp" })).toMatchObject({ reason: "targetNameMismatch" });
    const name = Buffer.from("a411300f310d300b06035504030c0452 6f6f74".replace(" ", ""), "hex").toString("base64");
    expect(answer({ permittedSubtrees: [name] })).toMatchObject({ reason: "nameNotPermitted" });
    expect(answer({ excludedSubtrees: [{ dNSName: "example.jp" }, { iPAddress: "10.0.0.0/8" }] })).toMatchObject({
      valid: true,
    });
  });

  it.each([
    ["not JSON", "the line is not JSON"],
    ["[]", "the line is not a JSON object"],
    [JSON.stringify({ ...one, trustAnchors: undefined }), "trustAnchors is missing"],
    [JSON.stringify({ ...one, target: "%" }), "target is not base64"],
    [JSON.stringify({ ...one, crls: ["AAAA", 1] }), "crls[1] is not base64"],
    [JSON.stringify({ ...one, intermediates: {} }), "intermediates is not an array"],
    [JSON.stringify({ ...one, time: "2026-02-30T00:00:00Z" }), "time is not a time of RFC 3339"],
    [JSON.stringify({ ...one, time: "2026-11-22" }), "time is not a time of RFC 3339"],
    [JSON.stringify({ ...one, revocation: "maybe" }), 'revocation is none of "required", "none" and "if-available"'],
    [JSON.stringify({ ...one, initialExplicitPolicy: 1 }), "initialExplicitPolicy is neither true nor false"],
    [JSON.stringify({ ...one, requiredEku: ["serverAuth"] }), 'requiredEku holds "serverAuth", no object identifier'],
    [JSON.stringify({ ...one, ipAddress: "10.0.0" }), "ipAddress is no address of IPv4 or IPv6"],
    [JSON.stringify({ ...one, excludedSubtrees: ["AAAA"] }), expect.stringContaining("a subtree is malformed DER")],
    [JSON.stringify({ ...one, excludedSubtree: [] }), '"excludedSubtree" is no field of a case'],
  ])("answers the malformed line %.20s on its line", (line, message) => {
    expect(answerLine(line, new Map()).answer).toMatchObject({ valid: false, reason: "malformedLine", message });
  });

  it("answers a case that it fails at with what failed, and never as valid", () => {
    class Broken extends Map<string, boolean> {
      override get(): never {
        throw new Error("the store is broken");
      }
    }
    expect(answerLine(JSON.stringify(one), new Broken()).answer).toMatchObject({
      ...{ id: "one", valid: false, reason: "internalError", message: "the store is broken" },
    });
  });

  it("goes on after a malformed line, and explains on standard error", () => {
    const input = ["?", JSON.stringify(one), "", JSON.stringify({ ...one, id: 2, target: "AAAA" })].join("\n");
    const args = [
      "--disable-warning=ExperimentalWarning",
      `${root}/launcher/src/main.ts`,
      "validate-path",
      "--explain",
    ];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { input, encoding: "utf8" });
    const answers: unknown[] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(answers).toMatchObject([
      { id: null, reason: "malformedLine" },
      { id: "one", valid: true },
      { id: 2, valid: false, reason: "malformedCertificate" },
    ]);
    expect(stderr).toContain("✓ RFC 5280 §6.1.5: policies for the user: none");
    expect(status).toBe(0);
  });
});

describe("addresses as octets", () => {
  const hex = (octets: Uint8Array | undefined) => octets && Buffer.from(octets).toString("hex");

  it("are 4 or 16", () => {
    expect(hex(addressOctets("192.0.2.1"))).toBe("c0000201");
    expect(hex(addressOctets("2001:db8::1"))).toBe("20010db8000000000000000000000001");
    expect(hex(addressOctets("::"))).toBe("0".repeat(32));
    expect(hex(addressOctets("1:2:3:4:5:6:7:8"))).toBe("00010002000300040005000600070008");
    expect(hex(addressOctets("::ffff:192.0.2.1"))).toBe("00000000000000000000ffffc0000201");
    expect([addressOctets("192.0.2"), addressOctets("fe80::1%eth0"), addressOctets("")]).toEqual(
      Array(3).fill(undefined),
    );
  });

  it("have a mask of as many in a range", () => {
    expect(hex(addressRangeOctets("192.0.2.0/20"))).toBe("c0000200fffff000");
    expect(hex(addressRangeOctets("10.0.0.0/0"))).toBe("0a00000000000000");
    expect(hex(addressRangeOctets("2001:db8::/32"))?.slice(32)).toBe(`ffffffff${"0".repeat(24)}`);
    expect([addressRangeOctets("10.0.0.0"), addressRangeOctets("10.0.0.0/33")]).toEqual(Array(2).fill(undefined));
  });
});
