import { describe, expect, it } from "vitest";
import { birthDatesOf, passwordWeakness } from "./password-weakness.ts";

const rules = { minimum: 6, maximum: 16, characters: "upperCaseLettersAndDigits" } as const;
const facts = { cardNumber: "AB12CD34EF56GH78", birthDates: birthDatesOf("昭和64年1月7日") };
const weakness = (password: string) => passwordWeakness(password, rules, facts);

describe("a resident's password", () => {
  it("is six to sixteen capitals and digits", () => {
    expect(weakness("KAZE7Y")).toBeNull();
    expect(weakness("KAZE7YAMA2NIJI8Q")).toBeNull();
    expect(weakness("KAZE7")).toBe("tooShort");
    expect(weakness("KAZE7YAMA2NIJI8QZ")).toBe("tooLong");
    expect(weakness("kaze7y")).toBe("forbiddenCharacter");
    expect(weakness("KAZE-7Y")).toBe("forbiddenCharacter");
    expect(weakness("ＫＡＺＥ７Ｙ")).toBe("forbiddenCharacter");
  });

  it("does not contain the birth date, however it is written", () => {
    for (const password of ["19890107", "X890107", "S640107", "S640107Z", "640107K", "01071989"])
      expect(weakness(password), password).toBe("birthDate");
    expect(birthDatesOf("令和元年5月1日")).toContain("R10501");
    expect(birthDatesOf("1985年12月31日")).toContain("19851231");
    expect(birthDatesOf("不明")).toEqual([]);
  });

  it("does not contain six characters of the card number in a row", () => {
    expect(weakness("CD34EFZ")).toBe("cardNumber");
    expect(weakness("CD34EZ")).toBeNull();
  });

  it("is no repetition, no sequence and none of the common ones", () => {
    for (const password of ["AAAAAA", "ABABAB", "123123", "12AB12AB"])
      expect(weakness(password), password).toBe("repeated");
    for (const password of ["ABCDEF", "987654", "1234567890"]) expect(weakness(password), password).toBe("sequence");
    expect(weakness("PASSW0RD")).toBe("common");
  });
});
