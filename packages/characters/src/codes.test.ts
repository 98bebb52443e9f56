import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chibaMunicipalities } from "./chiba-municipalities.ts";
import { isMunicipalCode, municipalCodeCheckDigit } from "./municipal-code.ts";
import { isInRepertoire } from "./repertoire.ts";
import { isResidentCode, residentCodeCheckDigit } from "./resident-code.ts";

describe("municipalities of Chiba", () => {
  it("are 54, 37 cities, 16 towns and a village, each with a right and unique code of prefecture 12", () => {
    const ending = (end: string): number => chibaMunicipalities.filter(({ name }) => name.endsWith(end)).length;
    expect([chibaMunicipalities.length, ending("市"), ending("町"), ending("村")]).toEqual([54, 37, 16, 1]);
    for (const { code, name, kana, romaji } of chibaMunicipalities) {
      expect(isMunicipalCode(code), name).toBe(true);
      expect(code.slice(0, 2)).toBe("12");
      expect(isInRepertoire(name), name).toBe(true);
      expect(kana).toMatch(/^[ぁ-ん]+(し|まち|むら)$/);
      expect(romaji).toMatch(/^[A-Z][a-z]+-(shi|machi|mura)$/);
    }
    expect(new Set(chibaMunicipalities.map(({ code }) => code)).size).toBe(54);
    expect(new Set(chibaMunicipalities.map(({ romaji }) => romaji)).size).toBe(54);
  });

  it("have a code that one wrong digit or two exchanged neighbours always spoil", () => {
    for (const { code } of chibaMunicipalities) {
      for (let index = 0; index < 6; index += 1) {
        for (const digit of "0123456789") {
          const wrong = code.slice(0, index) + digit + code.slice(index + 1);
          // A remainder of 0 gives the check digit 1, as 10 does: those two are one digit by the rule itself.
          if (wrong !== code && isMunicipalCode(wrong)) expect(code.slice(5)).toBe("1");
        }
      }
    }
  });

  it("refuse other lengths and characters", () => {
    for (const text of ["", "12100", "1210021", "12100a", "１２１００２"]) expect(isMunicipalCode(text)).toBe(false);
    expect(() => municipalCodeCheckDigit("1210")).toThrow(RangeError);
  });
});

describe("住民票コード", () => {
  it("has the check digit of the published sample", () => {
    expect(residentCodeCheckDigit("2472705960")).toBe("8");
    expect(isResidentCode("24727059608")).toBe(true);
    expect(isResidentCode("24727059607")).toBe(false);
  });

  it("refuses other lengths and characters", () => {
    for (const text of ["", "2472705960", "247270596080", "2472705960x"]) expect(isResidentCode(text)).toBe(false);
    expect(() => residentCodeCheckDigit("1")).toThrow(RangeError);
  });
});

describe("this package", () => {
  it("runs in a browser: imports nothing but itself and is smaller than 60 kB", () => {
    const directory = new URL("./", import.meta.url);
    const sources = readdirSync(directory).filter((name) => !name.endsWith(".test.ts"));
    const texts = sources.map((name) => readFileSync(new URL(name, directory), "utf8"));
    for (const text of texts) expect([...text.matchAll(/from "([^.])/g)]).toEqual([]);
    expect(texts.join("").length).toBeLessThan(60_000);
  });
});
