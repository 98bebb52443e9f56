import { readWhole } from "../der-reader.ts";
import {
  type AuthorityKeyIdentifier,
  type DistributionPoint,
  type PolicyInformation,
  parseAuthorityKey,
  parseBasicConstraints,
  parseCertificatePolicies,
  parseDistributionPoints,
  parseExtendedKeyUsage,
  parseKeyUsage,
  parseSubjectKeyIdentifier,
} from "../extension-contents.ts";
import { type Extension, extensionOids, type KeyUsageBit } from "../extensions.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import { type NameConstraints, parseNameConstraints } from "./name-constraints.ts";
import { type PathGeneralName, readPathGeneralNames } from "./path-general-name.ts";
import {
  type PolicyConstraints,
  type PolicyMapping,
  parseInhibitAnyPolicy,
  parsePolicyConstraints,
  parsePolicyMappings,
} from "./policy-extensions.ts";

/** What a certificate's extensions say, each `undefined` where it has none. */
export interface CertificateExtensions {
  readonly basicConstraints: { readonly cA: boolean; readonly pathLenConstraint: number | undefined } | undefined;
  readonly keyUsage: readonly KeyUsageBit[] | undefined;
  readonly extKeyUsage: readonly ObjectIdentifier[] | undefined;
  readonly subjectAltName: readonly PathGeneralName[] | undefined;
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  readonly authorityKeyIdentifier: AuthorityKeyIdentifier<PathGeneralName> | undefined;
  readonly certificatePolicies: readonly PolicyInformation[] | undefined;
  readonly policyMappings: readonly PolicyMapping[] | undefined;
  readonly policyConstraints: PolicyConstraints | undefined;
  readonly inhibitAnyPolicy: number | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  readonly cRLDistributionPoints: readonly DistributionPoint<PathGeneralName>[] | undefined;
  /** Critical ones that no rule here processes (RFC 5280 §6.1.4 (o), §6.1.5 (f)). */
  readonly unprocessedCritical: readonly ObjectIdentifier[];
}

const policyMappings = "2.5.29.33";
const policyConstraints = "2.5.29.36";
const inhibitAnyPolicy = "2.5.29.54";
const nameConstraints = "2.5.29.30";
const freshestCRL = "2.5.29.46";

const processed: ReadonlySet<ObjectIdentifier> = new Set([
  ...Object.values(extensionOids),
  policyMappings,
  policyConstraints,
  inhibitAnyPolicy,
  nameConstraints,
  freshestCRL,
]);

/** Policy qualifiers of RFC 5280 §4.2.1.4: CPS pointer and user notice. */
const knownQualifiers: ReadonlySet<ObjectIdentifier> = new Set(["1.3.6.1.5.5.7.2.1", "1.3.6.1.5.5.7.2.2"]);

/** An extension whose value is not what its identifier promises; `cause` is the `MalformedDer`. */
export class MalformedExtension extends Error {
  override readonly name = "MalformedExtension";
}

/** Reads every extension that has a rule; throws `MalformedExtension`, also for one that stands there twice. */
export function readCertificateExtensions(extensions: readonly Extension[]): CertificateExtensions {
  const byOid = indexExtensions(extensions);
  const read = <Value>(oid: ObjectIdentifier, parse: (value: Uint8Array) => Value): Value | undefined =>
    readExtension(byOid, oid, parse);
  read(extensionOids.issuerAltName, generalNames);
  read(freshestCRL, distributionPoints);
  const policies = read(extensionOids.certificatePolicies, parseCertificatePolicies);
  requireDistinctPolicies(policies ?? []);
  return {
    basicConstraints: read(extensionOids.basicConstraints, parseBasicConstraints),
    keyUsage: read(extensionOids.keyUsage, parseKeyUsage),
    extKeyUsage: read(extensionOids.extKeyUsage, parseExtendedKeyUsage),
    subjectAltName: read(extensionOids.subjectAltName, generalNames),
    subjectKeyIdentifier: read(extensionOids.subjectKeyIdentifier, parseSubjectKeyIdentifier),
    authorityKeyIdentifier: read(extensionOids.authorityKeyIdentifier, (value) =>
      parseAuthorityKey(value, readPathGeneralNames),
    ),
    certificatePolicies: policies,
    policyMappings: read(policyMappings, parsePolicyMappings),
    policyConstraints: read(policyConstraints, parsePolicyConstraints),
    inhibitAnyPolicy: read(inhibitAnyPolicy, parseInhibitAnyPolicy),
    nameConstraints: read(nameConstraints, parseNameConstraints),
    cRLDistributionPoints: read(extensionOids.cRLDistributionPoints, distributionPoints),
    unprocessedCritical: extensions.filter((one) => one.critical && !isProcessed(one, policies)).map(({ oid }) => oid),
  };
}

/** RFC 5280 §4.2: "A certificate MUST NOT include more than one instance of a particular extension"; lists likewise. */
export function indexExtensions(extensions: readonly Extension[]): ReadonlyMap<ObjectIdentifier, Extension> {
  const byOid = new Map<ObjectIdentifier, Extension>();
  for (const extension of extensions) {
    if (byOid.has(extension.oid)) throw new MalformedExtension(`two extensions ${extension.oid}`);
    byOid.set(extension.oid, extension);
  }
  return byOid;
}

/** The value of the extension `oid` as `parse` reads it; throws `MalformedExtension` where it cannot. */
export function readExtension<Value>(
  extensions: ReadonlyMap<ObjectIdentifier, Extension>,
  oid: ObjectIdentifier,
  parse: (value: Uint8Array) => Value,
): Value | undefined {
  const extension = extensions.get(oid);
  if (extension === undefined) return undefined;
  try {
    return parse(extension.value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "";
    throw new MalformedExtension(`the extension ${oid} holds ${reason}`, { cause });
  }
}

/** RFC 5280 §4.2.1.4: whoever cannot interpret a critical certificatePolicies with its qualifiers rejects the certificate. */
function isProcessed({ oid }: Extension, policies: readonly PolicyInformation[] | undefined): boolean {
  if (oid !== extensionOids.certificatePolicies) return processed.has(oid);
  return (policies ?? []).every(
    ({ policyQualifiers }) => (policyQualifiers ?? []).length === 0 || areKnown(policyQualifiers),
  );
}

function areKnown(policyQualifiers: Uint8Array | undefined): boolean {
  if (policyQualifiers === undefined) return true;
  return readWhole(policyQualifiers, (reader) => {
    const qualifiers = reader.sequence();
    let known = true;
    while (!qualifiers.atEnd) {
      const qualifier = qualifiers.sequence();
      known &&= knownQualifiers.has(qualifier.objectIdentifier());
    }
    return known;
  });
}

/** RFC 5280 §4.2.1.4: "A certificate policy OID MUST NOT appear more than once". */
function requireDistinctPolicies(policies: readonly PolicyInformation[]): void {
  const distinct = new Set(policies.map(({ policyIdentifier }) => policyIdentifier));
  if (distinct.size !== policies.length) throw new MalformedExtension("one policy stands in certificatePolicies twice");
}

function generalNames(value: Uint8Array): readonly PathGeneralName[] {
  return readWhole(value, (reader) => readPathGeneralNames(reader.sequence()));
}

function distributionPoints(value: Uint8Array): readonly DistributionPoint<PathGeneralName>[] {
  return parseDistributionPoints(value, readPathGeneralNames);
}
