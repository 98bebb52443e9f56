import { describe, expect, it } from "vitest";
import { crlNumber, reasonCode } from "../crl-extensions.ts";
import type { CrlReason } from "../crl-reason.ts";
import type { Extension } from "../extensions.ts";
import { type Holder, later, list, newSigner, unknownCritical } from "./hierarchy.fixture.ts";
import { ask, deltaOf, idp, issuer, yes } from "./revocation.fixture.ts";

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
