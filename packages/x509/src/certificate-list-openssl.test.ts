import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { assembleCertificate, encodeTbsCertificate } from "./certificate.ts";
import { fields, keyIdentifier, point, serial, tbsCertList } from "./certificate-list.fixture.ts";
import { frameCertificateList, parseCertificateList, type TbsCertListFields } from "./certificate-list.ts";
import type { RevokedCertificate } from "./crl-entries.ts";
import { crlExtensionOids, crlNumber, issuingDistributionPoint, parseCrlNumber } from "./crl-extensions.ts";
import { brandDer, type Der } from "./der.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoints,
  type Extension,
  keyUsage,
  subjectKeyIdentifier,
} from "./extensions.ts";
import type { SerialNumber } from "./serial-number.ts";
import { type SignatureAlgorithm, signatureAlgorithms } from "./signature-algorithm.ts";
import { verifySignature } from "./verify-signature.ts";

const folder = mkdtempSync(join(tmpdir(), "mitome-crl-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);
const openssl = (...args: readonly string[]) =>
  execFileSync("openssl", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
/** What it says on both channels, whether it succeeds or not. */
const opensslSays = (...args: readonly string[]) => {
  const { stdout, stderr } = spawnSync("openssl", args, { cwd: folder, encoding: "utf8" });
  return stdout + stderr;
};

interface SoftKey {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });

function signed(tbs: Uint8Array, algorithm: SignatureAlgorithm, { privateKey }: SoftKey): Uint8Array {
  return sign(signatureAlgorithms[algorithm].digest, tbs, privateKey);
}

function spki({ publicKey }: SoftKey): Der<"SubjectPublicKeyInfo"> {
  return brandDer(publicKey.export({ type: "spki", format: "der" }));
}

function writeCertificate(name: string, key: SoftKey, serialNumber: SerialNumber, ...extensions: Extension[]): void {
  const subject = name === "ca.pem" ? fields.issuer : [{ type: "CN", value: name } as const];
  const signatureAlgorithm = key === rsa ? "sha256WithRSAEncryption" : "ecdsa-with-SHA384";
  const validity = { notBefore: fields.thisUpdate, notAfter: new Date("2036-11-21T14:59:59Z") };
  const { issuer } = fields;
  const subjectPublicKeyInfo = spki(key);
  const parts = {
    serialNumber,
    signatureAlgorithm,
    issuer,
    subject,
    validity,
    subjectPublicKeyInfo,
    extensions,
  } as const;
  const tbs = encodeTbsCertificate(parts);
  const der = assembleCertificate(tbs, signatureAlgorithm, signed(tbs, signatureAlgorithm, key));
  writeFileSync(
    file(name),
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString("base64")}\n-----END CERTIFICATE-----\n`,
  );
}

function writeAuthority(key: SoftKey): void {
  const uses = keyUsage(["keyCertSign", "cRLSign"]);
  writeCertificate("ca.pem", key, serial(0), basicConstraints(), uses, subjectKeyIdentifier(keyIdentifier));
}

function writeList(name: string, list: TbsCertListFields, entries: readonly RevokedCertificate[], key: SoftKey): void {
  const tbs = tbsCertList(list, entries);
  const signature = signed(tbs, list.signatureAlgorithm, key);
  const { before, after } = frameCertificateList(tbs.length, list.signatureAlgorithm, signature);
  writeFileSync(file(name), Buffer.concat([before, tbs, after]));
}

const revocationDate = new Date("2026-11-22T02:03:04Z");
const reasons = ["keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation"] as const;
const entries = reasons.map((reason, index) => ({ serialNumber: serial(index + 1), revocationDate, reason }));

describe("OpenSSL", () => {
  it("[C-4-4-4-4.1] reads a list as X.509 version 2, field by field", () => {
    writeList("list.crl", fields, entries, rsa);
    const shown = openssl("crl", "-inform", "DER", "-in", "list.crl", "-noout", "-text", "-nameopt", "RFC2253");
    for (const line of [
      "Version 2 (0x1)",
      "Signature Algorithm: sha256WithRSAEncryption",
      "Issuer: CN=The Governor,C=JP",
      "Last Update: Nov 22 03:00:00 2026 GMT",
      "Next Update: Nov 25 03:00:00 2026 GMT",
      "X509v3 CRL Number: \n                257",
      "X509v3 Issuing Distribution Point: critical",
      "DirName:C = JP, CN = \\E5\\8D\\83\\E8\\91\\89\\E5\\B8\\82 CRLDP",
      "Only User Certificates",
      "1.3.6.1.4.1.311.21.4: ",
      "261123030000Z\n",
      `Serial Number: ${serial(1).toUpperCase()}\n        Revocation Date: Nov 22 02:03:04 2026 GMT`,
    ])
      expect(shown).toContain(line);
    const shownReasons = [...shown.matchAll(/X509v3 CRL Reason Code: \n\s+(.+)/g)].map(([, reason]) => reason);
    expect(shownReasons).toEqual([
      "Key Compromise",
      "CA Compromise",
      "Affiliation Changed",
      "Superseded",
      "Cessation Of Operation",
    ]);
  });

  it.each([
    ["sha256WithRSAEncryption", rsa],
    ["ecdsa-with-SHA384", p384],
  ] as const)("verifies a list signed with %s, and none that was altered", (signatureAlgorithm, key) => {
    writeAuthority(key);
    writeList("list.crl", { ...fields, signatureAlgorithm }, entries, key);
    const args = ["crl", "-inform", "DER", "-noout", "-CAfile", "ca.pem", "-in"];
    expect(opensslSays(...args, "list.crl")).toBe("verify OK\n");
    const altered = readFileSync(file("list.crl"));
    altered[altered.indexOf(Buffer.from(serial(3), "hex")) + 5] = 0;
    writeFileSync(file("altered.crl"), altered);
    expect(opensslSays(...args, "altered.crl")).toContain("verify failure");
    const { tbs, signature } = parseCertificateList(readFileSync(file("list.crl")));
    expect(verifySignature(spki(key), signatureAlgorithm, tbs, signature)).toBe(true);
  });

  it("checks a certificate against the list of its distribution point, and against no other", () => {
    writeAuthority(rsa);
    const authority = authorityKeyIdentifier(keyIdentifier);
    for (const number of [1, 99])
      writeCertificate(`${number}.pem`, rsa, serial(number), authority, crlDistributionPoints([point]));
    const otherPoint = { ...point, name: [{ type: "CN", value: "another" }] } as const;
    const partition = (name: string, ...scope: Parameters<typeof issuingDistributionPoint>) => {
      const extensions = [authority, crlNumber(1n), issuingDistributionPoint(...scope)];
      writeList(`${name}.crl`, { ...fields, extensions }, entries, rsa);
      openssl("crl", "-inform", "DER", "-in", `${name}.crl`, "-out", `${name}.pem`);
    };
    partition("own", [point], "userCerts");
    partition("other", [otherPoint], "userCerts");
    partition("authorities", [point], "caCerts");
    const checked = (list: string, certificate: string) => {
      const now = String(fields.thisUpdate.getTime() / 1000 + 60);
      const args = ["-attime", now, "-crl_check", "-CAfile", "ca.pem", "-CRLfile", `${list}.pem`, certificate];
      return opensslSays("verify", ...args);
    };
    expect(checked("own", "99.pem")).toBe("99.pem: OK\n");
    expect(checked("own", "1.pem")).toContain("certificate revoked");
    expect(checked("other", "1.pem")).toContain("different CRL scope");
    expect(checked("authorities", "1.pem")).toContain("different CRL scope");
  });

  it("makes lists that are read", () => {
    writeAuthority(rsa);
    writeFileSync(file("ca.key"), rsa.privateKey.export({ type: "pkcs8", format: "pem" }));
    const revoked = reasons.map(
      (reason, index) => `R\t361121145959Z\t261122020304Z,${reason}\t4${index}\tunknown\t/CN=x`,
    );
    const rest = [
      "R\t361121145959Z\t261122020304Z\tFF00\tunknown\t/CN=x",
      "V\t361121145959Z\t\t50\tunknown\t/CN=x",
      "",
    ];
    writeFileSync(file("index.txt"), [...revoked, ...rest].join("\n"));
    writeFileSync(file("crlnumber"), "0102\n");
    const settings = `[ca]\ndefault_ca = one\n[one]\ndatabase = index.txt\ncrlnumber = crlnumber\ndefault_md = sha256
      crl_extensions = list\n[list]\nauthorityKeyIdentifier = keyid:always\n`;
    writeFileSync(file("ca.cnf"), settings);
    const period = ["-crl_lastupdate", "20261122030000Z", "-crl_nextupdate", "20261125030000Z"];
    openssl(
      "ca",
      "-gencrl",
      "-config",
      "ca.cnf",
      "-cert",
      "ca.pem",
      "-keyfile",
      "ca.key",
      ...period,
      "-out",
      "made.pem",
    );
    openssl("crl", "-in", "made.pem", "-outform", "DER", "-out", "made.crl");
    const list = parseCertificateList(readFileSync(file("made.crl")));
    expect(list).toMatchObject({ version: 2, issuer: fields.issuer, thisUpdate: fields.thisUpdate });
    expect(list.nextUpdate).toEqual(fields.nextUpdate);
    expect([...list.revokedCertificates]).toEqual([
      ...reasons.map((reason, index) => ({ serialNumber: `4${index}`, revocationDate, reason, extensions: [] })),
      { serialNumber: "ff00", revocationDate, reason: undefined, extensions: [] },
    ]);
    const number = list.extensions.find(({ oid }) => oid === crlExtensionOids.cRLNumber);
    expect(number && parseCrlNumber(number.value)).toBe(258n);
    expect(verifySignature(spki(rsa), list.signatureAlgorithm, list.tbs, list.signature)).toBe(true);
  });
});
