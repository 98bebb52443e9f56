import { describe, expect, it } from "vitest";
import { encodeRevokedCertificates, readCertificateListEntry } from "../crl-entries.ts";
import type { crlReasonCodes } from "../crl-reason.ts";
import { DerReader } from "../der-reader.ts";
import { parseSerialNumber } from "../serial-number.ts";
import { passPlainEntry } from "./pass-plain-entry.ts";
import { oneOf, seeded } from "./seeded.fixture.ts";

const none = new Uint8Array();

function entry(serial: string, day = "2026-01-14", reason?: keyof typeof crlReasonCodes): Uint8Array {
  const serialNumber = parseSerialNumber(serial);
  if (serialNumber === undefined) throw new Error(`no serial number: ${serial}`);
  return encodeRevokedCertificates([{ serialNumber, revocationDate: new Date(`${day}T03:00:59Z`), reason }]);
}

describe("passing entries of other certificates", () => {
  it("passes entries with and without a reason, and leaves that of the certificate asked for", () => {
    for (const reason of ["keyCompromise", "removeFromCRL", undefined] as const) {
      const octets = entry("c0ffee", "2026-01-14", reason);
      expect(passPlainEntry(octets, 0, Uint8Array.of(0, 0xc0, 0xff, 0xed), 2)).toBe(octets.length);
      expect(passPlainEntry(octets, 0, Uint8Array.of(0, 0xc0, 0xff, 0xee), 2)).toBeUndefined();
    }
  });

  it("leaves extensions in a list of version 1, the last days of a month and years from 2050 to the reader", () => {
    expect(passPlainEntry(entry("11", "2026-01-14", "superseded"), 0, none, 1)).toBeUndefined();
    expect(passPlainEntry(entry("11"), 0, none, 1)).toBe(entry("11").length);
    expect(passPlainEntry(entry("11", "2026-01-29"), 0, none, 2)).toBeUndefined();
    expect(passPlainEntry(entry("11", "2050-01-14"), 0, none, 2)).toBeUndefined();
  });

  it("[RFC 5280 §5.1.2.6] passes nothing that cannot be read, whatever octets are changed, and ends where the reader does", () => {
    const random = seeded(1_126);
    const octet = () => Math.floor(random() * 256);
    const reasons = [undefined, "superseded", "aACompromise"] as const;
    const entries = ["11", "7f00", "80", "ff"].flatMap((serial) =>
      reasons.map((reason) => entry(serial, "2026-01-14", reason)),
    );
    let passed = 0;
    for (let round = 0; round < 100_000; round += 1) {
      const octets = Buffer.from(oneOf(entries, random));
      for (let changes = Math.floor(random() * 3); changes > 0; changes -= 1) {
        const at = Math.floor(random() * octets.length);
        octets[at] = oneOf([octet(), (octets[at] ?? 0) + oneOf([1, -1], random), 0, 0x80, 0xff, 0x39], random);
      }
      const list = random() < 0.1 ? octets.subarray(0, octet() % octets.length) : Buffer.concat([octets, octets]);
      const version = random() < 0.2 ? 1 : 2;
      const end = passPlainEntry(list, 0, none, version);
      if (end === undefined) continue;
      passed += 1;
      const reader = new DerReader(list);
      expect(readCertificateListEntry(reader, version).extensions).toEqual([]);
      expect(reader.offset).toBe(end);
    }
    expect(passed).toBeGreaterThan(20_000);
  });
});
