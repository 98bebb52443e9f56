import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import * as asn1 from "@peculiar/asn1-x509";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fields, hex, keyIdentifier, octets, point, serial, tbsCertList } from "./certificate-list.fixture.ts";
import { frameCertificateList, frameTbsCertList, parseCertificateList } from "./certificate-list.ts";
import { encodeRevokedCertificates, type RevokedCertificate, revokedCertificateLength } from "./crl-entries.ts";
import {
  crlNumber,
  issuingDistributionPoint,
  nextPublish,
  parseCrlNumber,
  parseIssuingDistributionPoint,
  parseNextPublish,
  parseReasonCode,
} from "./crl-extensions.ts";
import { type CrlReason, crlReasonCodes } from "./crl-reason.ts";
import { parseDamaged, parseWith } from "./damaged-der.fixture.ts";
import { MalformedDer } from "./der.ts";
import { contextConstructed, contextPrimitive, sequence, time, unsignedInteger } from "./der-writer.ts";
import { encodeName } from "./distinguished-name.ts";
import { parseAuthorityKeyIdentifier } from "./extension-contents.ts";
import { authorityKeyIdentifier, encodeExtension } from "./extensions.ts";
import { parseSerialNumber, type SerialNumber } from "./serial-number.ts";
import { signatureAlgorithms } from "./signature-algorithm.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Octets that something still refers to. */
function heldMemory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The list around a TBSCertList with a signature that nobody verifies. */
function unverified(tbs: Uint8Array): Uint8Array {
  const { before, after } = frameCertificateList(tbs.length, fields.signatureAlgorithm, new Uint8Array(256));
  return Buffer.concat([before, tbs, after]);
}

const instant = fc
  .integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 })
  .map((seconds) => new Date(seconds * 1000));
const reasons = (Object.keys(crlReasonCodes) as CrlReason[]).filter((reason) => reason !== "unspecified");
const entry: fc.Arbitrary<RevokedCertificate> = fc.record({
  serialNumber: fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .map((bytes) => parseSerialNumber(hex(bytes)))
    .filter((one): one is SerialNumber => one !== undefined),
  revocationDate: instant,
  reason: fc.option(fc.constantFrom(...reasons), { nil: undefined }),
});
const lists = fc.record({
  entries: fc.array(entry, { maxLength: 40 }),
  thisUpdate: instant,
  nextUpdate: instant,
  number: fc.bigInt({ min: 0n, max: 2n ** 159n - 1n }),
  onlyContains: fc.constantFrom("userCerts" as const, "caCerts" as const, undefined),
});
const run = { seed: 20261122, numRuns: 400 };

describe("RFC 5280 §5.1: CertificateList", () => {
  it("is written octet for octet as @peculiar/asn1-x509 writes it", () => {
    fc.assert(
      fc.property(lists, ({ entries, thisUpdate, nextUpdate, number, onlyContains }) => {
        const extensions = [crlNumber(number), issuingDistributionPoint([point], onlyContains)];
        const ours = tbsCertList({ ...fields, thisUpdate, nextUpdate, extensions }, entries);
        const theirs = new asn1.TBSCertList({
          version: asn1.Version.v2,
          signature: AsnConvert.parse(signatureAlgorithms[fields.signatureAlgorithm].encoded, asn1.AlgorithmIdentifier),
          issuer: AsnConvert.parse(encodeName(fields.issuer), asn1.Name),
          thisUpdate: new asn1.Time(thisUpdate),
          nextUpdate: new asn1.Time(nextUpdate),
          ...(entries.length === 0 ? {} : { revokedCertificates: entries.map(theirEntry) }),
          crlExtensions: new asn1.Extensions([
            theirExtension("2.5.29.20", false, theirInteger(number)),
            theirExtension("2.5.29.28", true, AsnConvert.serialize(theirPoint(onlyContains))),
          ]),
        });
        expect(hex(ours)).toBe(hex(new Uint8Array(AsnConvert.serialize(theirs))));
      }),
      run,
    );
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(lists, ({ entries, thisUpdate, nextUpdate, number, onlyContains }) => {
        const extensions = [
          authorityKeyIdentifier(keyIdentifier),
          crlNumber(number),
          issuingDistributionPoint([point], onlyContains),
          nextPublish(nextUpdate),
        ];
        const written = { ...fields, thisUpdate, nextUpdate, extensions };
        const tbs = tbsCertList(written, entries);
        const { revokedCertificates, tbs: readTbs, encodedIssuer, ...read } = parseCertificateList(unverified(tbs));
        expect(read).toMatchObject({
          ...written,
          version: 2,
          extensions: written.extensions.map(({ oid }) => ({ oid })),
        });
        expect([...revokedCertificates]).toEqual(entries.map((one) => ({ ...one, extensions: [] })));
        expect([readTbs, encodedIssuer].map(hex)).toEqual([tbs, encodeName(fields.issuer)].map(hex));
        const [authority, ...others] = read.extensions.map(({ value }) => value);
        const [numbered, distributed, planned] = others;
        if (!authority || !numbered || !distributed || !planned) throw new Error("extensions are missing");
        expect(parseAuthorityKeyIdentifier(authority).keyIdentifier).toEqual(keyIdentifier);
        expect(parseCrlNumber(numbered)).toBe(number);
        expect(parseIssuingDistributionPoint(distributed)).toMatchObject({ fullName: [point], onlyContains });
        expect(parseNextPublish(planned)).toEqual(nextUpdate);
      }),
      run,
    );
  });

  it("without a revoked certificate has no revokedCertificates (§5.1.2.6)", () => {
    const list = { ...fields, issuer: [{ type: "C", value: "JP" }], extensions: [crlNumber(5n)] } as const;
    const expected = `30 4f 02 01 01 30 0d 06 09 2a 86 48 86 f7 0d 01 01 0b 05 00
      30 0d 31 0b 30 09 06 03 55 04 06 13 02 4a 50
      17 0d 32 36 31 31 32 32 30 33 30 30 30 30 5a 17 0d 32 36 31 31 32 35 30 33 30 30 30 30 5a
      a0 0e 30 0c 30 0a 06 03 55 1d 14 04 03 02 01 05`;
    expect(hex(tbsCertList(list, []))).toBe(hex(octets(expected)));
  });

  it("carries authorityKeyIdentifier, cRLNumber, issuingDistributionPoint and nextPublish in these octets (§5.2)", () => {
    expect(fields.extensions.map((extension) => hex(encodeExtension(extension)))).toEqual([
      `301f0603551d23041830168014${hex(keyIdentifier)}`,
      "300b0603551d14040402020101",
      `303e0603551d1c0101ff04343032a02da02ba4293027310b3009060355040613024a50311830160603550403` +
        `0c0f${hex(Buffer.from("千葉市 CRLDP"))}8101ff`,
      `301c06092b0601040182371504040f170d${hex(Buffer.from("261123030000Z"))}`,
    ]);
  });

  it.each([-1n, 2n ** 159n])("has no cRLNumber of %s: below zero, or longer than 20 octets (§5.2.3)", (number) => {
    expect(() => crlNumber(number)).toThrow(RangeError);
  });
});

describe("a list of any size", () => {
  it("of 1,000,000 entries passes through in batches, its length known before", () => {
    const count = 1_000_000;
    const batch = 5_000;
    const length = count * revokedCertificateLength({ integerOctets: 20, hasReason: true });
    const tbs = frameTbsCertList(fields, length);
    const digest = createHash("sha256").update(tbs.before);
    const highest = { firstHalf: 0, secondHalf: 0 };
    let written = 0;
    for (let first = 0; first < count; first += batch) {
      const entries = Array.from({ length: batch }, (_, index): RevokedCertificate => {
        const number = (first + index).toString(16).padStart(38, "0");
        const revocationDate = new Date(1_780_000_000_000 + (first + index) * 1000);
        return { serialNumber: `40${number}` as SerialNumber, revocationDate, reason: "cessationOfOperation" };
      });
      const encoded = encodeRevokedCertificates(entries);
      digest.update(encoded);
      written += encoded.length;
      const half = first < count / 2 ? "firstHalf" : "secondHalf";
      if (first % (20 * batch) === 0) highest[half] = Math.max(highest[half], heldMemory());
    }
    digest.update(tbs.after).digest();
    expect(written).toBe(length);
    const tbsLength = tbs.before.length + written + tbs.after.length;
    expect(hex(tbs.before).startsWith(`3084${(tbsLength - 6).toString(16).padStart(8, "0")}`)).toBe(true);
    // Its second half alone has 26 million octets, and the entries that they stand for several times as many.
    expect(highest.secondHalf - highest.firstHalf).toBeLessThan(10e6);
  });

  it("beyond 16 MiB is read entry by entry", () => {
    const batch = encodeRevokedCertificates(
      Array.from({ length: 1000 }, (_, index) => ({
        serialNumber: serial(index),
        revocationDate: fields.thisUpdate,
        reason: undefined,
      })),
    );
    const batches = Array.from({ length: 500 }, () => batch);
    const { before, after } = frameTbsCertList(fields, batches.length * batch.length);
    const list = parseCertificateList(unverified(Buffer.concat([before, ...batches, after])));
    expect(list.der.length).toBeGreaterThan(2 ** 24);
    const sought = serial(7);
    let count = 0;
    for (const { serialNumber } of list.revokedCertificates) if (serialNumber === sought) count++;
    expect(count).toBe(batches.length);
  });

  it("but none of 2 GiB", () => {
    expect(() => frameTbsCertList(fields, 2 ** 31 - 100)).toThrow(RangeError);
  });
});

describe("a list of another authority", () => {
  const { encoded: algorithm } = signatureAlgorithms.sha256WithRSAEncryption;
  const version2 = unsignedInteger(Uint8Array.of(1));
  const issuer = encodeName(fields.issuer);
  const at = time(fields.thisUpdate);
  const extensions = contextConstructed(0, sequence(encodeExtension(crlNumber(1n))));
  const read = (...tbs: readonly Uint8Array[]) => parseCertificateList(unverified(sequence(...tbs)));

  it("may be of version 1, without nextUpdate and without entries", () => {
    const list = read(algorithm, issuer, at);
    expect(list).toMatchObject({ version: 1, nextUpdate: undefined, extensions: [] });
    expect([...list.revokedCertificates]).toEqual([]);
  });
  it("is read from its first entry each time", () => {
    const list = read(version2, algorithm, issuer, at, sequence(sequence(version2, at)), extensions);
    expect([...list.revokedCertificates]).toHaveLength(1);
    expect([...list.revokedCertificates]).toHaveLength(1);
  });
  it("keeps a malformed entry until it is asked for", () => {
    const list = read(version2, algorithm, issuer, at, sequence(sequence(at)), extensions);
    expect(() => [...list.revokedCertificates]).toThrow(MalformedDer);
  });
  it.each([
    ["of version 3", [unsignedInteger(Uint8Array.of(2)), algorithm, issuer, at, extensions]],
    ["of version 1 written out", [unsignedInteger(Uint8Array.of(0)), algorithm, issuer, at, extensions]],
    ["of version 1 with extensions", [algorithm, issuer, at, extensions]],
    ["with another algorithm outside", [version2, signatureAlgorithms["ecdsa-with-SHA256"].encoded, issuer, at]],
    ["with an empty list of extensions", [version2, algorithm, issuer, at, contextConstructed(0, sequence())]],
    ["with something after its extensions", [version2, algorithm, issuer, at, extensions, at]],
  ])("%s is refused", (_what, tbs) => {
    expect(() => read(...tbs)).toThrow(MalformedDer);
  });
});

describe("RFC 5280 §5.2.5: issuingDistributionPoint", () => {
  const yes = Uint8Array.of(0xff);
  it("may name itself relative to its issuer, keep to some reasons, and list other issuers' certificates", () => {
    const relative = octets("310d300b06035504030c0463726c31");
    const named = contextConstructed(0, contextPrimitive(1, relative).with(0, 0xa1));
    const value = sequence(
      named,
      contextPrimitive(3, octets("0560")),
      contextPrimitive(4, yes),
      contextPrimitive(5, yes),
    );
    expect(parseIssuingDistributionPoint(value)).toEqual({
      fullName: undefined,
      nameRelativeToCRLIssuer: Buffer.from(relative),
      onlyContains: "attributeCerts",
      onlySomeReasons: [1, 2],
      indirectCRL: true,
    });
  });
  it.each([
    ["two scopes", sequence(contextPrimitive(1, yes), contextPrimitive(2, yes))],
    ["a default written out", sequence(contextPrimitive(1, Uint8Array.of(0)))],
    ["an unknown field", sequence(contextPrimitive(6, yes))],
    ["no name in its distributionPoint", sequence(contextConstructed(0))],
  ])("with %s is refused", (_what, value) => {
    expect(() => parseIssuingDistributionPoint(value)).toThrow(MalformedDer);
  });
});

describe("whatever the octets, a parser answers or throws MalformedDer", () => {
  const sample = unverified(
    tbsCertList(
      fields,
      reasons.map((reason, index) => ({ serialNumber: serial(index), revocationDate: fields.thisUpdate, reason })),
    ),
  );
  const parsers: readonly ((value: Uint8Array) => unknown)[] = [
    (list) => [...parseCertificateList(list).revokedCertificates],
    parseCrlNumber,
    parseIssuingDistributionPoint,
    parseNextPublish,
    parseReasonCode,
  ];
  const samples = [sample, ...fields.extensions.map(({ value }) => value)];
  it("from right ones with octets changed, cut out and put in", () => {
    parseDamaged(parsers, samples);
  });
  it("from right ones with one octet of another value", () => {
    const octet = fc.integer({ min: 1, max: 255 });
    fc.assert(
      fc.property(fc.nat(sample.length - 1), octet, (at, change) => {
        parseWith(parsers, Buffer.from(sample).fill((sample[at] ?? 0) ^ change, at, at + 1));
      }),
      { seed: 20261122, numRuns: 5000 },
    );
  });
  it("and every list cut short is refused", () => {
    for (let length = 0; length < sample.length; length++)
      expect(() => parseCertificateList(sample.subarray(0, length))).toThrow(MalformedDer);
  });
});

function theirEntry({ serialNumber, revocationDate, reason }: RevokedCertificate): asn1.RevokedCertificate {
  const positive = /^[89a-f]/.test(serialNumber) ? `00${serialNumber}` : serialNumber;
  const theirs = new asn1.RevokedCertificate({
    userCertificate: new Uint8Array(octets(positive)).buffer,
    revocationDate: new asn1.Time(revocationDate),
  });
  if (reason !== undefined) {
    const code = AsnConvert.serialize(new asn1.CRLReason(crlReasonCodes[reason]));
    theirs.crlEntryExtensions = [theirExtension("2.5.29.21", false, code)];
  }
  return theirs;
}

function theirExtension(extnID: string, critical: boolean, value: ArrayBuffer): asn1.Extension {
  return new asn1.Extension({ extnID, critical, extnValue: new OctetString(value) });
}

function theirPoint(onlyContains: "userCerts" | "caCerts" | undefined): asn1.IssuingDistributionPoint {
  const directoryName = AsnConvert.parse(encodeName(point.name), asn1.Name);
  const theirs = new asn1.IssuingDistributionPoint({
    distributionPoint: new asn1.DistributionPointName({ fullName: [new asn1.GeneralName({ directoryName })] }),
  });
  theirs.onlyContainsUserCerts = onlyContains === "userCerts";
  theirs.onlyContainsCACerts = onlyContains === "caCerts";
  return theirs;
}

function theirInteger(number: bigint): ArrayBuffer {
  const digits = number.toString(16);
  return new Uint8Array(unsignedInteger(octets(digits.padStart(digits.length + (digits.length % 2), "0")))).buffer;
}
