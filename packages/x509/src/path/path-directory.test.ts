import { describe, expect, it } from "vitest";
import { contextConstructed, sequence } from "../der-writer.ts";
import { authority, certify, cn, type Holder, list, requestOf, root } from "./hierarchy.fixture.ts";
import { type DirectoryEntry, type PathDirectory, validateWithDirectory } from "./path-directory.ts";
import { fullName, points, relativeName } from "./revocation.fixture.ts";

const nothing: DirectoryEntry = { certificates: [], crossCertificatePairs: [], lists: [] };

/** A directory with these entries by the text of their names, which notes what it was asked. */
function directoryOf(entries: Readonly<Record<string, Partial<DirectoryEntry>>>) {
  const asked: string[] = [];
  const directory: PathDirectory = {
    findEntry: async ({ text }) => {
      asked.push(text);
      const entry = entries[text];
      return entry && { ...nothing, ...entry };
    },
  };
  return { asked, directory };
}

const top = root();
const issuer = authority(top, "Issuer");
const target = certify(issuer);
const lists = { "CN=Root": { lists: [list(top)] } };
const request = () => requestOf({ anchors: [top], target, revocation: "required" });
const pair = (forward: Holder | undefined, reverse: Holder | undefined): Uint8Array =>
  sequence(
    ...(forward === undefined ? [] : [contextConstructed(0, forward.certificate)]),
    ...(reverse === undefined ? [] : [contextConstructed(1, reverse.certificate)]),
  );

describe("path building with a directory", () => {
  it("asks for entries of the issuers, and takes certificates and lists from them", async () => {
    const entries = { ...lists, "CN=Issuer": { certificates: [issuer.certificate], lists: [list(issuer)] } };
    const { asked, directory } = directoryOf(entries);
    expect((await validateWithDirectory(request(), directory)).kind).toBe("valid");
    expect(asked).toEqual(["CN=Root", "CN=Issuer"]);
  });

  it("takes both certificates of a crossCertificatePair (RFC 4523 §2.3)", async () => {
    const list1 = { lists: [list(issuer)] };
    const forward = { ...lists, "CN=Issuer": { ...list1, crossCertificatePairs: [pair(issuer, undefined)] } };
    const root1 = { lists: [list(top)], crossCertificatePairs: [pair(undefined, issuer)] };
    const reverse = { "CN=Root": root1, "CN=Issuer": list1 };
    for (const entries of [forward, reverse])
      expect((await validateWithDirectory(request(), directoryOf(entries).directory)).kind).toBe("valid");
  });

  it("asks for a distribution point by its full name and by its name relative to the issuer (RFC 5280 §4.2.1.13)", async () => {
    const point = "CN=Point,CN=Issuer";
    const whole = sequence(issuer.name.subarray(2), cn("Point").subarray(2));
    for (const at of [fullName(whole), relativeName(cn("Point"))]) {
      const pointed = certify(issuer, { extensions: [points([at])] });
      const entries = {
        ...lists,
        "CN=Issuer": { certificates: [issuer.certificate] },
        [point]: { lists: [list(issuer)] },
      };
      const { asked, directory } = directoryOf(entries);
      const verdict = await validateWithDirectory(
        requestOf({ anchors: [top], target: pointed, revocation: "required" }),
        directory,
      );
      expect(verdict.kind).toBe("valid");
      expect(asked).toContain(point);
    }
  });

  it("asks for no entry of a relative name that is none", async () => {
    const pointed = certify(issuer, { extensions: [points([relativeName(sequence(Uint8Array.of(0x31, 0)))])] });
    const entries = { ...lists, "CN=Issuer": { certificates: [issuer.certificate] } };
    const { asked, directory } = directoryOf(entries);
    const verdict = await validateWithDirectory(
      requestOf({ anchors: [top], target: pointed, revocation: "required" }),
      directory,
    );
    expect(verdict.kind).not.toBe("valid");
    expect(asked).toEqual(["CN=Root", "CN=Issuer"]);
  });

  it("says what is missing where the directory has nothing", async () => {
    const { asked, directory } = directoryOf({});
    const verdict = await validateWithDirectory(request(), directory);
    expect(verdict).toMatchObject({ kind: "invalid", rejection: { reason: "noIssuer" } });
    expect(asked).toEqual(["CN=Root", "CN=Issuer"]);
  });

  it("believes nothing that it brings: a wrong certificate, a broken pair and another's list change nothing", async () => {
    const impostor = root("Issuer");
    const entries = {
      "CN=Issuer": {
        certificates: [impostor.certificate],
        crossCertificatePairs: [Uint8Array.of(0x30, 1)],
        lists: [list(impostor)],
      },
    };
    expect((await validateWithDirectory(request(), directoryOf(entries).directory)).kind).not.toBe("valid");
  });
});
