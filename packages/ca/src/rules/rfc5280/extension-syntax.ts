import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// RFC 5280 §4.2.1: each extension's value is the DER of its own ASN.1 type.
export const extensionSyntax: Rule = {
  id: "rfc5280/extension-syntax",
  clause: "RFC 5280 §4.2.1",
  kinds: everyKind,
  check({ contents }) {
    return contents.malformed.length === 0 ? undefined : `malformed: ${contents.malformed.join(", ")}`;
  },
};
