import { keyIdentifier } from "@mitome/x509";
import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// RFC 5280 §4.2.1.1: keyIdentifier is that of the issuer's subjectKeyIdentifier, and must be there but in self-signed certificates.
export const authorityKeyIdentifier: Rule = {
  id: "rfc5280/authority-key-identifier",
  clause: "RFC 5280 §4.2.1.1",
  kinds: everyKind,
  check({ contents, issuerKey }) {
    if (contents.authorityKeyIdentifier === undefined) return undefined;
    const { keyIdentifier: found } = contents.authorityKeyIdentifier;
    if (found !== undefined && Buffer.compare(found, keyIdentifier(issuerKey)) === 0) return undefined;
    return "keyIdentifier is not that of the key that signs";
  },
};
