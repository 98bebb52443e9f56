import { responderPolicyOf, subscriberPolicyOf } from "../../authority-definition.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 1-2: one policy a kind of certificate and one for its tests; the test policy is a practice authority's alone.
export const policy: Rule = {
  id: "cps/1-2-policy",
  clause: "千葉県運用規程 1-2",
  kinds: ["subscriber", "ocsp-responder"],
  check({ contents, kind, definition }) {
    const allowed = (kind === "subscriber" ? subscriberPolicyOf : responderPolicyOf)(definition);
    const other = contents.certificatePolicies?.find(({ policyIdentifier }) => policyIdentifier !== allowed);
    return other && `${other.policyIdentifier} is not this authority's policy`;
  },
};
