import { issuerRejection, validityRejection } from "./certificate-rules.ts";
import { nameConstraintsRejection } from "./check-name-constraints.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathState } from "./path-state.ts";
import { addPolicies, type PolicyGraph } from "./policy-graph.ts";
import { type Rejection, reject } from "./rejection.ts";
import type { ValidationRun } from "./validation-run.ts";

/**
 * RFC 5280 §6.1.3, basic certificate processing, but for revocation: the policy graph with this certificate's level, or a
 * rejection. `isFinal`: it is certificate n.
 */
export function processCertificate(
  run: ValidationRun,
  state: PathState,
  certificate: PathCertificate,
  isFinal: boolean,
): PolicyGraph | Rejection {
  const about = certificate.subject.text;
  const rejection =
    issuerNameRejection(certificate, state) ??
    signatureRejection(run, certificate, state) ??
    validityRejection(certificate, run.time) ??
    constrainedNameRejection(run, certificate, state, isFinal);
  if (rejection !== undefined) return rejection;
  run.pass(about, "RFC 5280 §6.1.3 (a)–(c)", "signature, validity, issuer name and name constraints");
  const graph = nextPolicyGraph(state, certificate, isFinal);
  // RFC 5280 §6.1.3 (f): "Verify that either explicit_policy is greater than 0 or the valid_policy_tree is not equal to NULL".
  if (state.explicitPolicy === 0 && graph.size === 0)
    return reject("noValidPolicy", "a policy is required, and the path is valid for none", about);
  const policies = graph.size === 0 ? "none" : [...graph.keys()].slice(0, 10).join(" ");
  run.pass(about, "RFC 5280 §6.1.3 (d)–(f)", `valid policies: ${policies}`);
  return graph;
}

/** RFC 5280 §6.1.3 (a)(4). */
function issuerNameRejection(certificate: PathCertificate, { workingIssuerName }: PathState): Rejection | undefined {
  const { issuer, subject } = certificate;
  if (issuer.key === workingIssuerName.key) return issuerRejection(certificate);
  return reject("issuerNameMismatch", `issued by ${issuer.text}, not by ${workingIssuerName.text}`, subject.text);
}

/** RFC 5280 §6.1.3 (a)(1). */
function signatureRejection(
  run: ValidationRun,
  certificate: PathCertificate,
  { workingKey }: PathState,
): Rejection | undefined {
  const rejection = run.signatureRejection(certificate, workingKey);
  return rejection && { ...rejection, certificate: certificate.subject.text };
}

/** RFC 5280 §6.1.3 (b), (c): not for a self-issued certificate, "unless it is the final certificate in the path". */
function constrainedNameRejection(
  run: ValidationRun,
  certificate: PathCertificate,
  { nameConstraints }: PathState,
  isFinal: boolean,
): Rejection | undefined {
  if (certificate.isSelfIssued && !isFinal) return undefined;
  return nameConstraintsRejection(run, certificate, nameConstraints);
}

/** RFC 5280 §6.1.3 (d), (e). */
function nextPolicyGraph(
  { policyGraph, inhibitAnyPolicy }: PathState,
  { extensions, isSelfIssued }: PathCertificate,
  isFinal: boolean,
): PolicyGraph {
  const policies = extensions.certificatePolicies?.map(({ policyIdentifier }) => policyIdentifier) ?? [];
  return addPolicies(policyGraph, policies, inhibitAnyPolicy > 0 || (!isFinal && isSelfIssued));
}
