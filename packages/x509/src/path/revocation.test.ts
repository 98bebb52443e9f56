import { describe, expect, it } from "vitest";
import { sequence, unsignedInteger } from "../der-writer.ts";
import { basicConstraints, type Extension, keyUsage } from "../extensions.ts";
import {
  answerTo,
  authority,
  authorityExtensions,
  type CertificateParts,
  certify,
  cn,
  type Holder,
  later,
  list,
  root,
  validate,
} from "./hierarchy.fixture.ts";
import {
  ask,
  cRLIssuer,
  entryIssuer,
  fullName,
  idp,
  issuer,
  onlySomeReasons,
  points,
  reasons,
  relativeName,
  revoking,
  rootList,
  top,
  yes,
} from "./revocation.fixture.ts";

describe("RFC 5280 §6.1.3 (a)(3), revocation", () => {
  it("is looked for on the issuer's list", () => {
    expect(ask(() => [list(issuer)])).toBe("valid");
    expect(ask((target) => [list(issuer, revoking(target, "keyCompromise"))])).toBe("revoked");
    expect(ask((target) => [list(issuer, revoking(target))])).toBe("revoked");
  });

  it("of an authority ends every path through it", () => {
    const target = certify(issuer);
    const lists = [list(top, revoking(issuer, "cACompromise")), list(issuer)];
    expect(answerTo({ anchors: [top], through: [issuer], target, lists, revocation: "required" })).toBe("revoked");
  });

  it("is undetermined without a list, which only a caller who says so accepts", () => {
    expect(ask(() => [])).toBe("revocationUndetermined");
    expect(ask(() => [], [], { revocation: "if-available" })).toBe("valid");
    expect(ask((target) => [list(issuer, revoking(target))], [], { revocation: "if-available" })).toBe("revoked");
    expect(ask((target) => [list(issuer, revoking(target))], [], { revocation: "none" })).toBe("valid");
  });

  it("stays on every other path, though nothing be known there", () => {
    const other = root("Other root");
    const parts = { subject: issuer.name, signer: issuer.signer, extensions: authorityExtensions };
    const cross = certify(other, { ...parts, notAfter: later(12) });
    const forLists = certify(top, { subject: issuer.name, extensions: [keyUsage(["cRLSign"])] });
    const target = certify(issuer);
    const question = { target, through: [issuer, cross, forLists], revocation: "if-available" } as const;
    const ask = (...lists: readonly Uint8Array[]) => answerTo({ ...question, anchors: [top, other], lists });
    // The other trust anchor knows nothing of who signs the list.
    expect([ask(rootList), ask(rootList, list(forLists, revoking(target)))]).toEqual(["valid", "revoked"]);
  });

  it("is told with date and reason", () => {
    const target = certify(issuer);
    const lists = [rootList, list(issuer, revoking(target, "superseded"))];
    const verdict = validate({ anchors: [top], through: [issuer], target, lists, revocation: "required" });
    expect(verdict).toMatchObject({ rejection: { message: "revoked at 2026-11-22T01:00:00.000Z, superseded" } });
  });
});

describe("RFC 5280 §6.3.3 (a), lists of the right time", () => {
  it("are used from thisUpdate to the last second of nextUpdate", () => {
    expect(ask(() => [list(issuer, { nextUpdate: later(0) })])).toBe("valid");
    expect(ask(() => [list(issuer, { nextUpdate: later(-0.5) })])).toBe("revocationUndetermined");
    expect(ask(() => [list(issuer, { thisUpdate: later(0.5) })])).toBe("revocationUndetermined");
    expect(ask(() => [list(issuer, { nextUpdate: undefined })])).toBe("revocationUndetermined");
  });

  it("are used newest first", () => {
    const older = list(issuer, { thisUpdate: later(-3) });
    expect(ask((target) => [older, list(issuer, revoking(target))])).toBe("revoked");
    expect(ask((target) => [list(issuer, revoking(target)), older])).toBe("revoked");
  });
});

describe("RFC 5280 §6.3.3 (b)(1), the list's issuer", () => {
  it("is the certificate's issuer where the distribution point does not say otherwise", () => {
    const other = authority(top, "Other");
    expect(ask((target) => [list(other, revoking(target))])).toBe("revocationUndetermined");
  });

  const publisher = certify(top, { subject: cn("Publisher"), extensions: [keyUsage(["cRLSign"])] });
  const atPublisher = [points([fullName(cn("Point")), cRLIssuer(publisher.name)])];
  const through = [publisher];

  it("is cRLIssuer where the point says so, and the list then is indirect", () => {
    const indirect = [idp(fullName(cn("Point")), yes(4))];
    expect(ask(() => [list(publisher, { extensions: indirect })], atPublisher, { through })).toBe("valid");
    expect(ask(() => [list(publisher)], atPublisher, { through })).toBe("revocationUndetermined");
    const direct = [idp(fullName(cn("Point")))];
    expect(ask(() => [list(publisher, { extensions: direct })], atPublisher, { through })).toBe(
      "revocationUndetermined",
    );
  });

  it("who is named in no distribution point is not asked", () => {
    const indirect = [idp(yes(4))];
    expect(ask(() => [list(publisher, { extensions: indirect })], [], { through })).toBe("revocationUndetermined");
  });

  it("of an indirect list revokes for the issuer named in an entry, and those after it (§5.3.3)", () => {
    const extensions = [idp(fullName(cn("Point")), yes(4))];
    const other = certify(issuer);
    const listOf = (entries: readonly { readonly of: Holder; readonly extensions?: readonly Extension[] }[]) => () => [
      list(publisher, { extensions, entries }),
    ];
    const target = certify(issuer, { extensions: atPublisher });
    const question = { anchors: [top], target, revocation: "required", through: [issuer, publisher] } as const;
    const answer = (entries: Parameters<typeof listOf>[0]) =>
      answerTo({ ...question, lists: [rootList, ...listOf(entries)()] });
    expect(answer([{ of: target, extensions: [entryIssuer(issuer.name)] }])).toBe("revoked");
    expect(answer([{ of: other, extensions: [entryIssuer(issuer.name)] }, { of: target }])).toBe("revoked");
    // Without the extension an entry is of the list's own issuer, whose certificates have other serial numbers.
    expect(answer([{ of: target }])).toBe("valid");
    expect(answer([{ of: target, extensions: [entryIssuer(cn("Somebody"))] }])).toBe("valid");
  });

  it("names no other issuers in a list that is not indirect", () => {
    const other = certify(issuer);
    const entries = [{ of: other, extensions: [entryIssuer(cn("Somebody"))] }];
    expect(ask(() => [list(issuer, { entries })])).toBe("revocationUndetermined");
  });
});

describe("RFC 5280 §6.3.3 (b)(2)(i), the distribution point", () => {
  const at = (...parts: readonly Uint8Array[]) => [points(parts)];
  const of =
    (...parts: readonly Uint8Array[]) =>
    () => [list(issuer, { extensions: [idp(...parts)] })];

  it("is one that both the certificate and the list name", () => {
    expect(ask(of(fullName(cn("One"))), at(fullName(cn("One"))))).toBe("valid");
    expect(ask(of(fullName(cn("ONE "))), at(fullName(cn("one"))))).toBe("valid");
    expect(ask(of(fullName(cn("Two"))), at(fullName(cn("One"))))).toBe("revocationUndetermined");
    expect(ask(of(fullName(cn("One"))))).toBe("revocationUndetermined");
  });

  it("may be named relative to the issuer", () => {
    const whole = sequence(issuer.name.subarray(2), cn("One").subarray(2));
    expect(ask(of(relativeName(cn("One"))), at(fullName(whole)))).toBe("valid");
    expect(ask(of(fullName(whole)), at(relativeName(cn("One"))))).toBe("valid");
    expect(ask(of(relativeName(cn("Two"))), at(fullName(whole)))).toBe("revocationUndetermined");
  });

  it("is any where the list names none: a complete list serves every point", () => {
    expect(ask(() => [list(issuer)], at(fullName(cn("One"))))).toBe("valid");
  });

  it("is the issuer's own name for lists that no point of the certificate names", () => {
    expect(ask(of(fullName(issuer.name)))).toBe("valid");
  });
});

describe("RFC 5280 §6.3.3 (b)(2)(ii)–(iv), the kind of certificate", () => {
  const only = (tag: number) => ({ extensions: [idp(yes(tag))] });
  const asAuthority: readonly Extension[] = [basicConstraints()];

  it("is the one that the list is of", () => {
    const cases: readonly (readonly [number, readonly Extension[]])[] = [
      [1, []],
      [1, asAuthority],
      [2, []],
      [2, asAuthority],
      [5, []],
      [5, asAuthority],
    ];
    expect(cases.map(([tag, extensions]) => ask(() => [list(issuer, only(tag))], extensions))).toEqual([
      "valid",
      ...Array(2).fill("revocationUndetermined"),
      "valid",
      ...Array(2).fill("revocationUndetermined"),
    ]);
  });
});

describe("RFC 5280 §6.3.3 (d), (e), reasons", () => {
  const [early, late] = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ] as const;
  const some = (...positions: readonly number[]) => ({ extensions: [idp(onlySomeReasons(...positions))] });

  it("all have to be covered, if need be by several lists", () => {
    const [first, second] = [list(issuer, some(...early)), list(issuer, some(...late))];
    expect(ask(() => [first])).toBe("revocationUndetermined");
    expect(ask(() => [first, second])).toBe("valid");
    expect(ask((target) => [first, list(issuer, { ...some(...late), ...revoking(target) })])).toBe("revoked");
  });

  it("are those of the point and of the list together", () => {
    const bothPoints = [points([fullName(cn("One")), reasons(...early)], [fullName(cn("Two")), reasons(...late)])];
    const at = (name: string, ...parts: readonly Uint8Array[]) =>
      list(issuer, { extensions: [idp(fullName(cn(name)), ...parts)] });
    expect(ask(() => [at("One"), at("Two")], bothPoints)).toBe("valid");
    expect(ask(() => [at("One")], bothPoints)).toBe("revocationUndetermined");
    expect(ask(() => [at("One", onlySomeReasons(1)), at("Two")], bothPoints)).toBe("revocationUndetermined");
  });
});

describe("serial numbers", () => {
  it("are compared whatever their sign and length", () => {
    const numbers: readonly CertificateParts[] = [
      { serialNumber: Uint8Array.of(0xff) },
      { serialNumber: Uint8Array.of(0) },
      { serialNumber: unsignedInteger(new Uint8Array(25).fill(0x99)).subarray(2) },
    ];
    for (const parts of numbers) {
      const target = certify(issuer, parts);
      const question = { anchors: [top], target, through: [issuer], revocation: "required" } as const;
      expect(answerTo({ ...question, lists: [rootList, list(issuer, revoking(target))] })).toBe("revoked");
      expect(answerTo({ ...question, lists: [rootList, list(issuer, revoking(issuer))] })).toBe("valid");
    }
  });
});
