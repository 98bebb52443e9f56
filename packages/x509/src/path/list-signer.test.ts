import { describe, expect, it } from "vitest";
import { element } from "../der-writer.ts";
import { basicConstraints, keyUsage } from "../extensions.ts";
import {
  answerTo,
  authority,
  authorityExtensions,
  certify,
  cn,
  extension,
  list,
  newSigner,
  root,
  unknownCritical,
} from "./hierarchy.fixture.ts";
import {
  ask,
  cRLIssuer,
  entryIssuer,
  idp,
  issuer,
  points,
  revoking,
  rootList,
  top,
  yes,
} from "./revocation.fixture.ts";

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
