import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// RFC 5280 §4.2.1.4: a certificate policy OID MUST NOT appear more than once.
export const policiesOnce: Rule = {
  id: "rfc5280/policies-once",
  clause: "RFC 5280 §4.2.1.4",
  kinds: everyKind,
  check({ contents }) {
    const policies = contents.certificatePolicies?.map(({ policyIdentifier }) => policyIdentifier) ?? [];
    return new Set(policies).size === policies.length ? undefined : "a policy stands twice";
  },
};
