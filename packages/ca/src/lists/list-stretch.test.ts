import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { frameCertificateList, parseCertificateList, parseSerialNumber, type SerialNumber } from "@mitome/x509";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { revocationReasons } from "../revocation/revocation-reason.ts";
import type { ListEntry, ListSource } from "../status-ports.ts";
import type { ListPlan } from "./decide-list.ts";
import { listContent, StretchAltered } from "./list-content.ts";
import {
  encodeEntries,
  encodeStretches,
  fullStretches,
  keptOf,
  lastEndOf,
  measureKept,
  RevocationMissing,
  stretchLength,
} from "./list-stretch.ts";
import { octetsOf, revocationsInMemory } from "./revocations-in-memory.fixture.ts";

const at = new Date("2026-04-01T00:00:00Z");
const day = 86_400_000;
const { definition, generation } = makeQuickAuthority(at);
const partition = { authority: definition.id, generation: 1, partition: "121002" };

/** Serial numbers of every length, the first bit of some set; revoked before 2050 and after. */
function revocation(index: number, endsAfterDays: number): ListEntry {
  const octets = 2 + (index % 19);
  const serial = parseSerialNumber((index % 2 === 0 ? "4" : "c") + index.toString(16).padStart(2 * octets - 1, "0"));
  return {
    serial: serial ?? expect.fail(),
    reason: revocationReasons[index % 5] ?? expect.fail(),
    revokedAt: index % 7 === 0 ? new Date("2051-02-03T04:05:06.700Z") : new Date(at.getTime() - index * 1000),
    notAfter: new Date(at.getTime() + endsAfterDays * day),
  };
}

const planOf = (through: number, keptFrom: Date): ListPlan => ({
  ...{ number: 7, thisUpdate: at, through, keptFrom },
  ...{ nextUpdate: new Date(at.getTime() + 3 * day), nextPublish: new Date(at.getTime() + day) },
});

async function serialsOn(plan: ListPlan, source: ListSource): Promise<SerialNumber[]> {
  const content = await listContent({ definition, generation, partition, plan }, source);
  const tbs = await octetsOf(content);
  expect(tbs.length).toBe(content.octets);
  const { before, after } = frameCertificateList(tbs.length, "ecdsa-with-SHA384", new Uint8Array([0x30, 0x00]));
  const list = parseCertificateList(Buffer.concat([before, tbs, after]));
  const serials = [...list.revokedCertificates].map(({ serialNumber }) => parseSerialNumber(serialNumber));
  expect(content.entries).toBe(serials.length);
  return serials.map((serial) => serial ?? expect.fail());
}

describe("entries that are kept encoded", () => {
  const days = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 40 });

  it("are left out one by one as their certificates end, and the others are what they are without them", () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -4, max: 4 }), (ends, keptFromDay) => {
        const all = ends.map((end, index) => revocation(index, end));
        const keptFrom = new Date(at.getTime() + keptFromDay * day);
        const kept = all.filter(({ notAfter }) => notAfter >= keptFrom);
        const encoded = encodeEntries(all);
        const expected = Buffer.from(encodeEntries(kept).entries);
        expect(Buffer.concat([...keptOf(encoded, { keptFrom })]).equals(expected)).toBe(true);
        expect(measureKept(encoded.ends, { keptFrom })).toEqual({ entries: kept.length, octets: expected.length });
      }),
      { seed: 15 },
    );
  });

  it("tell the last end, to the second and beyond the reach of 32 bits", () => {
    const last = new Date("2150-12-31T14:59:59Z");
    const { ends } = encodeEntries([revocation(1, 5), { ...revocation(2, 0), notAfter: last }, revocation(3, 7)]);
    expect(lastEndOf(ends)).toEqual(last);
    expect(measureKept(ends, { keptFrom: last }).entries).toBe(1);
    expect(measureKept(ends, { keptFrom: new Date(last.getTime() + 1000) }).entries).toBe(0);
  });

  it("are no stretch when one revocation is missing, or one too many", () => {
    const all = Array.from({ length: stretchLength + 1 }, (_, index) => revocation(index, 1));
    expect(encodeStretches(all.slice(1), 1)[0]?.ends.length).toBe(6 * stretchLength);
    for (const wrong of [all, all.slice(2)]) expect(() => encodeStretches(wrong, 1)).toThrow(RevocationMissing);
  });
});

describe("a list of several stretches", () => {
  /** The first stretch ended long ago, of the others and the rest every third certificate. */
  const all = Array.from({ length: 3 * stretchLength + 10 }, (_, index) =>
    revocation(index, index < stretchLength || index % 3 === 0 ? -1 : 1),
  );
  const source = revocationsInMemory(all);
  const serials = (entries: readonly ListEntry[]) => entries.map(({ serial }) => serial);

  it.each([0, 1, stretchLength - 1, stretchLength, stretchLength + 1, 2 * stretchLength, all.length])(
    "has the first %i revocations in their order",
    async (through) => {
      expect(await serialsOn(planOf(through, new Date(0)), source)).toEqual(serials(all.slice(0, through)));
      expect(fullStretches(through)).toBe(Math.floor(through / stretchLength));
    },
  );

  it("leaves out what has ended, wherever it stands", async () => {
    const expected = all.filter(({ notAfter }) => notAfter >= at);
    expect(await serialsOn(planOf(all.length, at), source)).toEqual(serials(expected));
    expect(await serialsOn(planOf(all.length, new Date(at.getTime() + 2 * day)), source)).toEqual([]);
  });

  it("is given up when the stretches are not those that were measured", async () => {
    const shorter = {
      ...source,
      readStretches: (key: typeof partition) => source.readStretches(key, { stretches: 2, keptFrom: new Date(0) }),
    };
    const reading = serialsOn(planOf(all.length, new Date(0)), shorter);
    await expect(reading).rejects.toThrow(StretchAltered);
  });
});
