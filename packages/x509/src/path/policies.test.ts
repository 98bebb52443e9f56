import { describe, expect, it } from "vitest";
import { contextPrimitive, objectIdentifier, sequence, unsignedInteger } from "../der-writer.ts";
import { certificatePolicies, type Extension } from "../extensions.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import {
  authority,
  authorityExtensions,
  certify,
  extension,
  type Holder,
  type Question,
  root,
  validate,
} from "./hierarchy.fixture.ts";
import { anyPolicy } from "./policy-extensions.ts";
import { addPolicies, initialPolicyGraph, mapPolicies, userConstrainedPolicies } from "./policy-graph.ts";

const p = (number: number): ObjectIdentifier => `1.3.6.1.4.1.32473.7.${number}`;
const [p1, p2, p3] = [p(1), p(2), p(3)];

const policies = (...oids: readonly ObjectIdentifier[]): Extension => certificatePolicies(oids);
const mappings = (...pairs: readonly (readonly [ObjectIdentifier, ObjectIdentifier])[]): Extension =>
  extension("2.5.29.33", sequence(...pairs.map((pair) => sequence(...pair.map(objectIdentifier)))), true);
const small = (number: number): Uint8Array => Uint8Array.of(number);
const requireExplicitPolicy = (skip: number): Extension =>
  extension("2.5.29.36", sequence(contextPrimitive(0, small(skip))), true);
const inhibitPolicyMapping = (skip: number): Extension =>
  extension("2.5.29.36", sequence(contextPrimitive(1, small(skip))), true);
const inhibitAnyPolicy = (skip: number): Extension => extension("2.5.29.54", unsignedInteger(small(skip)), true);

const top = root();

/** The policies of a path whose authorities and target have these extensions; or the reason why it is not valid. */
function ask(levels: readonly (readonly Extension[])[], question: Partial<Question> = {}): unknown {
  const holders: Holder[] = [top];
  for (const [index, extensions] of levels.slice(0, -1).entries())
    holders.push(
      authority(holders.at(-1) ?? top, `Authority ${index}`, { extensions: [...authorityExtensions, ...extensions] }),
    );
  const target = certify(holders.at(-1) ?? top, { extensions: levels.at(-1) ?? [] });
  const verdict = validate({ anchors: [top], through: holders.slice(1), target, ...question });
  return verdict.kind === "valid" ? verdict.userConstrainedPolicySet : verdict.rejection.reason;
}

describe("RFC 5280 §6.1.3 (d), policies along the path", () => {
  it("are those that every certificate has", () => {
    expect(ask([[policies(p1, p2)], [policies(p2, p3)]])).toEqual([p2]);
    expect(ask([[policies(p1)], [policies(p2)]])).toEqual([]);
  });

  it("may be taken from anyPolicy above, and continued by anyPolicy below", () => {
    expect(ask([[policies(anyPolicy)], [policies(p1)]])).toEqual([p1]);
    expect(ask([[policies(p1)], [policies(anyPolicy)]])).toEqual([p1]);
    expect(ask([[policies(anyPolicy)], [policies(anyPolicy)]])).toEqual([anyPolicy]);
  });

  it("end where a certificate has none (e)", () => {
    expect(ask([[policies(p1)], [], [policies(p1)]])).toEqual([]);
  });
});

describe("RFC 5280 §6.1.3 (f), §6.1.5 (g), policies that are required", () => {
  it("by the user, must be there", () => {
    expect(ask([[policies(p1)], [policies(p2)]], { initialExplicitPolicy: true })).toBe("noValidPolicy");
    expect(ask([[policies(p1)], [policies(p1)]], { initialExplicitPolicy: true })).toEqual([p1]);
  });

  it("must be ones that the user accepts; without the requirement there may be none of his", () => {
    const levels = [[policies(p1)], [policies(p1)]];
    const userInitialPolicySet = [p2];
    expect(ask(levels, { userInitialPolicySet, initialExplicitPolicy: true })).toBe("noAcceptablePolicy");
    expect(ask(levels, { userInitialPolicySet })).toEqual([]);
  });

  it("are the user's own where the path is valid for any", () => {
    const levels = [[policies(anyPolicy)], [policies(p1, anyPolicy)]];
    expect(ask(levels, { userInitialPolicySet: [p2, p1] })).toEqual([p1, p2]);
  });

  it("by an authority, must be there from the certificate on that it says", () => {
    expect(ask([[policies(p1), requireExplicitPolicy(0)], [policies(p2)]])).toBe("noValidPolicy");
    expect(ask([[requireExplicitPolicy(2)], [policies(p1)], []])).toBe("noAcceptablePolicy");
    expect(ask([[requireExplicitPolicy(3)], [policies(p1)], []])).toEqual([]);
  });

  it("by the target itself, must be there (§6.1.5 (b))", () => {
    expect(ask([[], [policies(p1), requireExplicitPolicy(0)]])).toBe("noAcceptablePolicy");
  });

  it("once required are required for good, for constraints only lower what is left (§6.1.4 (i))", () => {
    expect(ask([[requireExplicitPolicy(0), policies(p1)], [requireExplicitPolicy(9), policies(p2)], []])).toBe(
      "noValidPolicy",
    );
  });
});

describe("RFC 5280 §6.1.4 (a), (b), policy mapping", () => {
  it("continues a policy as what it is mapped to, and reports it in the trust anchor's terms", () => {
    expect(ask([[policies(p1), mappings([p1, p2])], [policies(p2)]])).toEqual([p1]);
    expect(ask([[policies(p1), mappings([p1, p2])], [policies(p1)]])).toEqual([]);
    expect(ask([[policies(p1), mappings([p1, p2])], [policies(p2), mappings([p2, p3])], [policies(p3)]])).toEqual([p1]);
  });

  it("maps from what anyPolicy stands for", () => {
    expect(ask([[policies(anyPolicy), mappings([p1, p2])], [policies(p2, p3)]])).toEqual([p1, p3]);
  });

  it("maps neither from nor to anyPolicy", () => {
    expect(ask([[policies(p1), mappings([anyPolicy, p2])], [policies(p2)]])).toBe("anyPolicyMapped");
    expect(ask([[policies(p1), mappings([p1, anyPolicy])], [policies(p2)]])).toBe("anyPolicyMapped");
  });

  it("ends a mapped policy where mapping is inhibited, by the user or an authority", () => {
    const levels = [[policies(p1, p3), mappings([p1, p2])], [policies(p2, p3)]];
    expect(ask(levels, { initialPolicyMappingInhibit: true })).toEqual([p3]);
    const below = [policies(p1), mappings([p1, p2])];
    expect(ask([[policies(p1), inhibitPolicyMapping(0)], below, [policies(p2)]])).toEqual([]);
    expect(ask([[policies(p1), inhibitPolicyMapping(1)], below, [policies(p2)]])).toEqual([p1]);
  });
});

describe("RFC 5280 §6.1.4 (j), inhibition of anyPolicy", () => {
  it("takes anyPolicy for no policy, by the user or an authority", () => {
    const levels = [[policies(p1)], [policies(anyPolicy)]];
    expect(ask(levels, { initialAnyPolicyInhibit: true })).toEqual([]);
    expect(ask([[policies(p1), inhibitAnyPolicy(0)], [policies(anyPolicy)]])).toEqual([]);
    expect(ask([[policies(p1), inhibitAnyPolicy(1)], [policies(anyPolicy)]])).toEqual([p1]);
  });

  it("leaves it to self-issued certificates, but for the last (§6.1.3 (d)(2))", () => {
    const first = authority(top, "First", { extensions: [...authorityExtensions, policies(p1), inhibitAnyPolicy(0)] });
    const extensions = [...authorityExtensions, policies(anyPolicy)];
    const rolled = certify(first, { subject: first.name, extensions });
    const target = certify(rolled, { extensions: [policies(p1)] });
    expect(validate({ anchors: [top], through: [first, rolled], target })).toMatchObject({
      userConstrainedPolicySet: [p1],
    });
    expect(validate({ anchors: [top], through: [first], target: rolled })).toMatchObject({
      userConstrainedPolicySet: [],
    });
  });
});

describe("RFC 5280 §6.1.4 (h), self-issued certificates", () => {
  it("are not counted towards requiring a policy", () => {
    const first = authority(top, "First", { extensions: [...authorityExtensions, requireExplicitPolicy(2)] });
    const rolled = certify(first, { subject: first.name, extensions: authorityExtensions });
    const target = certify(rolled);
    expect(validate({ anchors: [top], through: [first, rolled], target }).kind).toBe("valid");
    const other = authority(first, "Other");
    expect(validate({ anchors: [top], through: [first, other], target: certify(other) })).toMatchObject({
      rejection: { reason: "noAcceptablePolicy" },
    });
  });
});

describe("the policy graph (RFC 9618 §3)", () => {
  it("grows with the mappings and not with the ways through them", () => {
    const width = 30;
    const all = Array.from({ length: width }, (_, index) => p(index));
    const everyMapping = all.flatMap((issuerDomainPolicy) =>
      all.map((subjectDomainPolicy) => ({ issuerDomainPolicy, subjectDomainPolicy })),
    );
    let graph = initialPolicyGraph;
    // As a tree it would have 30^32 leaves.
    for (let depth = 0; depth < 32; depth++) graph = mapPolicies(addPolicies(graph, all, true), everyMapping, true);
    expect(graph.size).toBe(width);
    expect(userConstrainedPolicies(graph, [anyPolicy])).toEqual([...all].sort());
  });

  it("keeps a policy of the first level only where a way leads down from it", () => {
    const first = addPolicies(initialPolicyGraph, [p1, p2], true);
    const mapped = mapPolicies(first, [{ issuerDomainPolicy: p1, subjectDomainPolicy: p3 }], true);
    expect(userConstrainedPolicies(addPolicies(mapped, [p3], true), [anyPolicy])).toEqual([p1]);
    expect(userConstrainedPolicies(addPolicies(mapped, [p2, p3], true), [anyPolicy])).toEqual([p1, p2]);
  });
});
