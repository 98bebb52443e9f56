import { createHash, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assembleCertificate, encodeTbsCertificate, parseCertificate } from "./certificate.ts";
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
  parseCertificationRequest,
  verifyCertificationRequest,
} from "./certification-request.ts";
import { parseDamaged, parseWith } from "./damaged-der.fixture.ts";
import { brandDer, MalformedDer } from "./der.ts";
import { DerReader } from "./der-reader.ts";
import { element, elementHeader, objectIdentifier, time, unsignedInteger } from "./der-writer.ts";
import {
  parseAuthorityKeyIdentifier,
  parseBasicConstraints,
  parseCertificatePolicies,
  parseCrlDistributionPoints,
  parseExtendedKeyUsage,
  parseGeneralNames,
  parseKeyUsage,
  parseSubjectKeyIdentifier,
} from "./extension-contents.ts";
import { basicConstraints, crlDistributionPoints, keyUsage, subjectAltName } from "./extensions.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";
import { parseSerialNumber, serialNumberFromRandom } from "./serial-number.ts";
import { canonicalKeyHash, parseSubjectPublicKeyInfo, rsaSubjectPublicKeyInfo } from "./subject-public-key-info.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const reader = (hex: string) => new DerReader(bytes(hex));

describe("X.690: what BER allows and DER does not is refused", () => {
  it.each([
    ["an indefinite length", "30 80 00 00", (r: DerReader) => r.sequence()],
    ["a long form for a short length", "30 81 01 00", (r: DerReader) => r.sequence()],
    ["a length with a leading zero octet", "30 82 00 80", (r: DerReader) => r.sequence()],
    ["a length beyond the input", "30 05 00", (r: DerReader) => r.sequence()],
    ["a length of four octets that needs one", "30 84 00 00 00 80 00", (r: DerReader) => r.sequence()],
    ["a length of five octets", "30 85 01 00 00 00 00 00", (r: DerReader) => r.sequence()],
    ["a length of 4 GiB less one", "30 84 ff ff ff ff 00", (r: DerReader) => r.sequence()],
    ["a high tag number", "1f 81 01 00", (r: DerReader) => r.any()],
    ["nothing at all", "", (r: DerReader) => r.any()],
    ["another tag", "31 00", (r: DerReader) => r.sequence()],
    ["TRUE that is not FF", "01 01 01", (r: DerReader) => r.boolean()],
    ["a BOOLEAN of two octets", "01 02 ff ff", (r: DerReader) => r.boolean()],
    ["FALSE where it is the default", "01 01 00", (r: DerReader) => r.flag()],
    ["a NULL with contents", "05 01 00", (r: DerReader) => r.null()],
    ["an INTEGER with a needless zero octet", "02 02 00 7f", (r: DerReader) => r.unsignedInteger()],
    ["an INTEGER with a needless FF octet", "02 02 ff 80", (r: DerReader) => r.integer()],
    ["a negative INTEGER", "02 01 ff", (r: DerReader) => r.unsignedInteger()],
    ["an INTEGER without contents", "02 00", (r: DerReader) => r.unsignedInteger()],
    ["an INTEGER above 2^31-1", "02 05 00 80 00 00 00", (r: DerReader) => r.smallInteger()],
    ["an object identifier with a needless 80", "06 03 55 80 01", (r: DerReader) => r.objectIdentifier()],
    ["an object identifier cut short", "06 02 55 81", (r: DerReader) => r.objectIdentifier()],
    ["an object identifier without contents", "06 00", (r: DerReader) => r.objectIdentifier()],
    ["a BIT STRING with unused bits", "03 02 01 fe", (r: DerReader) => r.bitString()],
    ["named bits with a trailing zero bit", "03 02 06 80", (r: DerReader) => r.namedBits()],
    ["named bits with a trailing zero octet", "03 03 07 80 00", (r: DerReader) => r.namedBits()],
    ["a UTF8String that is not UTF-8", "0c 01 ff", (r: DerReader) => r.utf8String()],
    ["an overlong UTF-8 form", "0c 02 c0 80", (r: DerReader) => r.utf8String()],
    ["a PrintableString with an at sign", "13 01 40", (r: DerReader) => r.printableString()],
    ["an IA5String above 7F", "16 01 80", (r: DerReader) => r.ia5String()],
    ["a UTCTime without seconds", "17 0b 32 36 31 31 32 32 30 33 30 30 5a", (r: DerReader) => r.time()],
    ["a day that does not exist", "17 0d 32 37 30 32 32 39 30 30 30 30 30 30 5a", (r: DerReader) => r.time()],
    ["a time with a letter for a digit", "17 0d 32 36 31 31 32 32 30 33 30 30 30 6f 5a", (r: DerReader) => r.time()],
    ["a time of another zone", "17 11 32 36 31 31 32 32 30 33 30 30 30 30 2b 30 39 30 30", (r: DerReader) => r.time()],
    ["a time with a fraction", "18 11 32 30 35 30 31 31 32 32 30 33 30 30 30 30 2e 35 5a", (r: DerReader) => r.time()],
    ["the sixtieth second", "17 0d 32 36 31 32 33 31 32 33 35 39 36 30 5a", (r: DerReader) => r.time()],
    ["the twenty-fourth hour", "17 0d 32 36 31 32 33 31 32 34 30 30 30 30 5a", (r: DerReader) => r.time()],
    ["the thirteenth month", "17 0d 32 36 31 33 30 31 30 30 30 30 30 30 5a", (r: DerReader) => r.time()],
    ["a year before 100", "18 0f 30 30 35 30 30 31 30 31 30 30 30 30 30 30 5a", (r: DerReader) => r.time()],
    ["octets after the end", "05 00 00", (r: DerReader) => [r.null(), r.finish()]],
  ])("%s", (_what, hex, read) => {
    expect(() => read(reader(hex))).toThrow(MalformedDer);
  });

  it("names the octet where it stands", () => {
    const fields = reader("30 05 02 01 05 05 01").sequence();
    fields.unsignedInteger();
    expect(() => fields.null()).toThrow(expect.objectContaining({ offset: 5 }));
  });
});

describe("X.690 §10.1: a length is written in the fewest octets, and read", () => {
  it.each([
    [0, "3000"],
    [0x7f, "307f"],
    [0x80, "308180"],
    [0xff, "3081ff"],
    [0x100, "30820100"],
    [0xffff, "3082ffff"],
    [0x10000, "3083010000"],
    [0xffffff, "3083ffffff"],
    [0x1000000, "308401000000"],
  ])("%d", (length, header) => {
    expect(Buffer.from(elementHeader(0x30, length)).toString("hex")).toBe(header);
    const whole = element(0x30, Buffer.alloc(length));
    expect(Buffer.from(whole.subarray(0, header.length / 2)).toString("hex")).toBe(header);
    expect(new DerReader(whole).contents(0x30)).toHaveLength(length);
  });
});

describe("primitive types are read back as they were written", () => {
  const run = { seed: 7, numRuns: 500 };
  it("INTEGER", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 200n }), (value) => {
        const hex = value.toString(16);
        const magnitude = bytes(hex.padStart(hex.length + (hex.length % 2), "0"));
        const read = new DerReader(unsignedInteger(magnitude)).unsignedInteger();
        expect(BigInt(`0x${Buffer.from(read).toString("hex")}`)).toBe(value);
      }),
      run,
    );
  });
  it("OBJECT IDENTIFIER, with arcs beyond 2^53", () => {
    const arcs = fc.array(fc.bigInt({ min: 0n, max: 2n ** 128n }), { minLength: 1, maxLength: 8 });
    const root = fc.oneof(fc.tuple(fc.constantFrom(0, 1), fc.nat(39)), fc.tuple(fc.constant(2), fc.nat(1000)));
    fc.assert(
      fc.property(root, arcs, ([first, second], rest) => {
        const dotted = [first, second, ...rest].join(".") as ObjectIdentifier;
        expect(new DerReader(objectIdentifier(dotted)).objectIdentifier()).toBe(dotted);
      }),
      run,
    );
  });
  it("Time, on both sides of 2050", () => {
    fc.assert(
      fc.property(fc.integer({ min: -631152000, max: 253402300799 }), (seconds) => {
        const instant = new Date(seconds * 1000);
        const encoded = time(instant);
        expect(new DerReader(encoded).time()).toEqual(instant);
        expect(encoded[0]).toBe(instant.getUTCFullYear() < 2050 ? 0x17 : 0x18);
      }),
      run,
    );
  });
});

const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsaSpki = brandDer<"SubjectPublicKeyInfo">(rsa.publicKey.export({ type: "spki", format: "der" }));
const ecSpki = brandDer<"SubjectPublicKeyInfo">(ec.publicKey.export({ type: "spki", format: "der" }));
const names = [{ kind: "otherName", typeId: "1.2.392.200149.8.5.5.1", text: "山田" }] as const;
const tbs = encodeTbsCertificate({
  serialNumber: serialNumberFromRandom(new Uint8Array(20).fill(0xab)),
  signatureAlgorithm: "sha256WithRSAEncryption",
  issuer: [{ type: "CN", value: "issuer" }],
  subject: [{ type: "CN", value: "subject" }],
  validity: { notBefore: new Date(0), notAfter: new Date(1e12) },
  subjectPublicKeyInfo: rsaSpki,
  extensions: [
    keyUsage(["digitalSignature"]),
    basicConstraints(3),
    subjectAltName(names),
    crlDistributionPoints([{ kind: "directoryName", name: [{ type: "CN", value: "point" }] }]),
  ],
});
const certificate = assembleCertificate(tbs, "sha256WithRSAEncryption", new Uint8Array(128));
const info = encodeCertificationRequestInfo([{ type: "CN", value: "requester" }], ecSpki);
const request = assembleCertificationRequest(info, "ecdsa-with-SHA256", sign("sha256", info, ec.privateKey));

describe("whatever the octets, a parser answers or throws MalformedDer", () => {
  const parsers = [
    parseCertificate,
    parseCertificationRequest,
    parseSubjectPublicKeyInfo,
    parseKeyUsage,
    parseBasicConstraints,
    parseGeneralNames,
    parseCertificatePolicies,
    parseCrlDistributionPoints,
    parseAuthorityKeyIdentifier,
    parseSubjectKeyIdentifier,
    parseExtendedKeyUsage,
  ];
  const samples = [
    certificate,
    request,
    rsaSpki,
    ecSpki,
    ...parseCertificate(certificate).extensions.map((e) => e.value),
  ];
  it("from right ones with octets changed, cut out and put in", () => {
    parseDamaged(parsers, samples);
  });
  it("from nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => void parseWith(parsers, octets)),
      { seed: 20261122, numRuns: 5000 },
    );
  });
  it("and every certificate cut short is refused", () => {
    for (let length = 0; length < certificate.length; length++) {
      expect(() => parseCertificate(certificate.subarray(0, length))).toThrow(MalformedDer);
    }
  });
});

describe("CertificationRequest", () => {
  it("is verified with the key it names, and with no other octets", () => {
    const parsed = parseCertificationRequest(request);
    expect(verifyCertificationRequest(parsed)).toBe(true);
    const altered = { ...parsed, certificationRequestInfo: info.with(info.length - 3, 1) as typeof info };
    expect(verifyCertificationRequest(altered)).toBe(false);
  });
});

describe("canonicalKeyHash", () => {
  it("is one for one key and another for another", () => {
    const key = parseSubjectPublicKeyInfo(rsaSpki);
    if (key.kind !== "rsa") throw new Error("not RSA");
    const again = rsaSubjectPublicKeyInfo(Buffer.concat([Buffer.alloc(2), key.modulus]), key.exponent);
    expect(canonicalKeyHash(again)).toEqual(canonicalKeyHash(rsaSpki));
    expect(canonicalKeyHash(ecSpki)).not.toEqual(canonicalKeyHash(rsaSpki));
    expect(canonicalKeyHash(rsaSpki)).toHaveLength(32);
  });
});

describe("SerialNumber", () => {
  it("is positive and has 20 octets whatever the randomness (RFC 5280 §4.1.2.2)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (random) => {
        expect(serialNumberFromRandom(random)).toMatch(/^[4-7][0-9a-f]{39}$/);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
  it("keeps 158 of the 160 bits", () => {
    const random = createHash("sha1").update("x").digest();
    const serial = Buffer.from(serialNumberFromRandom(random), "hex");
    expect(serial.subarray(1)).toEqual(random.subarray(1));
    expect((serial[0] ?? 0) & 0x3f).toBe((random[0] ?? 0) & 0x3f);
  });
  it.each(["", "00", "00ff", "0", "AB", "ab".repeat(21), "xy"])("is not '%s'", (text) => {
    expect(parseSerialNumber(text)).toBeUndefined();
  });
});
