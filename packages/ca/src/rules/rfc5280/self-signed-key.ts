import type { Rule } from "../rule.ts";

// RFC 5280 §3.2: a self-signed certificate's signature is verified with the public key bound into it.
export const selfSignedKey: Rule = {
  id: "rfc5280/self-signed-key",
  clause: "RFC 5280 §3.2",
  kinds: ["self-signed", "equipment-root"],
  check({ tbs, issuerKey }) {
    return Buffer.compare(tbs.subjectPublicKeyInfo, issuerKey) === 0
      ? undefined
      : "it certifies another key than signs it";
  },
};
