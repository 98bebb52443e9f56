import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex, octets, serial } from "./certificate-list.fixture.ts";
import {
  encodeRevokedCertificates,
  type RevokedCertificate,
  readCertificateListEntry,
  revokedCertificateLength,
} from "./crl-entries.ts";
import { reasonCode } from "./crl-extensions.ts";
import { type CrlReason, crlReasonCodes } from "./crl-reason.ts";
import { MalformedDer } from "./der.ts";
import { DerReader } from "./der-reader.ts";
import { element, sequence, time } from "./der-writer.ts";
import { type Extension, encodeExtension } from "./extensions.ts";
import { parseSerialNumber, type SerialNumber } from "./serial-number.ts";

const revocationDate = new Date("2026-11-22T03:04:05Z");
const encoded = (entry: Partial<RevokedCertificate>) =>
  hex(encodeRevokedCertificates([{ serialNumber: serial(0), revocationDate, reason: undefined, ...entry }]));

describe("RFC 5280 §5.3: an entry is written in these octets", () => {
  it.each([
    ["keyCompromise", "01"],
    ["cACompromise", "02"],
    ["affiliationChanged", "03"],
    ["superseded", "04"],
    ["cessationOfOperation", "05"],
  ] as const)("with the reason %s", (reason, code) => {
    const text = `3033 0214${serial(0)} 170d${hex(Buffer.from("261122030405Z"))} 300c300a 0603551d15 0403 0a01${code}`;
    expect(encoded({ reason })).toBe(text.replaceAll(" ", ""));
  });
  it("without a reason", () => {
    const text = `3025 0214${serial(0)} 170d${hex(Buffer.from("261122030405Z"))}`;
    expect(encoded({})).toBe(text.replaceAll(" ", ""));
  });
  it("leaving unspecified out (§5.3.1)", () => {
    expect(encoded({ reason: "unspecified" })).toBe(encoded({}));
  });
  it("with a sign octet before a serial number whose first bit is set", () => {
    expect(encoded({ serialNumber: "80ff" as SerialNumber })).toMatch(/^301402030080ff170d/);
  });
  it.each([
    ["2049-12-31T23:59:59Z", "170d", "491231235959Z"],
    ["2050-01-01T00:00:00Z", "180f", "20500101000000Z"],
  ])("revoked at %s, in UTCTime through 2049 (§5.1.2.6)", (at, header, digits) => {
    expect(encoded({ revocationDate: new Date(at) })).toContain(`${header}${hex(Buffer.from(digits))}`);
  });
  it.each(["2026-11-22T03:04:05.001Z", "1949-12-31T23:59:59Z", "+010000-01-01T00:00:00Z", "never"])(
    "but not revoked at %s",
    (at) => {
      expect(() => encoded({ revocationDate: new Date(at) })).toThrow(RangeError);
    },
  );
});

const entry: fc.Arbitrary<RevokedCertificate> = fc.record({
  serialNumber: fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .map((bytes) => parseSerialNumber(hex(bytes)))
    .filter((one): one is SerialNumber => one !== undefined),
  revocationDate: fc
    .integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 })
    .map((seconds) => new Date(seconds * 1000)),
  reason: fc.option(fc.constantFrom(...(Object.keys(crlReasonCodes) as CrlReason[])), { nil: undefined }),
});

describe("the length of a list is known before its entries", () => {
  it("from the length of the number, whether there is a reason, and whether it is revoked in 2050 or later", () => {
    fc.assert(
      fc.property(entry, (one) => {
        const firstBit = Number.parseInt(one.serialNumber.slice(0, 2), 16) >> 7;
        const length = revokedCertificateLength({
          integerOctets: one.serialNumber.length / 2 + firstBit,
          hasReason: one.reason !== undefined && one.reason !== "unspecified",
          from2050: one.revocationDate >= new Date("2050-01-01T00:00:00Z"),
        });
        expect(encodeRevokedCertificates([one])).toHaveLength(length);
      }),
      { seed: 20261122, numRuns: 1000 },
    );
  });
  it("and batches one after another are the list", () => {
    fc.assert(
      fc.property(fc.array(entry), fc.array(entry), (some, others) => {
        const apart = Buffer.concat([encodeRevokedCertificates(some), encodeRevokedCertificates(others)]);
        expect(hex(encodeRevokedCertificates([...some, ...others]))).toBe(hex(apart));
      }),
      { seed: 20261122, numRuns: 200 },
    );
  });
});

describe("an entry of another authority", () => {
  const foreign = (integer: string, ...extensions: readonly Extension[]) => {
    const list = extensions.length === 0 ? [] : [sequence(...extensions.map(encodeExtension))];
    return sequence(element(0x02, octets(integer)), time(revocationDate), ...list);
  };
  const read = (bytes: Uint8Array, version: 1 | 2 = 2) => readCertificateListEntry(new DerReader(bytes), version);
  const unknown: Extension = { oid: "2.16.840.1.101.2.1.12.2", critical: true, value: octets("020100") };

  it.each([
    ["00", "00"],
    ["ff", "-01"],
    ["00ff", "ff"],
    ["80", "-80"],
    ["ff00", "-0100"],
    ["7f".repeat(21), "7f".repeat(21)],
  ])("has the serial number %s read as %s, which no other number is", (integer, serialNumber) => {
    expect(read(foreign(integer)).serialNumber).toBe(serialNumber);
  });
  it("keeps extensions that are not known", () => {
    expect(read(foreign("01", unknown, reasonCode("certificateHold")))).toEqual({
      serialNumber: "01",
      revocationDate,
      reason: "certificateHold",
      extensions: [{ ...unknown, value: Buffer.from(unknown.value) }],
    });
  });
  it("may say unspecified", () => {
    expect(read(foreign("01", reasonCode("unspecified"))).reason).toBe("unspecified");
  });
  it("has one reason", () => {
    const both = foreign("01", reasonCode("superseded"), reasonCode("keyCompromise"));
    expect(() => read(both)).toThrow("two reasons in one entry");
  });
  it.each(["07", "0b", "0100", "ff"])("has no reason of code %s (§5.3.1)", (code) => {
    const other = { ...reasonCode("superseded"), value: element(0x0a, octets(code)) };
    expect(() => read(foreign("01", other))).toThrow(MalformedDer);
  });
  it("has no extensions in a list of version 1 (§5.1.2.1)", () => {
    expect(read(foreign("01"), 1).extensions).toEqual([]);
    expect(() => read(foreign("01", unknown), 1)).toThrow(MalformedDer);
  });
});
