import { describe, expect, it } from "vitest";
import {
  equipmentIdentityIn,
  equipmentIdentityOf,
  equipmentUrn,
  parseEquipmentIdentity,
} from "./equipment-identity.ts";
import { subjectAltName } from "./extensions.ts";

describe("a machine's identity", () => {
  const right = { authority: "chiba", kind: "agent", municipality: "121002", place: "counter-1" };
  const inCertificate = (...uris: string[]) => {
    const names = uris.map((uri) => ({ kind: "uniformResourceIdentifier", uri }) as const);
    return equipmentIdentityOf({ extensions: [subjectAltName([...names, { kind: "dNSName", name: "localhost" }])] });
  };

  it("is read from its parts, and from the one URI of a certificate", () => {
    expect(parseEquipmentIdentity(right)).toEqual(right);
    expect(inCertificate(equipmentUrn(right))).toEqual(right);
  });

  it("is in no certificate without a URI, with two, with another one, or that is none", () => {
    expect(inCertificate()).toBeUndefined();
    expect(inCertificate(equipmentUrn(right), equipmentUrn({ ...right, kind: "server" }))).toBeUndefined();
    expect(inCertificate("https://example.jp/")).toBeUndefined();
    expect(equipmentIdentityOf({ extensions: [] })).toBeUndefined();
    expect(equipmentIdentityIn(Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x01))).toBeUndefined();
  });

  it.each([
    ["an unknown kind", { kind: "toaster" }],
    ["a place with a colon", { place: "a:b" }],
    ["no place", { place: "" }],
    ["a municipality's machine without municipality", { municipality: "-" }],
    ["the authority's machine with a municipality", { kind: "publisher" }],
    ["a municipality of five digits", { municipality: "12100" }],
  ])("is none with %s", (_what, change) => {
    expect(parseEquipmentIdentity({ ...right, ...change })).toBeUndefined();
  });
});
