import { keyIdentifier } from "@mitome/x509";
import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// RFC 5280 §4.2.1.2 method (1): the SHA-1 hash of the subject's public key bits.
export const subjectKeyIdentifier: Rule = {
  id: "rfc5280/subject-key-identifier",
  clause: "RFC 5280 §4.2.1.2",
  kinds: everyKind,
  check({ tbs, contents }) {
    const found = contents.subjectKeyIdentifier;
    if (found === undefined || Buffer.compare(found, keyIdentifier(tbs.subjectPublicKeyInfo)) === 0) return undefined;
    return "the identifier is not that of the certified key";
  },
};
