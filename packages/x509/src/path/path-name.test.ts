import { describe, expect, it } from "vitest";
import { element, objectIdentifier, sequence } from "../der-writer.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import { parsePathName } from "./path-name.ts";
import { prepareString } from "./string-preparation.ts";

type Value = readonly [type: ObjectIdentifier, tag: number, octets: string | Uint8Array];
const CN = "2.5.4.3";
const unknown = "1.3.6.1.4.1.32473.2";
const DC = "0.9.2342.19200300.100.1.25";

const attribute = ([type, tag, octets]: Value): Uint8Array =>
  sequence(objectIdentifier(type), element(tag, Buffer.from(octets)));
const name = (...relative: readonly (readonly Value[])[]) =>
  parsePathName(sequence(...relative.map((values) => element(0x31, ...values.map(attribute)))));
const keyOf = (...values: readonly Value[]): string => name(...values.map((value) => [value])).key;

describe("RFC 5280 §7.1, comparison of distinguished names", () => {
  it("does not look at the string type", () => {
    const bmp = Buffer.from("千葉", "utf16le").swap16();
    const universal = Uint8Array.of(0, 0, 0x53, 0x43, 0, 0, 0x84, 0x49);
    expect(keyOf([CN, 0x13, "Chiba"])).toBe(keyOf([CN, 0x0c, "Chiba"]));
    expect(keyOf([CN, 0x14, "Chiba"])).toBe(keyOf([CN, 0x16, "Chiba"]));
    expect([keyOf([CN, 0x1e, bmp]), keyOf([CN, 0x1c, universal])]).toEqual([
      keyOf([CN, 0x0c, "千葉"]),
      keyOf([CN, 0x0c, "千葉"]),
    ]);
  });

  it("does not look at case, nor at more than one space, nor at space around", () => {
    expect(keyOf([CN, 0x13, "  CHIBA   Governor "])).toBe(keyOf([CN, 0x0c, "Chiba governor"]));
    expect(keyOf([CN, 0x13, "ChibaGovernor"])).not.toBe(keyOf([CN, 0x0c, "Chiba governor"]));
  });

  it("holds relative names of several attributes for equal in any order, and relative names in their own order only", () => {
    const [one, other]: [Value, Value] = [
      [CN, 0x0c, "a"],
      ["2.5.4.11", 0x0c, "b"],
    ];
    expect(name([one, other]).key).toBe(name([other, one]).key);
    expect(name([one], [other]).key).not.toBe(name([other], [one]).key);
    expect(name([one, other]).key).not.toBe(name([one], [other]).key);
  });

  it("compares attributes of types that it does not know as octets", () => {
    expect(keyOf([unknown, 0x0c, "A"])).not.toBe(keyOf([unknown, 0x0c, "a"]));
    expect(keyOf([unknown, 0x0c, "A"])).not.toBe(keyOf([unknown, 0x13, "A"]));
  });

  it("compares values whose characters nobody agrees on as octets", () => {
    const teletex: Value = [CN, 0x14, Uint8Array.of(0xc8, 0x41)];
    expect(keyOf(teletex)).toBe(keyOf(teletex));
    expect(keyOf(teletex)).not.toBe(keyOf([CN, 0x14, Uint8Array.of(0xc8, 0x61)]));
    expect(keyOf([CN, 0x0c, "\ue000x"])).not.toBe(keyOf([CN, 0x0c, "\ue000X"]));
  });

  it("refuses strings that are not of their type", () => {
    expect(() => name([[CN, 0x0c, Uint8Array.of(0xff)]])).toThrow("a UTF8String that is not UTF-8");
    expect(() => name([[CN, 0x13, Uint8Array.of(0xe9)]])).toThrow("an ASCII string with other octets");
    expect(() => name([[CN, 0x1e, Uint8Array.of(0, 0x41, 0)]])).toThrow("a BMPString that is cut short");
    expect(() => name([[unknown, 0x30, Uint8Array.of(0x31, 0x05)]])).toThrow("a length beyond the end of the input");
    const deep = Array.from({ length: 20 }).reduce<Uint8Array>((inside) => sequence(inside), sequence());
    expect(() => name([[unknown, 0x30, deep]])).toThrow("elements inside one another without end");
    expect(() => name([[CN, 0x82, "Chiba"]])).toThrow("an attribute that is no string");
    expect(() => name([])).toThrow("a relative distinguished name without attributes");
  });
});

describe("RFC 5280 §7.3, domain components", () => {
  it("compares them without regard to case", () => {
    expect(keyOf([DC, 0x16, "Example"], [DC, 0x16, "JP"])).toBe(keyOf([DC, 0x16, "example"], [DC, 0x16, "jp"]));
  });
});

describe("RFC 4518, preparation of internationalised strings", () => {
  it("folds case beyond ASCII", () => {
    expect(prepareString("STRASSE")).toBe(prepareString("Straße"));
    expect(prepareString("ΌΣΟΣ")).toBe(prepareString("όσος"));
    expect(prepareString("É")).toBe(prepareString("e\u0301"));
  });

  it("puts compatible characters together", () => {
    expect(prepareString("ＣＨＩＢＡ")).toBe("chiba");
    expect(prepareString("ｶﾞ")).toBe(prepareString("ガ"));
  });

  it("maps what is not seen to nothing, and other spaces to space", () => {
    expect(prepareString("千\u00ad\u200b\ufe00葉\u0000")).toBe("千葉");
    expect(prepareString("千\u3000葉\t県\u2028")).toBe("千 葉 県");
  });

  it("prohibits private, unassigned and replacement characters", () => {
    expect([
      prepareString("\ue000"),
      prepareString("\u0378"),
      prepareString("é\ufffd"),
      prepareString("\ud800"),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("the name for people", () => {
  it("begins with the most specific attribute and escapes what could deceive", () => {
    const shown = name([["2.5.4.6", 0x13, "JP"]], [[CN, 0x0c, 'a,b="\u001b[2J\u202e']]).text;
    expect(shown).toBe('CN=a\\,b\\=\\"\\1B[2J\\E2\\80\\AE,C=JP');
  });
});
