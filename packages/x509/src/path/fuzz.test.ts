import { getHeapStatistics } from "node:v8";
import { afterAll, describe, expect, it } from "vitest";
import { fuzzParts, fuzzRoot, type Part, signAnew, toBeSigned } from "./fuzz-hierarchy.fixture.ts";
import { requestOf } from "./hierarchy.fixture.ts";
import { mutateDer } from "./mutate-der.fixture.ts";
import { OpensslVerify } from "./openssl.fixture.ts";
import { type PathCertificate, readPathCertificate } from "./path-certificate.ts";
import { readPathCertificateList } from "./path-certificate-list.ts";
import { PathStore } from "./path-store.ts";
import { oneOf, seeded, shuffled } from "./seeded.fixture.ts";
import { type PathVerdict, validateCertificationPath } from "./validate-certification-path.ts";
import type { SignatureCache } from "./validation-run.ts";

// A whole run (MITOME_FULL=1) changes 1,000,000 paths, otherwise 20,000 are.
const whole = process.env.MITOME_FULL === "1";
const paths = whole ? 1_000_000 : 20_000;
const secondOpinions = whole ? 2_000 : 40;

const openssl = new OpensslVerify();
afterAll(() => openssl.end());

/** A path as it is given: the target's octets, and those of everything else in some order. */
interface Given {
  readonly target: Uint8Array;
  readonly parts: readonly Part[];
  readonly isSignedAnew: boolean;
}

const hex = (octets: Iterable<number>): string => Buffer.from([...octets]).toString("hex");
const originals = new Set(fuzzParts.map(({ der }) => hex(der)));

/** The path with some parts changed: in the one half of cases as somebody in the way would, in the other as its authorities. */
function change(random: () => number): Given {
  const isSignedAnew = random() < 0.5;
  const changed = fuzzParts.map((part) => ({ ...part, original: part.der }));
  for (let count = random() < 0.8 ? 1 : 2; count > 0; count--) {
    const index = Math.floor(random() * changed.length);
    const part = changed[index];
    if (part === undefined) continue;
    const der = isSignedAnew
      ? signAnew(part, mutateDer(toBeSigned(part.original), random))
      : mutateDer(part.original, random);
    changed[index] = { ...part, der };
  }
  if (random() < 0.1) changed.splice(Math.floor(random() * (changed.length - 1)), 1);
  if (random() < 0.1) changed.unshift(oneOf(changed.slice(0, -1), random));
  return { target: changed.at(-1)?.der ?? new Uint8Array(), parts: shuffled(changed, random), isSignedAnew };
}

const signatures: SignatureCache = new Map();

function validate({ target, parts }: Given): PathVerdict {
  const store = new PathStore();
  for (const { kind, der } of parts) kind === "certificate" ? store.addCertificate(der) : store.addList(der);
  if (signatures.size > 100_000) signatures.clear();
  return validateCertificationPath({
    ...requestOf({ anchors: [fuzzRoot], target, revocation: "required", signatures }),
    store,
  });
}

describe("certificates, lists and paths that are not what they should be", () => {
  /** Some of the paths that were signed anew and accepted: about as many as OpenSSL is asked about. */
  const accepted: Given[] = [];

  it("begin with one that is valid, which OpenSSL accepts too", () => {
    const given = { target: fuzzParts.at(-1)?.der ?? new Uint8Array(), parts: fuzzParts, isSignedAnew: false };
    expect(validate(given).kind).toBe("valid");
    expect(opinionOf(given)).toBe("OK");
  });

  it(`bring no exception, no second of work, no 200 MB and, unsigned, no acceptance (${paths} of them)`, {
    timeout: 7_200_000,
  }, () => {
    const random = seeded(5280);
    const said = new Map<string, number>();
    // Processor time: what else the machine does is none of the validator's work.
    let longest = 0;
    let most = 0;
    for (let number = 0; number < paths; number++) {
      const given = change(random);
      const heap = getHeapStatistics().used_heap_size;
      const from = process.cpuUsage();
      const verdict = validate(given);
      const { user, system } = process.cpuUsage(from);
      longest = Math.max(longest, (user + system) / 1_000);
      most = Math.max(most, getHeapStatistics().used_heap_size - heap);
      const answer = verdict.kind === "valid" ? "valid" : verdict.rejection.reason;
      said.set(answer, (said.get(answer) ?? 0) + 1);
      if (verdict.kind !== "valid") continue;
      if (given.isSignedAnew) {
        if (random() < (10 * secondOpinions) / paths) accepted.push(given);
      } else for (const { der } of verdict.certificates) expect(originals).toContain(hex(der));
    }
    expect(longest).toBeLessThan(1_000);
    expect(most).toBeLessThan(200 * 2 ** 20);
    // The changes reach the rules: otherwise they would show little.
    expect([...said.keys()]).toEqual(
      expect.arrayContaining([
        "valid",
        "badSignature",
        "malformedCertificate",
        "revocationUndetermined",
        "notYetValid",
      ]),
    );
    expect([...said.keys()]).toEqual(
      expect.arrayContaining(["nameNotPermitted", "noValidPolicy", "noIssuer", "unusableKey"]),
    );
  });

  it("and, signed, are accepted only where OpenSSL accepts them too, or for a known reason", {
    timeout: 7_200_000,
  }, () => {
    const differences = accepted
      .map((given) => ({ given, opinion: opinionOf(given) }))
      .filter(({ given, opinion }) => opinion !== "OK" && !isExplained(given, opinion));
    expect(differences.map(({ opinion }) => opinion)).toEqual([]);
  });
});

/** Whether OpenSSL's objection is one of those that RFC 5280 does not make. */
function isExplained(given: Given, opinion: string): boolean {
  const certificates = given.parts
    .filter(({ kind }) => kind === "certificate")
    .map(({ der }) => readPathCertificate(der));
  const isListChanged = given.parts.some(({ kind, der }) => kind === "list" && !originals.has(hex(der)));
  switch (opinion) {
    // Key identifiers help to find an issuer (§4.2.1.1); OpenSSL takes none whose identifier is another.
    case "unable to get local issuer certificate":
      return certificates.some((one) => one.kind === "certificate" && !isKeyIdentifierOriginal(one.certificate));
    // A target with its issuer's name is self-issued (§6.1); OpenSSL then asks for no issuer.
    case "self-signed certificate":
      return certificates.some((one) => one.kind === "certificate" && one.certificate.isSelfIssued);
    // OpenSSL reads no name with certain types in attributes that it does not know, such as OCTET STRING.
    case "Could not read certificate file from target.pem":
      return certificates.some((one) => one.kind === "certificate" && one.certificate.subject.text.includes("=#"));
    // A list past its nextUpdate serves as the base of a delta (§6.3.3 (a)); OpenSSL wants both to be current.
    case "CRL has expired":
    // A list named like the certificate's issuer serves it without a distribution point (end of §6.3.3).
    case "different CRL scope":
      return isListChanged;
    default:
      return false;
  }
}

/** Whether the key identifiers are what they were: 1 of the upper authority, 2 of the lower. */
function isKeyIdentifierOriginal({ extensions, subject }: PathCertificate): boolean {
  const own = { "CN=Upper": "01", "CN=Lower": "02" }[subject.text];
  const issuing = { "CN=Lower": "01", "CN=Target": "02" }[subject.text];
  const { subjectKeyIdentifier = [], authorityKeyIdentifier } = extensions;
  return (
    hex(subjectKeyIdentifier) === (own ?? "") && hex(authorityKeyIdentifier?.keyIdentifier ?? []) === (issuing ?? "")
  );
}

/** What OpenSSL thinks; what cannot be read is left out there as here, for it would read nothing of a file behind it. */
function opinionOf({ target, parts }: Given): string {
  const of = (kind: Part["kind"]): readonly Uint8Array[] =>
    parts.filter((part) => part.kind === kind && isReadable(part)).map(({ der }) => der);
  const path = { root: fuzzRoot.certificate, certificates: of("certificate"), lists: of("list"), target };
  return openssl.ask(path, ["-crl_check_all", "-extended_crl", "-use_deltas"]);
}

function isReadable({ kind, der }: Part): boolean {
  return (kind === "list" ? readPathCertificateList(der) : readPathCertificate(der)).kind !== "malformed";
}
