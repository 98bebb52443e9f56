import { describe, expect, it } from "vitest";
import { compareCertifiedItems } from "./compare-certified-items.ts";
import { certifiedItems, registeredItems } from "./register-change.fixture.ts";

const named = (name: string) => ({ ...registeredItems, name });

describe("what a certificate says, and the register after a change", () => {
  it.each([
    ["nothing", {}, "same"],
    ["the name", { name: "鈴木　花子" }, "different"],
    ["the birth date", { dateOfBirth: "319801230" }, "different"],
    ["the sex", { gender: "1" }, "different"],
    ["the address", { address: "千葉県千葉市中央区市場町１－２" }, "different"],
    ["a 通称 added", { name: "山田　花子（花）" }, "different"],
    ["the writing of a house number alone", { address: "千葉県千葉市中央区市場町１番１号" }, "unclear"],
    ["the width of a space alone", { name: "山田 花子" }, "unclear"],
  ] as const)("differ in %s", (_what, changes, outcome) => {
    expect(compareCertifiedItems(certifiedItems(), { ...registeredItems, ...changes })).toBe(outcome);
  });

  it.each([
    ["stands for its other form", "高橋　花子", "10000", "髙橋　花子", "same"],
    ["is now the register's own character", "高橋　花子", "10000", "高橋　花子", "same"],
    ["stood for something that is now another character", "高橋　花子", "10000", "鷹橋　花子", "different"],
    ["cannot be told from the register's", "芳橋　花子", "10000", "\u{2000b}橋　花子", "unclear"],
    ["stands in a name that changed elsewhere", "高橋　花子", "10000", "髙橋　桜子", "different"],
    ["is not marked: the register has another form", "高橋　花子", "00000", "髙橋　花子", "unclear"],
    ["stands in a name that is now longer", "高橋　花子", "10000", "髙橋　花子（花）", "different"],
  ])("千葉県運用規程 3-1-8: a substitute character %s", (_what, name, marks, registered, outcome) => {
    expect(compareCertifiedItems(certifiedItems(named(name), marks), named(registered))).toBe(outcome);
  });
});
