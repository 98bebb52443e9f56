import { makeSoftAuthority, makeSoftKey, requestPayload, signRequest } from "@mitome/testkit/soft-authority";
import { verificationKey } from "@mitome/x509";
import { describe, expect, it } from "vitest";
import { parseIssuanceRequest } from "./issuance-request.ts";
import { requestMessage, verifyRequest } from "./signed-request.ts";

const at = new Date("2026-11-22T03:00:00Z");
const spki = makeSoftKey({ kind: "ec", curve: "P-384" }).subjectPublicKeyInfo;
const right = requestPayload(spki, at);
const parse = (value: unknown) => parseIssuanceRequest(Buffer.from(JSON.stringify(value)));
const items = right.items as Record<string, unknown>;
const cardOrigin = right.cardOrigin as Record<string, unknown>;

describe("a municipality's request", () => {
  it("is read into bytes and instants", () => {
    const parsed = parse(right);
    if (parsed.kind === "malformed") throw new Error(parsed.field);
    expect(Buffer.from(parsed.request.publicKey)).toEqual(Buffer.from(spki));
    expect(parsed.request.keyGeneratedAt).toEqual(at);
  });

  it.each([
    ["an unknown field", { ...right, priority: 1 }, "priority"],
    ["an unknown item", { ...right, items: { ...items, kana: "x" } }, "items.kana"],
    ["a missing field", { ...right, clerk: undefined }, "clerk"],
    ["another version", { ...right, version: 2 }, "version"],
    ["attempt 0", { ...right, attempt: 0 }, "attempt"],
    ["a case that is no UUID", { ...right, caseId: "1" }, "caseId"],
    ["a municipality of five digits", { ...right, municipality: "12100" }, "municipality"],
    ["a resident code of ten digits", { ...right, residentCode: "2472705960" }, "residentCode"],
    ["昭和64年1月8日", { ...right, items: { ...items, dateOfBirth: "319890108" } }, "items.dateOfBirth"],
    ["gender 9", { ...right, items: { ...items, gender: "9" } }, "items.gender"],
    ["a flag too few", { ...right, items: { ...items, nameSubstitutions: "0000" } }, "items.nameSubstitutions"],
    ["an empty name", { ...right, items: { ...items, name: "", nameSubstitutions: "" } }, "items.name"],
    ["an address of 201 characters", { ...right, items: { ...items, address: "千".repeat(201) } }, "items.address"],
    ["a key that is not base64", { ...right, publicKey: "***" }, "publicKey"],
    [
      "a challenge of 15 octets",
      { ...right, cardOrigin: { ...cardOrigin, cardChallenge: "AAAAAAAAAAAAAAAAAAAA" } },
      "cardOrigin.cardChallenge",
    ],
    ["a list", [], "payload"],
  ])("with %s is malformed, and the field is named", (_what, value, field) => {
    expect(parse(value)).toEqual({ kind: "malformed", field });
  });

  it.each([
    ["no JSON", Buffer.from("{")],
    ["no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["nesting of 100,000 levels", Buffer.from("[".repeat(100_000) + "]".repeat(100_000))],
  ])("of %s is malformed", (_what, payload) => {
    expect(parseIssuanceRequest(payload)).toEqual({ kind: "malformed", field: "payload" });
  });

  it("is verified over its domain tag and its octets, under the signer's key alone", () => {
    const authority = makeSoftAuthority(at);
    const server = authority.equip("server", "121002", "honcho");
    const { payload, signature } = signRequest(server, right);
    const key = verificationKey(server.key.subjectPublicKeyInfo);
    expect(Buffer.from(requestMessage("issuance", payload)).subarray(0, 27).toString("latin1")).toBe(
      "mitome-issuance-request-v1\0",
    );
    expect(signature).toHaveLength(64);
    expect(verifyRequest(key, "issuance", { payload, signature })).toBe(true);
    expect(verifyRequest(key, "issuance", { payload: Buffer.concat([payload, Buffer.from(" ")]), signature })).toBe(
      false,
    );
    expect(verifyRequest(key, "revocation", { payload, signature })).toBe(false);
    const other = authority.equip("server", "121002", "honcho");
    expect(verifyRequest(verificationKey(other.key.subjectPublicKeyInfo), "issuance", { payload, signature })).toBe(
      false,
    );
  });
});
