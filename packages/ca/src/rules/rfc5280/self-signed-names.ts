import type { Rule } from "../rule.ts";

// RFC 5280 §3.2: self-issued certificates are CA certificates in which the issuer and subject are the same entity.
export const selfSignedNames: Rule = {
  id: "rfc5280/self-signed-names",
  clause: "RFC 5280 §3.2",
  kinds: ["self-signed", "equipment-root"],
  check({ tbs }) {
    return Buffer.compare(tbs.encodedIssuer, tbs.encodedSubject) === 0 ? undefined : "the subject is not the issuer";
  },
};
