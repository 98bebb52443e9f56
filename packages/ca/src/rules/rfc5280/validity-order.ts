import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// RFC 5280 §4.1.2.5: the period from notBefore through notAfter.
export const validityOrder: Rule = {
  id: "rfc5280/validity-order",
  clause: "RFC 5280 §4.1.2.5",
  kinds: everyKind,
  check({ tbs }) {
    return tbs.validity.notAfter < tbs.validity.notBefore ? "it ends before it begins" : undefined;
  },
};
