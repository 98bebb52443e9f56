import { generateKeyPairSync, sign } from "node:crypto";
import { verificationKey } from "@mitome/x509";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeLine, endLine } from "./register-change.fixture.ts";
import { changeColumns } from "./register-change.ts";
import { longestChangeFile, readRegisterChangeFile, registerChangeFileMessage } from "./register-change-file.ts";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = verificationKey(pair.publicKey.export({ type: "spki", format: "der" }));
const reportsFor = (municipality: string): boolean => municipality === "121002";
const signer = { key, municipality: "121002", reportsFor };
const header = {
  version: 1,
  file: "3f0c1d9e-5a52-4a7e-9a55-0d6c0a6b7f10",
  sender: "121002",
  changes: 2,
  madeAt: "2026-11-22T03:00:00Z",
};
const lines = [changeLine(), endLine("died", { sequence: 2 })];

const signed = (file: Uint8Array) => ({
  file,
  signature: sign("sha256", registerChangeFileMessage(file), { key: pair.privateKey, dsaEncoding: "ieee-p1363" }),
});
const ndjson = (...objects: unknown[]) => Buffer.from(objects.map((one) => `${JSON.stringify(one)}\n`).join(""));
const csv = (first: readonly unknown[], rows: readonly Record<string, unknown>[]) => {
  const cells = rows.map(({ items, ...line }) => {
    const value: Record<string, unknown> = { ...line, ...(items as object) };
    return changeColumns.map((column) => value[column] ?? "");
  });
  return Buffer.from([first, changeColumns, ...cells].map((row) => `${row.join(",")}\r\n`).join(""));
};
const csvHeader = ["mitome-register-changes", ...Object.values(header)];
const read = (file: Uint8Array, who = signer) => readRegisterChangeFile(signed(file), who);
const reasonOf = (file: Uint8Array) => {
  const result = read(file);
  return result.kind === "refused" ? result.reason : result.kind;
};

describe("a file of register changes", () => {
  it.each([
    ["NDJSON", ndjson(header, ...lines), 2],
    ["NDJSON without a last line break", ndjson(header, ...lines).subarray(0, -1), 2],
    ["CSV", csv(csvHeader, lines), 3],
  ])("is read as %s into the same changes", (_what, file, firstLine) => {
    expect(read(file)).toEqual({
      kind: "file",
      header: { ...header, madeAt: new Date(header.madeAt) },
      lines: lines.map((change, index) => ({ line: firstLine + index, kind: "change", change })),
    });
  });

  it("may hold no change", () => {
    expect(read(ndjson({ ...header, changes: 0 }))).toMatchObject({ kind: "file", lines: [] });
    expect(read(csv(["mitome-register-changes", ...Object.values({ ...header, changes: 0 })], []))).toMatchObject({
      kind: "file",
      lines: [],
    });
  });

  it("is read on behind a malformed line, which is counted and numbered", () => {
    const ours = { version: 1, sender: "121002", changes: 3 };
    expect(read(ndjson({ ...header, ...ours }, changeLine({ kind: "x" }), "nonsense", changeLine()))).toMatchObject({
      lines: [
        { line: 2, kind: "malformed", field: "kind" },
        { line: 3, kind: "malformed", field: "payload" },
        { line: 4, kind: "change" },
      ],
    });
  });

  it("holds no other municipality's changes, unless its sender reports for all of them", () => {
    const file = ndjson({ ...header, changes: 1 }, changeLine({ municipality: "122041" }));
    expect(read(file)).toMatchObject({ lines: [{ line: 2, kind: "malformed", field: "municipality" }] });
    expect(read(file, { ...signer, reportsFor: () => true })).toMatchObject({ lines: [{ line: 2, kind: "change" }] });
  });

  it.each([
    ["cut off behind a line", ndjson(header, lines[0]), "countDiffers"],
    ["with a line too many", ndjson(header, ...lines, changeLine()), "countDiffers"],
    ["with an empty line", Buffer.concat([ndjson(header, ...lines), Buffer.from("\n")]), "countDiffers"],
    ["without a header", ndjson(...lines), "headerMalformed"],
    ["of another sender", ndjson({ ...header, sender: "122041" }, ...lines), "senderNotTheSigner"],
    ["with an unknown field in its header", ndjson({ ...header, note: "" }, ...lines), "headerMalformed"],
    ["of nothing", Buffer.alloc(0), "headerMalformed"],
    ["of CSV with other columns", csv(csvHeader.slice(0, -1), lines), "headerMalformed"],
    ["of CSV with more in its header", csv([...csvHeader, ""], lines), "headerMalformed"],
    ["that is not UTF-8", Buffer.concat([ndjson(header), Buffer.from([0xff])]), "notUtf8"],
    ["longer than any", Buffer.alloc(longestChangeFile + 1), "tooLong"],
  ])("%s is refused whole", (_what, file, reason) => {
    expect(reasonOf(file)).toBe(reason);
  });

  it("is refused when one octet is not what was signed, or somebody else signed", () => {
    const { file, signature } = signed(ndjson(header, ...lines));
    const refused = { kind: "refused", reason: "signatureWrong" };
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = Uint8Array.from(file, (octet, index) => (index === at ? octet ^ difference : octet));
        expect(readRegisterChangeFile({ file: changed, signature }, signer)).toEqual(refused);
      }),
      { seed: 10, numRuns: 50 },
    );
    const plain = sign("sha256", file, { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
    expect(readRegisterChangeFile({ file, signature: plain }, signer)).toEqual(refused);
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
    expect(read(file, { ...signer, key: verificationKey(other) })).toEqual(refused);
  });

  it("loses no line, and throws at none: signed mutations of right files", () => {
    const files = [ndjson(header, ...lines), csv(csvHeader, lines)];
    const mutation = fc.record({
      file: fc.constantFrom(...files),
      at: fc.nat(1_000),
      octets: fc.uint8Array({ maxLength: 3 }),
      cut: fc.nat(3),
    });
    let kept = 0;
    fc.assert(
      fc.property(mutation, ({ file, at, octets, cut }) => {
        const place = at % file.length;
        const result = read(Buffer.concat([file.subarray(0, place), octets, file.subarray(place + cut)]));
        if (result.kind === "refused") return;
        kept++;
        expect(result.lines).toHaveLength(result.header.changes);
      }),
      { seed: 11, numRuns: 3_000 },
    );
    expect(kept).toBeGreaterThan(100);
  });
});
