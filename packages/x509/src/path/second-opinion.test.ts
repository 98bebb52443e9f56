import { afterAll, describe, expect, it } from "vitest";
import { contextConstructed, contextPrimitive, objectIdentifier, sequence, unsignedInteger } from "../der-writer.ts";
import { certificatePolicies, type Extension, extensionOids } from "../extensions.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import {
  answerTo,
  authority,
  authorityExtensions,
  certify,
  cn,
  extension,
  type Holder,
  root,
  seededSigner,
} from "./hierarchy.fixture.ts";
import { OpensslVerify } from "./openssl.fixture.ts";
import { anyPolicy } from "./policy-extensions.ts";
import { oneOf, seeded } from "./seeded.fixture.ts";

// A whole run (MITOME_FULL=1) asks OpenSSL about 3,000 paths of each kind, otherwise about 100.
const paths = process.env.MITOME_FULL === "1" ? 3_000 : 100;
const openssl = new OpensslVerify();
afterAll(() => openssl.end());

const small = (number: number): Uint8Array => Uint8Array.of(number);
const part = (seed: string, number: number) => ({ signer: seededSigner(seed), serialNumber: small(number) });
const top = root("Root", part("root", 1));
const policies: readonly ObjectIdentifier[] = [1, 2, 3].map((last): ObjectIdentifier => `1.3.6.1.4.1.32473.7.${last}`);

/** Extensions about policies as chance has them. */
function policyExtensions(random: () => number, isAuthority: boolean): readonly Extension[] {
  const some = [...policies, anyPolicy].filter(() => random() < 0.5) as readonly ObjectIdentifier[];
  const extensions = some.length === 0 ? [] : [certificatePolicies(some)];
  const skip = () => small(Math.floor(random() * 3));
  // OpenSSL loses policies that a certificate holds by anyPolicy alone and maps: by §6.1.4 (b) they stay what they were.
  const mappable = some.includes(anyPolicy) ? some.filter((policy) => policy !== anyPolicy) : policies;
  if (isAuthority && mappable.length > 0 && random() < 0.5) {
    const pair = () => sequence(objectIdentifier(oneOf(mappable, random)), objectIdentifier(oneOf(policies, random)));
    extensions.push(extension("2.5.29.33", sequence(...(random() < 0.5 ? [pair()] : [pair(), pair()])), true));
  }
  if (random() < 0.25)
    extensions.push(extension("2.5.29.36", sequence(contextPrimitive(oneOf([0, 1], random), skip())), true));
  if (isAuthority && random() < 0.2) extensions.push(extension("2.5.29.54", unsignedInteger(skip()), true));
  return extensions;
}

/** Our answer and OpenSSL's to one path with policies as chance has them. */
function askPolicies(random: () => number): { readonly ours: string; readonly theirs: string } {
  const holders: Holder[] = [top];
  for (let depth = 1 + Math.floor(random() * 3); depth > 0; depth--) {
    const extensions = [...authorityExtensions, ...policyExtensions(random, true)];
    holders.push(authority(holders.at(-1) ?? top, `Depth ${depth}`, { ...part(`${depth}`, depth), extensions }));
  }
  const extensions = policyExtensions(random, false);
  const target = certify(holders.at(-1) ?? top, { ...part("target", 9), extensions });
  const through = holders.slice(1);
  const flags = { explicit_policy: random() < 0.5, inhibit_map: random() < 0.1, inhibit_any: random() < 0.1 };
  const userInitialPolicySet = [oneOf([anyPolicy, ...policies], random)] as readonly ObjectIdentifier[];
  const ours = answerTo({
    ...{ anchors: [top], through, target, userInitialPolicySet, initialExplicitPolicy: flags.explicit_policy },
    ...{ initialPolicyMappingInhibit: flags.inhibit_map, initialAnyPolicyInhibit: flags.inhibit_any },
  });
  const options = Object.entries(flags).flatMap(([flag, isSet]) => (isSet ? [`-${flag}`] : []));
  return { ours, theirs: ask(through, target, ["-policy_check", "-policy", `${userInitialPolicySet[0]}`, ...options]) };
}

const hosts = [
  "example.jp",
  "www.example.jp",
  "example.com",
  ".example.jp",
  "xexample.jp",
  "EXAMPLE.jp",
  "",
  "*.example.jp",
];

/** A name, or the base of a constraint, as chance has it. */
function anyName(random: () => number, isBase: boolean): Uint8Array {
  const host = oneOf(hosts, random);
  const text = (tag: number, before: readonly string[]) =>
    contextPrimitive(tag, Buffer.from(oneOf(before, random) + host));
  const octets = [10, Math.floor(random() * 2), 0, 0];
  return oneOf(
    [
      text(1, isBase ? ["", "a@"] : ["a@", "b@"]),
      text(2, [""]),
      text(6, isBase ? [""] : ["http://", "ldap://"]),
      contextPrimitive(7, Uint8Array.from(isBase ? [...octets, 255, oneOf([0, 255], random), 0, 0] : octets)),
      contextConstructed(4, cn(oneOf(["Chiba", " chiba", "Tokyo"], random))),
    ],
    random,
  );
}

/** Our answer and OpenSSL's to one target with a name below an authority with constraints as chance has them. */
function askNames(random: () => number): { readonly ours: string; readonly theirs: string } {
  const base = () => sequence(anyName(random, true));
  const kinds = [[0], [1], [0, 1]] as const;
  const subtrees = oneOf(kinds, random).map((tag) => contextConstructed(tag, base(), base()));
  const constraints = extension("2.5.29.30", sequence(...subtrees), true);
  const above = authority(top, "Above", { ...part("above", 2), extensions: [...authorityExtensions, constraints] });
  const altName = extension(extensionOids.subjectAltName, sequence(anyName(random, false)), true);
  const target = certify(above, { ...part("target", 9), subject: sequence(), extensions: [altName] });
  return { ours: answerTo({ anchors: [top], through: [above], target }), theirs: ask([above], target, []) };
}

function ask(through: readonly Holder[], target: Holder, options: readonly string[]): string {
  const certificates = through.map(({ certificate }) => certificate);
  return openssl.ask({ root: top.certificate, certificates, target: target.certificate }, options);
}

describe("paths made by chance", () => {
  it.each([
    ["policies (RFC 5280 §6.1)", askPolicies, 5280],
    ["name constraints (RFC 5280 §4.2.1.10)", askNames, 4158],
  ] as const)("with %s are valid only where OpenSSL says so too", { timeout: 3_600_000 }, (_, askOne, seed) => {
    const random = seeded(seed);
    const answers = Array.from({ length: paths }, () => askOne(random));
    expect(answers.filter(({ ours, theirs }) => ours === "valid" && theirs !== "OK")).toEqual([]);
    expect(answers.filter(({ ours }) => ours === "valid").length).toBeGreaterThan(paths / 10);
    expect(answers.filter(({ ours }) => ours !== "valid").length).toBeGreaterThan(paths / 10);
  });
});
