import { describe, expect, it } from "vitest";
import { crlNumber, reasonCode } from "../crl-extensions.ts";
import type { CrlReason } from "../crl-reason.ts";
import { contextConstructed, contextPrimitive, element, namedBits, sequence, unsignedInteger } from "../der-writer.ts";
import { basicConstraints, type Extension, extensionOids, keyUsage } from "../extensions.ts";
import {
  answerTo,
  authority,
  authorityExtensions,
  type CertificateParts,
  certify,
  cn,
  extension,
  type Holder,
  later,
  list,
  newSigner,
  type Question,
  root,
  unknownCritical,
  validate,
} from "./hierarchy.fixture.ts";

// The parts of distribution points (RFC 5280 §4.2.1.13, §5.2.5).
const directoryName = (name: Uint8Array): Uint8Array => contextConstructed(4, name);
const fullName = (name: Uint8Array): Uint8Array => contextConstructed(0, contextConstructed(0, directoryName(name)));
const relativeName = (name: Uint8Array): Uint8Array =>
  // The one relative distinguished name inside a Name of one attribute: its contents octets.
  contextConstructed(0, contextConstructed(1, name.subarray(4)));
const reasons = (...positions: readonly number[]): Uint8Array => {
  const bits = namedBits(positions);
  return contextPrimitive(1, bits.subarray(2));
};
const onlySomeReasons = (...positions: readonly number[]): Uint8Array =>
  contextPrimitive(3, namedBits(positions).subarray(2));
const cRLIssuer = (name: Uint8Array): Uint8Array => contextConstructed(2, directoryName(name));
const yes = (tag: number): Uint8Array => contextPrimitive(tag, Uint8Array.of(0xff));
const points = (...all: readonly (readonly Uint8Array[])[]): Extension =>
  extension(extensionOids.cRLDistributionPoints, sequence(...all.map((parts) => sequence(...parts))));
const idp = (...parts: readonly Uint8Array[]): Extension => extension("2.5.29.28", sequence(...parts), true);
const deltaOf = (base: bigint): Extension => extension("2.5.29.27", crlNumber(base).value, true);
const entryIssuer = (name: Uint8Array): Extension => extension("2.5.29.29", sequence(directoryName(name)), true);

const top = root();
const rootList = list(top);
const issuer = authority(top, "Issuer");

/** The answer for a target of `issuer` with these extensions, with these lists beside the root's. */
function ask(
  lists: (target: Holder) => readonly Uint8Array[],
  extensions: readonly Extension[] = [],
  question: Partial<Question> = {},
): string {
  const target = certify(issuer, { extensions });
  const { through = [], ...rest } = question;
  return answerTo({
    ...{ anchors: [top], target, revocation: "required", through: [issuer, ...through] },
    lists: [rootList, ...lists(target)],
    ...rest,
  });
}

const revoking = (of: Holder, reason?: CrlReason) => ({
  entries: [{ of, extensions: reason === undefined ? [] : [reasonCode(reason)] }],
});

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

describe("RFC 5280 §6.3.3 (f), (g), who signs a list", () => {
  it("needs a right signature", () => {
    expect(ask(() => [list({ ...issuer, signer: newSigner() })])).toBe("revocationUndetermined");
  });

  it("needs cRLSign where keyUsage is there", () => {
    const mute = authority(top, "Mute", { extensions: [basicConstraints(), keyUsage(["keyCertSign"])] });
    const question = { anchors: [top], target: certify(mute), through: [mute], revocation: "required" } as const;
    expect(answerTo({ ...question, lists: [rootList, list(mute)] })).toBe("revocationUndetermined");
  });

  it("may be another key of the issuer, with a valid path from the same trust anchor", () => {
    const forLists = certify(top, { subject: issuer.name, extensions: [keyUsage(["cRLSign"])] });
    const through = [forLists];
    expect(ask(() => [list(forLists)], [], { through })).toBe("valid");
    expect(ask((target) => [list(forLists, revoking(target))], [], { through })).toBe("revoked");
    const stranger = root("Other root");
    const foreign = certify(stranger, { subject: issuer.name, extensions: [keyUsage(["cRLSign"])] });
    expect(ask(() => [list(foreign), list(stranger)], [], { through: [foreign] })).toBe("revocationUndetermined");
  });

  it("may be the issuer's next key, certified by the old one (key rollover)", () => {
    const next = certify(issuer, { subject: issuer.name, extensions: authorityExtensions });
    const oldKeyList = list(issuer, { extensions: [idp(yes(2))] });
    expect(ask((target) => [oldKeyList, list(next, revoking(target))], [], { through: [next] })).toBe("revoked");
    expect(ask(() => [oldKeyList, list(next)], [], { through: [next] })).toBe("valid");
  });

  it("must not be revoked, and no list but one tells of its own signer", () => {
    const forLists = certify(top, { subject: issuer.name, extensions: [keyUsage(["cRLSign"])] });
    const question = {
      anchors: [top],
      target: certify(issuer),
      through: [issuer, forLists],
      revocation: "required",
    } as const;
    expect(answerTo({ ...question, lists: [list(top, revoking(forLists)), list(forLists)] })).toBe(
      "revocationUndetermined",
    );
    const next = certify(issuer, { subject: issuer.name, extensions: authorityExtensions });
    expect(answerTo({ ...question, through: [issuer, next], lists: [rootList, list(next)] })).toBe(
      "revocationUndetermined",
    );
  });

  it("tells of itself where its authority named it as its own cRLIssuer", () => {
    const subject = cn("Publisher");
    const named = [points([cRLIssuer(subject)])];
    const publisher = certify(issuer, { subject, extensions: [keyUsage(["cRLSign"]), ...named] });
    const extensions = [idp(yes(4))];
    const through = [publisher];
    expect(ask(() => [list(publisher, { extensions })], named, { through })).toBe("valid");
    const own = { extensions, entries: [{ of: publisher, extensions: [entryIssuer(issuer.name)] }] };
    expect(ask(() => [list(publisher, own)], named, { through })).toBe("revocationUndetermined");
  });
});

describe("RFC 5280 §5.2, §5.3, critical extensions of lists and entries", () => {
  it("that are not understood make the list useless, whomever the entry is of", () => {
    const other = certify(issuer);
    expect(ask(() => [list(issuer, { extensions: [unknownCritical] })])).toBe("revocationUndetermined");
    expect(ask(() => [list(issuer, { entries: [{ of: other, extensions: [unknownCritical] }] })])).toBe(
      "revocationUndetermined",
    );
    expect(ask((target) => [list(issuer, { entries: [{ of: target, extensions: [unknownCritical] }] })])).toBe(
      "revocationUndetermined",
    );
    expect(ask(() => [list(issuer, { extensions: [{ ...unknownCritical, critical: false }] })])).toBe("valid");
  });

  it("make nothing of an entry that cannot be read", () => {
    const other = certify(issuer);
    const badReason = extension("2.5.29.21", element(0x0a, Uint8Array.of(7)));
    expect(ask(() => [list(issuer, { entries: [{ of: other, extensions: [badReason] }] })])).toBe(
      "revocationUndetermined",
    );
  });

  it("do not exist in version 1, which is read all the same", () => {
    expect(ask(() => [list(issuer, { version: 1 })])).toBe("valid");
    expect(ask((target) => [list(issuer, { version: 1, entries: [{ of: target }] })])).toBe("revoked");
  });
});

describe("RFC 5280 §5.2.4, §6.3.3 (c), (h)–(l), delta lists", () => {
  const complete = (entries: readonly { readonly of: Holder; readonly extensions?: readonly Extension[] }[] = []) =>
    list(issuer, { entries, extensions: [crlNumber(5n)] });
  const delta = (of: Holder | undefined, reason: CrlReason = "keyCompromise", base = 5n, number = 6n) =>
    list(issuer, {
      entries: of === undefined ? [] : [{ of, extensions: [reasonCode(reason)] }],
      extensions: [crlNumber(number), deltaOf(base)],
      thisUpdate: later(-0.5),
    });

  it("revoke what the complete list does not", () => {
    expect(ask((target) => [complete(), delta(target)])).toBe("revoked");
    expect(ask(() => [complete(), delta(undefined)])).toBe("valid");
  });

  it("take back what the complete list has", () => {
    const held = (target: Holder) => complete([{ of: target, extensions: [reasonCode("certificateHold")] }]);
    expect(ask((target) => [held(target)])).toBe("revoked");
    expect(ask((target) => [held(target), delta(target, "removeFromCRL")])).toBe("valid");
  });

  it("are no complete lists", () => {
    expect(ask(() => [delta(undefined)])).toBe("revocationUndetermined");
  });

  it("belong to a complete list between their base and their own number", () => {
    expect(ask((target) => [complete(), delta(target, "keyCompromise", 6n, 7n)])).toBe("valid");
    expect(ask((target) => [complete(), delta(target, "keyCompromise", 4n, 5n)])).toBe("valid");
    expect(ask((target) => [complete(), delta(target, "keyCompromise", 4n, 6n)])).toBe("revoked");
  });

  it("belong to a complete list of the same scope", () => {
    const other = (of: Holder) =>
      list(issuer, { entries: [{ of }], extensions: [crlNumber(6n), deltaOf(5n), idp(yes(1))] });
    expect(ask((target) => [complete(), other(target)])).toBe("valid");
  });

  it("keep a complete list past its nextUpdate in use", () => {
    const stale = list(issuer, { extensions: [crlNumber(5n)], thisUpdate: later(-3), nextUpdate: later(-1) });
    expect(ask(() => [stale])).toBe("revocationUndetermined");
    expect(ask(() => [stale, delta(undefined)])).toBe("valid");
    expect(ask((target) => [stale, delta(target)])).toBe("revoked");
  });

  it("are left aside with another signature, past their time or not understood", () => {
    const parts = { extensions: [crlNumber(6n), deltaOf(5n)] };
    const of = (target: Holder, more: object) => ({ ...parts, entries: [{ of: target }], ...more });
    const forged = (target: Holder) => list({ ...issuer, signer: newSigner() }, of(target, {}));
    expect(ask((target) => [complete(), forged(target)])).toBe("valid");
    expect(ask((target) => [complete(), list(issuer, of(target, { nextUpdate: later(-0.5) }))])).toBe("valid");
    const odd = { extensions: [...parts.extensions, unknownCritical] };
    expect(ask((target) => [complete(), list(issuer, of(target, odd))])).toBe("valid");
  });

  it("with two entries for one certificate revoke it if one of these does", () => {
    const extensions = [crlNumber(6n), deltaOf(5n)];
    const entries = (of: Holder) => [{ of, extensions: [reasonCode("removeFromCRL")] }, { of }];
    expect(ask((target) => [complete(), list(issuer, { extensions, entries: entries(target) })])).toBe("revoked");
  });

  it("only take back: removeFromCRL in a complete list is a revocation all the same", () => {
    expect(ask((target) => [complete([{ of: target, extensions: [reasonCode("removeFromCRL")] }])])).toBe("revoked");
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
