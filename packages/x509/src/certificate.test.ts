import "reflect-metadata";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import * as asn1 from "@peculiar/asn1-x509";
import * as peculiar from "@peculiar/x509";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assembleCertificate,
  encodeTbsCertificate,
  parseCertificate,
  parseTbsCertificate,
  type TbsCertificateFields,
} from "./certificate.ts";
import { brandDer, type Der, MalformedDer } from "./der.ts";
import { sequence } from "./der-writer.ts";
import { type DistinguishedName, formatDn } from "./distinguished-name.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  type Extension,
  extendedKeyUsage,
  issuerAltName,
  keyUsage,
  keyUsageBits,
  subjectAltName,
  subjectKeyIdentifier,
} from "./extensions.ts";
import type { GeneralName } from "./general-name.ts";
import { parseSerialNumber, type SerialNumber } from "./serial-number.ts";
import { signatureAlgorithms } from "./signature-algorithm.ts";
import { verifySignature } from "./verify-signature.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const spkiOf = (pair: { publicKey: import("node:crypto").KeyObject }): Der<"SubjectPublicKeyInfo"> =>
  brandDer(pair.publicKey.export({ type: "spki", format: "der" }));

const serialNumber = fc
  .uint8Array({ minLength: 1, maxLength: 20 })
  .map((bytes) => parseSerialNumber(Buffer.from(bytes).toString("hex")))
  .filter((serial): serial is SerialNumber => serial !== undefined);
const text = fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).filter((value) => value.isWellFormed());
const attributeOids = {
  C: "2.5.4.6",
  ST: "2.5.4.8",
  L: "2.5.4.7",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  CN: "2.5.4.3",
} as const;
const name: fc.Arbitrary<DistinguishedName> = fc
  .array(fc.record({ type: fc.constantFrom("ST", "L", "O", "OU", "CN"), value: text }), { maxLength: 5 })
  .map((attributes) => [{ type: "C", value: "JP" }, ...attributes]);
const instant = fc
  .integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(2099, 11, 31) / 1000 })
  .map((seconds) => new Date(seconds * 1000));
const generalName: fc.Arbitrary<GeneralName> = fc.oneof(
  fc.record({
    kind: fc.constant("otherName" as const),
    typeId: fc.constantFrom("1.2.392.200149.8.5.5.1" as const, "2.25.4711.1" as const),
    text,
  }),
  fc.record({ kind: fc.constant("directoryName" as const), name }),
  fc.record({ kind: fc.constant("dNSName" as const), name: fc.constantFrom("localhost", "ca.example.jp") }),
  fc.record({ kind: fc.constant("uniformResourceIdentifier" as const), uri: fc.webUrl() }),
);
const generalNames = fc.array(generalName, { minLength: 1, maxLength: 6 });
const identifier = fc.uint8Array({ minLength: 20, maxLength: 20 });

interface Both {
  readonly ours: Extension;
  readonly theirs: asn1.Extension;
}
const both = (ours: Extension, extension: object): Both => {
  const extnValue = new OctetString(AsnConvert.serialize(extension));
  return { ours, theirs: new asn1.Extension({ extnID: ours.oid, critical: ours.critical, extnValue }) };
};
const theirName = (dn: DistinguishedName): asn1.Name =>
  new asn1.Name(
    dn.map(({ type, value }) => {
      const attribute = new asn1.AttributeTypeAndValue({
        type: attributeOids[type as keyof typeof attributeOids],
        value: new asn1.AttributeValue(type === "C" ? { printableString: value } : { utf8String: value }),
      });
      return new asn1.RelativeDistinguishedName([attribute]);
    }),
  );
const theirGeneralName = (one: GeneralName): asn1.GeneralName => {
  switch (one.kind) {
    case "otherName": {
      const value = AsnConvert.serialize(new asn1.DirectoryString({ utf8String: one.text }));
      return new asn1.GeneralName({ otherName: new asn1.OtherName({ typeId: one.typeId, value }) });
    }
    case "directoryName":
      return new asn1.GeneralName({ directoryName: theirName(one.name) });
    case "dNSName":
      return new asn1.GeneralName({ dNSName: one.name });
    case "uniformResourceIdentifier":
      return new asn1.GeneralName({ uniformResourceIdentifier: one.uri });
    case "uninterpreted":
      throw new Error("not generated");
  }
};
const theirNames = (names: readonly GeneralName[]) => names.map(theirGeneralName);

const extension: fc.Arbitrary<Both> = fc.oneof(
  fc
    .subarray([...keyUsageBits], { minLength: 1 })
    .map((bits) =>
      both(keyUsage(bits), new asn1.KeyUsage(bits.reduce((flags, bit) => flags | (1 << keyUsageBits.indexOf(bit)), 0))),
    ),
  fc
    .option(fc.nat(100), { nil: undefined })
    .map((limit) =>
      both(
        basicConstraints(limit),
        new asn1.BasicConstraints({ cA: true, ...(limit === undefined ? {} : { pathLenConstraint: limit }) }),
      ),
    ),
  generalNames.map((names) => both(subjectAltName(names), new asn1.SubjectAlternativeName(theirNames(names)))),
  generalNames.map((names) => both(issuerAltName(names), new asn1.IssueAlternativeName(theirNames(names)))),
  generalNames.map((names) => {
    const distributionPoint = new asn1.DistributionPointName({ fullName: theirNames(names) });
    const points = new asn1.CRLDistributionPoints([new asn1.DistributionPoint({ distributionPoint })]);
    return both(crlDistributionPoints(names), points);
  }),
  fc
    .subarray(["1.2.392.200149.8.5.1.1.10", "1.2.392.200149.8.5.1.0.10", "2.5.29.32.0"] as const, { minLength: 1 })
    .map((policies) => {
      const theirs = policies.map((policyIdentifier) => new asn1.PolicyInformation({ policyIdentifier }));
      return both({ ...certificatePolicies(policies), critical: true }, new asn1.CertificatePolicies(theirs));
    }),
  identifier.map((id) =>
    both(
      authorityKeyIdentifier(id),
      new asn1.AuthorityKeyIdentifier({ keyIdentifier: new asn1.KeyIdentifier(Buffer.from(id)) }),
    ),
  ),
  identifier.map((id) => both(subjectKeyIdentifier(id), new asn1.SubjectKeyIdentifier(Buffer.from(id)))),
  fc
    .subarray(["serverAuth", "clientAuth"] as const, { minLength: 1 })
    .map((usages) =>
      both(
        extendedKeyUsage(usages),
        new asn1.ExtendedKeyUsage(
          usages.map((usage) => (usage === "serverAuth" ? asn1.id_kp_serverAuth : asn1.id_kp_clientAuth)),
        ),
      ),
    ),
);

const fields = fc.record({
  serialNumber,
  signatureAlgorithm: fc.constantFrom(
    "sha256WithRSAEncryption" as const,
    "ecdsa-with-SHA384" as const,
    "ecdsa-with-SHA256" as const,
    "sha1WithRSAEncryption" as const,
  ),
  issuer: name,
  subject: name,
  validity: fc.record({ notBefore: instant, notAfter: instant }),
  subjectPublicKeyInfo: fc.constantFrom(spkiOf(rsa), spkiOf(p384)),
  extensions: fc.array(extension, { minLength: 1, maxLength: 8 }),
});

const octetsOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex")).buffer;
const run = { seed: 20261122, numRuns: 400 };

describe("TBSCertificate", () => {
  it("is written octet for octet as @peculiar/asn1-x509 writes it", () => {
    fc.assert(
      fc.property(fields, (input) => {
        const ours = encodeTbsCertificate({ ...input, extensions: input.extensions.map((one) => one.ours) });
        const positive = `00${input.serialNumber}`;
        const theirs = new asn1.TBSCertificate({
          version: asn1.Version.v3,
          serialNumber: octetsOf(/^[89a-f]/.test(input.serialNumber) ? positive : input.serialNumber),
          signature: AsnConvert.parse(signatureAlgorithms[input.signatureAlgorithm].encoded, asn1.AlgorithmIdentifier),
          issuer: theirName(input.issuer),
          validity: new asn1.Validity(input.validity),
          subject: theirName(input.subject),
          subjectPublicKeyInfo: AsnConvert.parse(input.subjectPublicKeyInfo, asn1.SubjectPublicKeyInfo),
          extensions: new asn1.Extensions(input.extensions.map((one) => one.theirs)),
        });
        expect(Buffer.from(ours).toString("hex")).toBe(Buffer.from(AsnConvert.serialize(theirs)).toString("hex"));
      }),
      run,
    );
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(fields, (input) => {
        const written: TbsCertificateFields = { ...input, extensions: input.extensions.map((one) => one.ours) };
        const read = parseTbsCertificate(encodeTbsCertificate(written));
        const { tbs, encodedIssuer, encodedSubject, encodedValidity, ...parts } = read;
        const bytes = (list: readonly Extension[]) => list.map((one) => ({ ...one, value: Buffer.from(one.value) }));
        expect({
          ...parts,
          subjectPublicKeyInfo: Buffer.from(parts.subjectPublicKeyInfo),
          extensions: bytes(parts.extensions),
        }).toEqual({
          ...written,
          subjectPublicKeyInfo: Buffer.from(written.subjectPublicKeyInfo),
          extensions: bytes(written.extensions),
        });
      }),
      run,
    );
  });
});

const small: TbsCertificateFields = {
  serialNumber: "4a".repeat(20) as SerialNumber,
  signatureAlgorithm: "sha256WithRSAEncryption",
  issuer: [
    { type: "C", value: "JP" },
    { type: "CN", value: "The Governor of Chiba Prefecture" },
  ],
  subject: [
    { type: "C", value: "JP" },
    { type: "L", value: "千葉市" },
  ],
  validity: { notBefore: new Date("2026-11-22T03:00:00Z"), notAfter: new Date("2029-11-21T14:59:59Z") },
  subjectPublicKeyInfo: spkiOf(rsa),
  extensions: [
    keyUsage(["digitalSignature", "nonRepudiation"]),
    subjectAltName([{ kind: "otherName", typeId: "1.2.392.200149.8.5.5.1", text: "山田　花子" }]),
    certificatePolicies(["1.2.392.200149.8.5.1.1.10"]),
    crlDistributionPoints([{ kind: "directoryName", name: [{ type: "CN", value: "Chiba-shi CRLDP" }] }]),
  ],
};

describe("Certificate", () => {
  it.each([
    ["sha256WithRSAEncryption", rsa],
    ["sha1WithRSAEncryption", rsa],
    ["ecdsa-with-SHA384", p384],
    ["ecdsa-with-SHA256", p384],
  ] as const)("signed with %s is verified by us and by @peculiar/x509", async (algorithm, pair) => {
    const tbs = encodeTbsCertificate({ ...small, signatureAlgorithm: algorithm, subjectPublicKeyInfo: spkiOf(pair) });
    const signature = sign(signatureAlgorithms[algorithm].digest, tbs, pair.privateKey);
    const certificate = parseCertificate(assembleCertificate(tbs, algorithm, signature));
    expect(verifySignature(spkiOf(pair), algorithm, certificate.tbs, certificate.signature)).toBe(true);
    expect(verifySignature(spkiOf(pair), algorithm, certificate.tbs.subarray(1), signature)).toBe(false);
    const theirs = new peculiar.X509Certificate(certificate.der);
    expect(theirs.serialNumber).toBe(certificate.serialNumber);
    expect(theirs.notAfter).toEqual(certificate.validity.notAfter);
    expect(await theirs.verify({ publicKey: theirs.publicKey, signatureOnly: true })).toBe(true);
  });

  it("is read by OpenSSL field by field", () => {
    const tbs = encodeTbsCertificate(small);
    const certificate = assembleCertificate(tbs, small.signatureAlgorithm, sign("sha256", tbs, rsa.privateKey));
    const args = ["x509", "-inform", "der", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8"];
    const shown = execFileSync("openssl", args, { input: certificate, encoding: "utf8" });
    for (const line of [
      "Version: 3 (0x2)",
      "4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a:4a",
      "Signature Algorithm: sha256WithRSAEncryption",
      "Issuer: CN=The Governor of Chiba Prefecture,C=JP",
      "Not Before: Nov 22 03:00:00 2026 GMT",
      "Not After : Nov 21 14:59:59 2029 GMT",
      `Subject: ${formatDn(small.subject)}`,
      "Public-Key: (2048 bit)",
      "X509v3 Key Usage: critical",
      "Digital Signature, Non Repudiation",
      "othername: 1.2.392.200149.8.5.5.1::山田　花子",
      "Policy: 1.2.392.200149.8.5.1.1.10",
      "DirName:CN = Chiba-shi CRLDP",
    ]) {
      expect(shown).toContain(line);
    }
  });

  it("is read by OpenSSL whatever it says", () => {
    const shown = [
      "x509",
      "-inform",
      "der",
      "-noout",
      "-serial",
      "-ext",
      "subjectAltName,keyUsage,certificatePolicies",
    ];
    fc.assert(
      fc.property(fields, (input) => {
        const extensions = input.extensions.map((one) => one.ours);
        const tbs = encodeTbsCertificate({ ...input, extensions });
        const certificate = assembleCertificate(tbs, input.signatureAlgorithm, new Uint8Array(256));
        const [serial] = execFileSync("openssl", shown, { input: certificate, encoding: "utf8", stdio: "pipe" }).split(
          "\n",
        );
        expect(serial).toBe(`serial=${input.serialNumber.toUpperCase()}`);
      }),
      { seed: 20261122, numRuns: 60 },
    );
  });

  it("with two different signature algorithms is refused", () => {
    const tbs = encodeTbsCertificate(small);
    const mixed = sequence(tbs, signatureAlgorithms["ecdsa-with-SHA256"].encoded, Uint8Array.of(3, 1, 0));
    expect(() => parseCertificate(mixed)).toThrow("two signature algorithms");
  });

  it("of a malformed key is refused", () => {
    const subjectPublicKeyInfo = brandDer<"SubjectPublicKeyInfo">(sequence(sequence(), Uint8Array.of(3, 1, 0)));
    expect(() => parseTbsCertificate(encodeTbsCertificate({ ...small, subjectPublicKeyInfo }))).toThrow(MalformedDer);
  });

  it("whose time has a fraction of a second is not written", () => {
    const validity = { ...small.validity, notBefore: new Date("2026-11-22T03:00:00.001Z") };
    expect(() => encodeTbsCertificate({ ...small, validity })).toThrow(RangeError);
  });

  it("with a lone surrogate in a name is not written", () => {
    expect(() => encodeTbsCertificate({ ...small, subject: [{ type: "CN", value: "\ud842" }] })).toThrow(RangeError);
  });
});
