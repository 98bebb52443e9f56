import { describe, expect, it } from "vitest";
import { authorityKeyIdentifier, certificatePolicies, subjectKeyIdentifier } from "../extensions.ts";
import { explainVerdict } from "./explain-verdict.ts";
import {
  answerTo,
  authority,
  authorityExtensions,
  certify,
  cn,
  type Holder,
  later,
  list,
  newSigner,
  root,
  validate,
} from "./hierarchy.fixture.ts";
import type { PathVerdict } from "./validate-certification-path.ts";

const top = root();

/** `above` certifies the key and name that `holder` already has. */
const crossCertify = (above: Holder, holder: Holder): Holder =>
  certify(above, { subject: holder.name, signer: holder.signer, extensions: authorityExtensions });

const pathOf = (verdict: PathVerdict): readonly string[] => (verdict.kind === "valid" ? verdict.path : []);

describe("RFC 4158, building of paths", () => {
  it("finds its way through a bridge", () => {
    const bridge = root("Bridge");
    const other = root("Other root");
    const target = certify(other);
    const through = [crossCertify(top, bridge), crossCertify(bridge, other), crossCertify(bridge, top), other, bridge];
    expect(pathOf(validate({ anchors: [top], through, target }))).toEqual([
      "CN=Root",
      "CN=Bridge",
      "CN=Other root",
      "CN=Target",
    ]);
  });

  it("ends in a loop of authorities that certify each other (RFC 5280 §6.1)", () => {
    const [one, other] = [root("One"), root("Two")];
    const through = [crossCertify(one, other), crossCertify(other, one), one, other];
    const verdict = validate({ anchors: [top], through, target: certify(one) });
    expect(verdict).toMatchObject({ kind: "invalid" });
    expect(verdict.branches.map(({ rejection }) => rejection.reason)).toContain("loop");
  });

  it("is bounded in a mesh where everybody certified everybody and nobody is trusted", () => {
    const mesh = Array.from({ length: 8 }, (_, index) => root(`Member ${index}`));
    const through = mesh.flatMap((above) => mesh.map((below) => crossCertify(above, below)));
    const target = certify(mesh[0] ?? top);
    expect(validate({ anchors: [top], through, target })).toMatchObject({
      kind: "undetermined",
      rejection: { reason: "budgetExhausted" },
    });
  });

  it("is bounded in length", () => {
    const holders = [top];
    for (let depth = 0; depth < 40; depth++) holders.push(authority(holders.at(-1) ?? top, `Depth ${depth}`));
    const ask = (depth: number) =>
      answerTo({ anchors: [top], through: holders.slice(1), target: certify(holders[depth] ?? top) });
    expect([ask(31), ask(32)]).toEqual(["valid", "budgetExhausted"]);
  });

  it("tries the issuer with the right key identifier first", () => {
    const [right, wrong] = [newSigner(), newSigner()];
    const identifiers = [Uint8Array.of(1), Uint8Array.of(2)] as const;
    const named = (signer: typeof right, identifier: Uint8Array) =>
      authority(top, "Issuer", { signer, extensions: [...authorityExtensions, subjectKeyIdentifier(identifier)] });
    const issuer = named(right, identifiers[0]);
    const decoys = Array.from({ length: 5 }, () => named(newSigner(), identifiers[1]));
    const target = certify(issuer, { extensions: [authorityKeyIdentifier(identifiers[0])] });
    const verdict = validate({ anchors: [top], through: [named(wrong, identifiers[1]), ...decoys, issuer], target });
    expect([verdict.kind, verdict.branches]).toEqual(["valid", []]);
  });

  it("does not believe a key identifier that is wrong", () => {
    const issuer = authority(top, "Issuer", {
      extensions: [...authorityExtensions, subjectKeyIdentifier(Uint8Array.of(1))],
    });
    const target = certify(issuer, { extensions: [authorityKeyIdentifier(Uint8Array.of(2))] });
    expect(answerTo({ anchors: [top], through: [issuer], target })).toBe("valid");
  });

  it("takes another way where the first is expired, revoked or without the policy, and keeps the reason", () => {
    const policy = "1.3.6.1.4.1.32473.8";
    const withPolicy = [...authorityExtensions, certificatePolicies([policy])];
    const good = authority(top, "Issuer", { extensions: withPolicy });
    const again = (parts: Parameters<typeof certify>[1]) =>
      certify(top, { subject: good.name, signer: good.signer, extensions: withPolicy, ...parts });
    const expired = again({ notAfter: later(-1) });
    const revoked = again({ notAfter: later(48) });
    const withoutPolicy = again({ notAfter: later(36), extensions: authorityExtensions });
    const verdict = validate({
      ...{ anchors: [top], through: [expired, revoked, withoutPolicy, good], revocation: "required" },
      target: certify(good, { extensions: [certificatePolicies([policy])] }),
      lists: [list(top, { entries: [{ of: revoked }] }), list(good)],
      initialExplicitPolicy: true,
    });
    expect(verdict.kind).toBe("valid");
    expect(verdict.branches.map(({ rejection }) => rejection.reason).sort()).toEqual(["noValidPolicy", "revoked"]);
    const only = validate({ anchors: [top], through: [expired], target: certify(good) });
    expect(only.branches).toMatchObject([{ subjects: ["CN=Issuer", "CN=Target"], rejection: { reason: "expired" } }]);
  });

  it("accepts any of several trust anchors, self-signed or not", () => {
    const issuer = authority(top, "Issuer");
    const target = certify(issuer);
    expect(answerTo({ anchors: [root("Stranger"), issuer], target })).toBe("valid");
    expect(answerTo({ anchors: [root("Stranger")], through: [issuer], target })).toBe("noIssuer");
    expect(answerTo({ anchors: [], through: [issuer, top], target })).toBe("noIssuer");
  });

  it("does not hold the target for its own issuer", () => {
    const target = root("Target");
    expect(answerTo({ anchors: [top], target, through: [target] })).toBe("noIssuer");
    expect(answerTo({ anchors: [target], target })).toBe("valid");
  });

  it("keeps two trust anchors of one name apart by their keys", () => {
    const namesake = root("Root");
    expect(answerTo({ anchors: [namesake, top], target: certify(top) })).toBe("valid");
    expect(answerTo({ anchors: [namesake], target: certify(top), through: [top] })).not.toBe("valid");
  });
});

describe("the trace", () => {
  it("says which certificate, which clause and what came of it", () => {
    const issuer = authority(top, "Issuer", { notAfter: later(-1) });
    const lines = explainVerdict(validate({ anchors: [top], through: [issuer], target: certify(issuer) }));
    expect(lines).toEqual([
      "CN=Issuer",
      "  ✗ RFC 5280 §6.1.3 (a)(2): not valid after 2026-11-22T02:00:00.000Z",
      "✗ CN=Issuer → CN=Target: not valid after 2026-11-22T02:00:00.000Z (RFC 5280 §6.1.3 (a)(2))",
      "invalid: expired, not valid after 2026-11-22T02:00:00.000Z (RFC 5280 §6.1.3 (a)(2))",
    ]);
  });

  it("ends with the path and its policies", () => {
    const target = certify(top, { subject: cn("Target") });
    expect(explainVerdict(validate({ anchors: [top], target })).at(-1)).toBe(
      "valid: CN=Root → CN=Target; policies: none",
    );
  });
});
