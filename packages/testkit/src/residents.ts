import {
  type CivilDate,
  chibaMunicipalities,
  daysInMonth,
  encodeDateOfBirth,
  residentCodeCheckDigit,
  toWareki,
} from "@mitome/characters";
import { demoResidents } from "./demo-residents.ts";
import {
  buildingNames,
  familyNames,
  familyNamesOutside,
  foreignNames,
  givenNamesOfMen,
  givenNamesOfWomen,
} from "./resident-names.ts";
import { residentPlaces } from "./resident-places.ts";

export { demoResidents } from "./demo-residents.ts";

/** A resident as the 住民基本台帳 of an invented prefecture records one. */
export interface SyntheticResident {
  /** 住民票コード, eleven digits, the last a check digit; unique. */
  readonly residentCode: string;
  /** Municipal code, six digits. */
  readonly municipality: string;
  /** 氏 and 名 divided by U+3000; may hold characters outside JIS X 0208 and JIS X 0212. */
  readonly name: string;
  /** The reading in full-width katakana, divided in the same place. */
  readonly nameKana: string;
  /** 通称 of a foreign resident, `null` for everybody else. */
  readonly alias: string | null;
  readonly aliasKana: string | null;
  /** `EYYYYMMDD`; zeros for unknown parts, E = 0 for foreign residents. */
  readonly dateOfBirth: string;
  /** 1 male, 2 female, 3 unknown. */
  readonly gender: "1" | "2" | "3";
  readonly address: string;
  /** How often the record was written, from 1. */
  readonly registerVersion: number;
}

/** The day on which the invented prefecture is counted, the last of a month: ages are 0–110 on it. */
export const registerDay: CivilDate = { year: 2026, month: 3, day: 31 };

/**
 * Streams `count` residents of the 54 municipalities of Chiba, the {@link demoResidents} first, the same ones for the
 * same seed: households with one family name and address, about as many a municipality as live there, among them
 * names outside the repertoire, foreign residents with and without a 通称, unknown birth dates, twins, and pairs of the
 * same name, birth date and gender at different addresses.
 */
export function* syntheticResidents({ count = 20_000, seed = 1 } = {}): Generator<SyntheticResident, void> {
  const demo = Object.values(demoResidents).slice(0, count);
  yield* demo;
  let made = demo.length;
  const random = seededRandom(seed);
  const takenCodes = new Set(demo.map(({ residentCode }) => residentCode));
  const nextCode = residentCodes(seed, takenCodes);
  while (made < count) {
    const household = inventHousehold(random, nextCode);
    for (const resident of household.slice(0, count - made)) {
      yield resident;
      made += 1;
    }
  }
}

type Random = () => number;

/** mulberry32: 32 bits of state, enough to invent people with; each call gives a number in [0, 1). */
function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <Item>(items: readonly Item[], random: Random): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
};

/** Ten digits that never repeat: multiples of a number that shares no factor with 10^10. */
function residentCodes(seed: number, taken: ReadonlySet<string>): () => string {
  let index = BigInt(seed);
  return () => {
    for (;;) {
      index += 1n;
      const ten = String((index * 7_640_891_573n) % 10_000_000_000n).padStart(10, "0");
      const code = ten + residentCodeCheckDigit(ten);
      if (!taken.has(code)) return code;
    }
  };
}

const totalPopulation = Object.values(residentPlaces).reduce((total, { population }) => total + population, 0);

function inventMunicipality(random: Random): string {
  let point = random() * totalPopulation;
  for (const { code } of chibaMunicipalities) {
    point -= residentPlaces[code]?.population ?? 0;
    if (point < 0) return code;
  }
  return "121002";
}

const fullWidth = (value: number): string =>
  String(value).replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));

const chome = "一二三四五六七八九十".split("");

function inventAddress(municipality: string, random: Random): string {
  const name = chibaMunicipalities.find(({ code }) => code === municipality)?.name ?? "";
  const places = residentPlaces[municipality];
  if (places === undefined) throw new RangeError(`no places for ${municipality}`);
  const [, town = "", blocks] = /^(\D+)(\d*)$/.exec(pick(places.towns, random)) ?? [];
  const upTo = (most: number): string => fullWidth(1 + Math.floor(random() * most));
  const branch = random() < 0.6 ? upTo(30) : "";
  const numbers = blocks
    ? `${chome[Math.floor(random() * Number(blocks))]}丁目${upTo(30)}番${upTo(25)}号`
    : `${upTo(3000)}番地${branch === "" ? "" : `の${branch}`}`;
  const room = fullWidth(100 * (1 + Math.floor(random() * 9)) + 1 + Math.floor(random() * 12));
  const building = random() < 0.3 ? `　${pick(buildingNames, random)}${room}号室` : "";
  return `千葉県${places.district}${name}${town}${numbers}${building}`;
}

interface Person {
  readonly name: string;
  readonly nameKana: string;
  readonly alias: string | null;
  readonly aliasKana: string | null;
  readonly gender: "1" | "2" | "3";
  readonly birth: CivilDate;
  readonly foreign: boolean;
}

function inventHousehold(random: Random, nextCode: () => string): SyntheticResident[] {
  const municipality = inventMunicipality(random);
  const address = inventAddress(municipality, random);
  const foreign = random() < 0.035;
  const people = foreign ? [inventForeigner(random)] : inventFamily(random);
  const residents = people.map((person) => registered(person, municipality, address, random, nextCode));
  const [head] = residents;
  if (head === undefined || random() >= 0.004) return residents;
  // Somebody of the same name, birth date and gender who lives elsewhere: only the 住民票コード tells the two apart.
  const elsewhere = inventMunicipality(random);
  const namesake = {
    ...head,
    residentCode: nextCode(),
    municipality: elsewhere,
    address: inventAddress(elsewhere, random),
  };
  return [...residents, namesake];
}

function registered(
  { birth, foreign, ...person }: Person,
  municipality: string,
  address: string,
  random: Random,
  nextCode: () => string,
): SyntheticResident {
  const era = foreign ? undefined : toWareki(birth)?.era;
  const known = random();
  const dateOfBirth = encodeDateOfBirth({
    era,
    year: birth.year,
    month: known < 0.001 ? undefined : birth.month,
    day: known < 0.002 ? undefined : birth.day,
  });
  const registerVersion = 1 + Math.floor(random() ** 3 * 6);
  return { residentCode: nextCode(), municipality, ...person, dateOfBirth, address, registerVersion };
}

/** A person alone or a couple, with or without children; one birth in eighty is of twins. */
function inventFamily(random: Random): Person[] {
  const [family, familyKana] = inventFamilyName(random);
  const member = (age: number, gender: "1" | "2"): Person => {
    const birth = inventBirth(age, random);
    const byYear = gender === "1" ? givenNamesOfMen : givenNamesOfWomen;
    const [given, givenKana] = pick(
      byYear.findLast(({ from }) => birth.year >= from)?.names ?? byYear[0].names,
      random,
    );
    const recorded = random() < 0.0005 ? "3" : gender;
    const [name, nameKana] = [`${family}　${given}`, `${familyKana}　${givenKana}`];
    return { name, nameKana, alias: null, aliasKana: null, gender: recorded, birth, foreign: false };
  };
  const age = 20 + Math.floor(75 * random() ** 0.9 + 16 * random() ** 6);
  const head = member(age, random() < 0.5 ? "1" : "2");
  const people = [head];
  if (age >= 24 && random() < 0.6)
    people.push(member(clampAge(age - 6 + random() * 10), head.gender === "1" ? "2" : "1"));
  if (age < 24 || age > 65) return people;
  for (let children = Math.floor(random() * 3.2); children > 0; children -= 1) {
    const child = member(Math.max(0, Math.floor(random() * Math.min(age - 22, 30))), random() < 0.5 ? "1" : "2");
    people.push(child);
    if (random() < 1 / 80) {
      const twin = member(0, child.gender === "1" ? "1" : "2");
      if (twin.name !== child.name) people.push({ ...twin, birth: child.birth });
    }
  }
  return people;
}

const clampAge = (age: number): number => Math.min(110, Math.max(20, Math.floor(age)));

function inventFamilyName(random: Random): readonly [string, string] {
  if (random() < 0.02) return pick(familyNamesOutside, random);
  return familyNames[Math.floor(random() ** 1.7 * familyNames.length)] ?? ["鈴木", "スズキ"];
}

function inventForeigner(random: Random): Person {
  const country = pick(foreignNames, random);
  const gender = random() < 0.5 ? "1" : "2";
  const [family, familyKana] = pick(country.family, random);
  const [given, givenKana] = pick(gender === "1" ? country.men : country.women, random);
  const [aliasFamily, aliasFamilyKana] = inventFamilyName(random);
  const [aliasGiven, aliasGivenKana] = pick((gender === "1" ? givenNamesOfMen : givenNamesOfWomen)[1].names, random);
  const hasAlias = random() < 0.4;
  return {
    name: `${family}　${given}`,
    nameKana: `${familyKana}　${givenKana}`,
    alias: hasAlias ? `${aliasFamily}　${aliasGiven}` : null,
    aliasKana: hasAlias ? `${aliasFamilyKana}　${aliasGivenKana}` : null,
    gender,
    birth: inventBirth(Math.floor(random() * 70), random),
    foreign: true,
  };
}

/** A day on which somebody was born who is `age` years old on the {@link registerDay}. */
function inventBirth(age: number, random: Random): CivilDate {
  const month = 1 + Math.floor(random() * 12);
  const notYet = month > registerDay.month ? 1 : 0;
  const year = registerDay.year - age - notYet;
  return { year, month, day: 1 + Math.floor(random() * daysInMonth(year, month)) };
}
