import { authorityRejection, certificateSigningRejection, criticalExtensionRejection } from "./certificate-rules.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathState } from "./path-state.ts";
import { anyPolicy } from "./policy-extensions.ts";
import { mapPolicies, type PolicyGraph } from "./policy-graph.ts";
import { type Rejection, reject } from "./rejection.ts";
import type { ValidationRun } from "./validation-run.ts";

/** RFC 5280 §6.1.4: the state for the certificate that this one issued, or why it may issue none. */
export function prepareForNext(
  run: ValidationRun,
  state: PathState,
  policyGraph: PolicyGraph,
  certificate: PathCertificate,
): PathState | Rejection {
  const rejection =
    mappingRejection(certificate) ??
    authorityRejection(certificate) ??
    pathLengthRejection(state, certificate) ??
    certificateSigningRejection(certificate) ??
    criticalExtensionRejection(certificate);
  if (rejection !== undefined) return rejection;
  const { extensions, subject, publicKey } = certificate;
  return {
    ...nextCounters(state, certificate),
    policyGraph: mapPolicies(policyGraph, extensions.policyMappings ?? [], state.policyMapping > 0),
    nameConstraints:
      extensions.nameConstraints === undefined
        ? state.nameConstraints
        : [...state.nameConstraints, extensions.nameConstraints],
    workingKey: run.workingKey(publicKey, state.workingKey.info),
    workingIssuerName: subject,
    maxPathLength: nextPathLength(state, certificate),
  };
}

/** RFC 5280 §6.1.4 (a): neither side of a mapping is anyPolicy. */
function mappingRejection({ extensions, subject }: PathCertificate): Rejection | undefined {
  const isAny = (extensions.policyMappings ?? []).some(
    ({ issuerDomainPolicy, subjectDomainPolicy }) =>
      issuerDomainPolicy === anyPolicy || subjectDomainPolicy === anyPolicy,
  );
  return isAny ? reject("anyPolicyMapped", "policyMappings maps from or to anyPolicy", subject.text) : undefined;
}

/** RFC 5280 §6.1.4 (l). */
function pathLengthRejection({ maxPathLength }: PathState, certificate: PathCertificate): Rejection | undefined {
  if (certificate.isSelfIssued || maxPathLength > 0) return undefined;
  return reject("pathTooLong", "pathLenConstraint allows no further authority", certificate.subject.text);
}

/** RFC 5280 §6.1.4 (l), (m). */
function nextPathLength({ maxPathLength }: PathState, { isSelfIssued, extensions }: PathCertificate): number {
  const left = isSelfIssued ? maxPathLength : maxPathLength - 1;
  return Math.min(left, extensions.basicConstraints?.pathLenConstraint ?? left);
}

/** RFC 5280 §6.1.4 (h)–(j): a self-issued certificate does not count; constraints only ever lower what is left. */
function nextCounters(
  state: PathState,
  { isSelfIssued, extensions }: PathCertificate,
): Pick<PathState, "explicitPolicy" | "policyMapping" | "inhibitAnyPolicy"> {
  const next = (count: number, limit: number | undefined): number => {
    const left = isSelfIssued ? count : Math.max(0, count - 1);
    return Math.min(left, limit ?? left);
  };
  return {
    explicitPolicy: next(state.explicitPolicy, extensions.policyConstraints?.requireExplicitPolicy),
    policyMapping: next(state.policyMapping, extensions.policyConstraints?.inhibitPolicyMapping),
    inhibitAnyPolicy: next(state.inhibitAnyPolicy, extensions.inhibitAnyPolicy),
  };
}
