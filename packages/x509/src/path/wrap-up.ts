import type { ObjectIdentifier } from "../object-identifier.ts";
import { criticalExtensionRejection } from "./certificate-rules.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathInputs, PathState } from "./path-state.ts";
import { type PolicyGraph, userConstrainedPolicies } from "./policy-graph.ts";
import { type Rejection, reject } from "./rejection.ts";

/** RFC 5280 §6.1.5: the policies that the user may rely on, or why the path is not valid after all. */
export function wrapUp(
  { explicitPolicy }: PathState,
  policyGraph: PolicyGraph,
  certificate: PathCertificate,
  { userInitialPolicySet }: PathInputs,
): readonly ObjectIdentifier[] | Rejection {
  const rejection = criticalExtensionRejection(certificate);
  if (rejection !== undefined) return rejection;
  const policies = userConstrainedPolicies(policyGraph, userInitialPolicySet);
  // RFC 5280 §6.1.5 (a), (b): this certificate itself counts, and may require a policy for itself alone.
  const isPolicyRequired = explicitPolicy <= 1 || certificate.extensions.policyConstraints?.requireExplicitPolicy === 0;
  if (isPolicyRequired && policies.length === 0)
    return reject(
      "noAcceptablePolicy",
      "a policy is required, and none of the user's is valid",
      certificate.subject.text,
    );
  return policies;
}
