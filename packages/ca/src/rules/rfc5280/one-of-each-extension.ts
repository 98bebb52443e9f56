import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// RFC 5280 §4.2: a certificate MUST NOT include more than one instance of a particular extension.
export const oneOfEachExtension: Rule = {
  id: "rfc5280/one-of-each-extension",
  clause: "RFC 5280 §4.2",
  kinds: everyKind,
  check({ tbs }) {
    const seen = new Set<string>();
    const twice = tbs.extensions.find(({ oid }) => seen.size === seen.add(oid).size);
    return twice && `${twice.oid} stands twice`;
  },
};
