import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeLine, changeOf, endLine, registeredItems } from "./register-change.fixture.ts";
import {
  changeColumns,
  changeDigest,
  changeOfSubscriber,
  parseChangeJson,
  parseChangeRecord,
  parseRegisterChange,
} from "./register-change.ts";

const items = registeredItems;

describe("a line of a register's feed", () => {
  it.each([
    ["a change of address", changeLine()],
    ["a death", endLine("died")],
    ["a moving out", endLine("movedOut")],
    ["a name in the register's own characters", changeLine({ items: { ...items, name: "髙橋　𠮷子（タカハシ）" } })],
  ])("is read: %s", (_what, line) => {
    expect(parseChangeJson(JSON.stringify(line))).toEqual({ kind: "change", change: line });
  });

  it.each([
    ["an unknown field", changeLine({ priority: 1 }), "priority"],
    ["an unknown item", changeLine({ items: { ...items, kana: "x" } }), "items.kana"],
    ["an unknown field named by a person", changeLine({ 山田花子: 1 }), "(unknown field)"],
    ["no items after a change", { ...endLine("died"), kind: "nameChanged" }, "items"],
    ["items after a death", { ...changeLine(), kind: "died" }, "items"],
    ["a kind that is none", changeLine({ kind: "married" }), "kind"],
    ["another version", changeLine({ version: 2 }), "version"],
    ["sequence 0", changeLine({ sequence: 0 }), "sequence"],
    ["register version 1.5", changeLine({ registerVersion: 1.5 }), "registerVersion"],
    ["a resident code of ten digits", changeLine({ residentCode: "2472705960" }), "residentCode"],
    ["29 February of an ordinary year", changeLine({ occurredOn: "2026-02-29" }), "occurredOn"],
    ["昭和64年1月8日", changeLine({ items: { ...items, dateOfBirth: "319890108" } }), "items.dateOfBirth"],
    ["half a character", changeLine({ items: { ...items, name: "山\ud842" } }), "items.name"],
    ["a line break in an address", changeLine({ items: { ...items, address: "千葉県\n千葉市" } }), "items.address"],
    ["an empty name", changeLine({ items: { ...items, name: "" } }), "items.name"],
    ["a list", [], "payload"],
  ])("with %s is malformed, and the field is named", (_what, line, field) => {
    expect(parseRegisterChange(line)).toEqual({ kind: "malformed", field });
  });

  it.each(["", "{", "null", "[".repeat(100_000), '{"__proto__":{}}'])(
    "that is no object of ours is malformed",
    (line) => {
      expect(parseChangeJson(line).kind).toBe("malformed");
    },
  );

  it("never says what stands in a field", () => {
    const secret = "山田花子２４７２７";
    const anywhere = fc.constantFrom(...Object.keys(changeLine()), "items.name", "items.gender", "items.address");
    const wrong = fc.constantFrom<unknown>(secret, `${secret}\n`, [secret], { [secret]: secret }, secret.repeat(50));
    fc.assert(
      fc.property(anywhere, wrong, (field, value) => {
        const [outer = "", inner] = field.split(".");
        const line = changeLine(inner === undefined ? { [outer]: value } : { items: { ...items, [inner]: value } });
        const read = parseRegisterChange(line);
        if (read.kind === "malformed") expect(read.field).not.toContain("山田");
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});

describe("the same line as a record of CSV", () => {
  const recordOf = ({ items: after = {}, ...line }: Record<string, unknown>) => {
    const cells: Record<string, unknown> = { ...line, ...(after as object) };
    return changeColumns.map((column) => String(cells[column] ?? ""));
  };

  it.each([changeLine(), endLine("erased")])("gives the same change: $kind", (line) => {
    expect(parseChangeRecord(recordOf(line))).toEqual({ kind: "change", change: line });
  });

  it.each([
    ["a cell too few", recordOf(changeLine()).slice(1), "payload"],
    ["a cell too many", [...recordOf(changeLine()), ""], "payload"],
    ["a sequence with a leading zero", recordOf(changeLine({ sequence: "01" })), "sequence"],
    ["a sequence beyond counting", recordOf(changeLine({ sequence: "9007199254740993" })), "sequence"],
    ["a death with an address", recordOf({ ...changeLine(), kind: "died" }), "items"],
    [
      "a change without a birth date",
      recordOf(changeLine({ items: { ...items, dateOfBirth: "" } })),
      "items.dateOfBirth",
    ],
  ])("with %s is malformed", (_what, cells, field) => {
    expect(parseChangeRecord(cells)).toEqual({ kind: "malformed", field });
  });
});

describe("a change of a subscriber", () => {
  it("does not hold the resident code", () => {
    expect(JSON.stringify(changeOfSubscriber(changeOf(changeLine()), "5e"))).not.toContain("24727059608");
  });

  it("has a digest of everything it says", () => {
    const digest = (line: Record<string, unknown>, id = "5e") =>
      Buffer.from(changeDigest(changeOfSubscriber(changeOf(line), id))).toString("hex");
    const others = [
      changeLine({ sequence: 2 }),
      changeLine({ feed: "juki" }),
      changeLine({ municipality: "122041" }),
      changeLine({ registerVersion: 3 }),
      changeLine({ kind: "nameChanged" }),
      changeLine({ occurredOn: "2026-11-21" }),
      endLine("died"),
      ...Object.entries({ name: "山", dateOfBirth: "319801230", gender: "1", address: "千" }).map(([item, value]) =>
        changeLine({ items: { ...items, [item]: value } }),
      ),
    ];
    const digests = [digest(changeLine()), digest(changeLine(), "6f"), ...others.map((line) => digest(line))];
    expect(new Set(digests).size).toBe(digests.length);
    expect(digest(changeLine())).toBe(digests[0]);
  });
});
