import {
  chibaMunicipalities,
  findOutsideRepertoire,
  isInRepertoire,
  isResidentCode,
  parseDateOfBirth,
} from "@mitome/characters";
import { beforeAll, describe, expect, it } from "vitest";
import { residentPlaces } from "./resident-places.ts";
import { demoResidents, registerDay, type SyntheticResident, syntheticResidents } from "./residents.ts";

let residents: SyntheticResident[];
beforeAll(() => {
  residents = [...syntheticResidents()];
});

const keyed = (key: (resident: SyntheticResident) => string): SyntheticResident[][] => [
  ...Map.groupBy(residents, key).values(),
];

const ageOf = ({ dateOfBirth }: SyntheticResident): number => {
  const birth = parseDateOfBirth(dateOfBirth);
  if (birth?.year === undefined) throw new Error(`no year of birth in ${dateOfBirth}`);
  return registerDay.year - birth.year - ((birth.month ?? 1) > registerDay.month ? 1 : 0);
};

describe("the synthetic prefecture", () => {
  it("is the same for the same seed, another for another, and begins with the named residents", () => {
    expect([...syntheticResidents()]).toEqual(residents);
    expect([...syntheticResidents({ seed: 2, count: 500 })]).not.toEqual(residents.slice(0, 500));
    expect(residents.slice(0, 14)).toEqual(Object.values(demoResidents));
    expect([...syntheticResidents({ count: 3 })]).toHaveLength(3);
  });

  it("has 20,000 residents with right and unique 住民票コード", () => {
    expect(residents).toHaveLength(20_000);
    expect(residents.filter(({ residentCode }) => !isResidentCode(residentCode))).toEqual([]);
    expect(new Set(residents.map(({ residentCode }) => residentCode)).size).toBe(20_000);
  });

  it("lives in all 54 municipalities, about as many in each as live there", () => {
    const total = Object.values(residentPlaces).reduce((sum, { population }) => sum + population, 0);
    for (const { code, name } of chibaMunicipalities) {
      const share = (residentPlaces[code]?.population ?? 0) / total;
      const found = residents.filter(({ municipality }) => municipality === code);
      expect(found.length, name).toBeGreaterThan(share * 20_000 * 0.5);
      expect(found.length, name).toBeLessThan(share * 20_000 * 1.5 + 15);
      for (const { address } of found)
        expect(address.startsWith("千葉県") && address.includes(name), address).toBe(true);
    }
    expect(Object.keys(residentPlaces)).toHaveLength(54);
  });

  it("has birth dates that exist and every age from 0 to 110 in a likely shape", () => {
    const ages = residents.map(ageOf);
    expect([Math.min(...ages), Math.max(...ages)]).toEqual([0, 110]);
    const share = (from: number, to: number): number => ages.filter((age) => age >= from && age < to).length / 20_000;
    expect(share(0, 15)).toBeGreaterThan(0.08);
    expect(share(15, 65)).toBeGreaterThan(0.45);
    expect(share(65, 111)).toBeGreaterThan(0.15);
    expect(share(100, 111)).toBeLessThan(0.02);
  });

  it("has both genders alike and a few unknown", () => {
    const count = (gender: string): number => residents.filter((resident) => resident.gender === gender).length;
    expect(count("1") / 20_000).toBeCloseTo(0.5, 1);
    expect(count("2") / 20_000).toBeCloseTo(0.5, 1);
    expect(count("3")).toBeGreaterThan(0);
    expect(count("3")).toBeLessThan(50);
  });

  it("has names outside the repertoire and keeps everything else inside it", () => {
    const outside = residents.filter(({ name }) => !isInRepertoire(name));
    expect(outside.length).toBeGreaterThan(200);
    expect(outside.length).toBeLessThan(800);
    const characters = new Set(
      outside.flatMap(({ name }) => findOutsideRepertoire(name).map((found) => found.character)),
    );
    expect(characters).toEqual(new Set("髙﨑𠮷德瀨黑栁橫"));
    for (const { address, nameKana } of residents) {
      expect(findOutsideRepertoire(address + nameKana), address).toEqual([]);
      expect([...address].length).toBeLessThanOrEqual(200);
    }
  });

  it("has foreign residents with and without a 通称, whose birth dates name no era", () => {
    const foreign = residents.filter(({ dateOfBirth }) => dateOfBirth.startsWith("0"));
    expect(foreign.length).toBeGreaterThan(150);
    const aliased = foreign.filter(({ alias, aliasKana }) => alias !== null && aliasKana !== null);
    expect(aliased.length / foreign.length).toBeCloseTo(0.4, 0);
    expect(foreign.length - aliased.length).toBeGreaterThan(50);
    expect(residents.filter(({ alias, dateOfBirth }) => alias !== null && !dateOfBirth.startsWith("0"))).toEqual([]);
  });

  it("has birth dates of which the day, or month and day, are unknown", () => {
    expect(
      residents.filter(({ dateOfBirth }) => /[1-9]\d00$/.test(dateOfBirth) || /0[1-9]00$/.test(dateOfBirth)).length,
    ).toBeGreaterThan(5);
    expect(residents.filter(({ dateOfBirth }) => dateOfBirth.endsWith("0000")).length).toBeGreaterThan(5);
  });

  it("has twins at one address", () => {
    const pairs = keyed(({ address, dateOfBirth }) => `${address} ${dateOfBirth}`).filter((group) => group.length > 1);
    expect(pairs.length).toBeGreaterThan(20);
    for (const group of pairs) expect(new Set(group.map(({ name }) => name)).size).toBe(group.length);
  });

  it("has people of one name, birth date and gender whom only the 住民票コード tells apart", () => {
    const pairs = keyed(({ name, dateOfBirth, gender }) => `${name} ${dateOfBirth} ${gender}`).filter(
      (group) => group.length > 1,
    );
    expect(pairs.length).toBeGreaterThan(20);
    for (const group of pairs) expect(new Set(group.map(({ address }) => address)).size).toBe(group.length);
  });

  it("has records written once and records written often", () => {
    const versions = new Set(residents.map(({ registerVersion }) => registerVersion));
    expect(versions).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });
});
