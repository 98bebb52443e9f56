import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSoftAuthority, makeSoftKey, softSign, testSerial } from "@mitome/testkit/soft-authority";
import { encodeTbsCertificate, equipmentKinds, parseCertificate, subjectAltName } from "@mitome/x509";
import { describe, expect, it } from "vitest";
import { equipmentPolicy } from "./equipment.ts";
import { certificateFingerprint, EquipmentTrust } from "./equipment-trust.ts";

const at = new Date("2026-11-22T03:00:00Z");
const authority = makeSoftAuthority(at);
const trust = new EquipmentTrust(authority.definition.id, authority.equipmentRootKey.subjectPublicKeyInfo);
const ofNoMunicipality = (kind: string) =>
  ["authority-server", "responder", "publisher", "verifier", "operator-desk"].includes(kind);

function opensslVerify(root: Uint8Array, leaf: Uint8Array, purpose: string): string {
  const home = mkdtempSync(join(tmpdir(), "mitome-equipment-"));
  try {
    const pem = (name: string, der: Uint8Array) => {
      const path = join(home, name);
      writeFileSync(path, new X509Certificate(der).toString());
      return path;
    };
    const when = String(at.getTime() / 1000 + 3600);
    const args = ["verify", "-x509_strict", "-attime", when, "-purpose", purpose, "-CAfile", pem("root", root)];
    const stdio = ["ignore", "pipe", "ignore"] as const;
    return execFileSync("openssl", [...args, pem("leaf", leaf)], { encoding: "utf8", stdio: [...stdio] });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

describe("a machine's certificate", () => {
  it.each(equipmentKinds)("of kind %s names its holder", (kind) => {
    const municipality = ofNoMunicipality(kind) ? "-" : "121002";
    const machine = authority.equip(kind, municipality, "honcho");
    const known = trust.recognise(machine.certificate);
    expect(known).toMatchObject({ authority: authority.definition.id, kind, municipality, place: "honcho" });
    expect(known?.fingerprint).toBe(certificateFingerprint(machine.certificate));
    expect(trust.recognise(machine.certificate)).toBe(known);
  });

  it("is read by OpenSSL with one URN, one policy, and localhost only for those that listen", () => {
    const shown = (kind: "server" | "agent") =>
      execFileSync("openssl", ["x509", "-inform", "der", "-noout", "-text", "-nameopt", "RFC2253"], {
        input: authority.equip(kind, "121002", "honcho").certificate,
        encoding: "utf8",
      });
    expect(shown("server")).toContain("URI:urn:mitome:equipment:chiba-practice:server:121002:honcho, DNS:localhost\n");
    expect(shown("server")).toContain("TLS Web Client Authentication, TLS Web Server Authentication\n");
    expect(shown("server")).toContain(`Policy: ${equipmentPolicy("server")}\n`);
    expect(shown("server")).toContain("Not After : Nov 21 14:59:59 2027 GMT");
    expect(shown("agent")).toContain("URI:urn:mitome:equipment:chiba-practice:agent:121002:honcho\n");
    expect(shown("agent")).toContain("TLS Web Client Authentication\n");
  });

  it.each([
    ["server", "sslserver"],
    ["server", "sslclient"],
    ["agent", "sslclient"],
  ] as const)("of a %s is verified by OpenSSL under the equipment root as %s", (kind, purpose) => {
    const { certificate } = authority.equip(kind, "121002", "honcho");
    expect(opensslVerify(authority.equipmentRoot, certificate, purpose)).toContain("OK");
    expect(() => opensslVerify(authority.selfSigned, certificate, purpose)).toThrow();
  });

  it("of an agent is no TLS server's to OpenSSL", () => {
    const { certificate } = authority.equip("agent", "121002", "honcho");
    expect(() => opensslVerify(authority.equipmentRoot, certificate, "sslserver")).toThrow();
  });

  it("is nobody's when another root signed it, it is the root, or a governor's", () => {
    expect(trust.recognise(makeSoftAuthority(at).equip("server", "121002", "honcho").certificate)).toBeUndefined();
    expect(trust.recognise(authority.equipmentRoot)).toBeUndefined();
    expect(trust.recognise(authority.selfSigned)).toBeUndefined();
    expect(trust.recognise(new Uint8Array(10))).toBeUndefined();
  });

  it("is nobody's when the root signed it for another authority, two names, or a policy of another kind", () => {
    const server = authority.equip("server", "121002", "honcho");
    const fields = parseCertificate(server.certificate);
    const agent = parseCertificate(authority.equip("agent", "121002", "honcho").certificate);
    const resigned = (changes: Partial<typeof fields>) =>
      trust.recognise(
        softSign(authority.equipmentRootKey, encodeTbsCertificate({ ...fields, ...changes }), "ecdsa-with-SHA256"),
      );
    const names = (...uris: readonly string[]) => {
      const extension = subjectAltName(uris.map((uri) => ({ kind: "uniformResourceIdentifier", uri })));
      return fields.extensions.map((one) => (one.oid === extension.oid ? extension : one));
    };
    const urn = "urn:mitome:equipment:chiba-practice:server:121002:honcho";
    expect(resigned({ extensions: names(urn) })).toBeDefined();
    expect(resigned({ extensions: names("urn:mitome:equipment:chiba:server:121002:honcho") })).toBeUndefined();
    expect(resigned({ extensions: names(urn, urn) })).toBeUndefined();
    const policy = agent.extensions.find(({ oid }) => oid === "2.5.29.32");
    const extensions = fields.extensions.map((one) => (one.oid === policy?.oid ? policy : one));
    expect(resigned({ extensions })).toBeUndefined();
    expect(resigned({ issuer: authority.definition.issuer })).toBeUndefined();
  });
});

describe("the hierarchy for tests", () => {
  it("has serial numbers that are the same in every run and keys that are not", () => {
    expect(testSerial(1)).toBe(testSerial(1));
    expect(testSerial(1)).not.toBe(testSerial(2));
    const shape = { kind: "ec", curve: "P-256" } as const;
    expect(makeSoftKey(shape).subjectPublicKeyInfo).not.toEqual(makeSoftKey(shape).subjectPublicKeyInfo);
  });
});
