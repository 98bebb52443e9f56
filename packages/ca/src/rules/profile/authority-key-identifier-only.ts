import { everyKind, type Rule } from "../rule.ts";

// With the issuer's name and serial number beside the key identifier, OpenSSL refuses the paths over link and cross certificates,
// which have the same key under another serial number.
export const authorityKeyIdentifierOnly: Rule = {
  id: "profile/authority-key-identifier-only",
  clause: "RFC 5280 §4.2.1.1",
  kinds: everyKind,
  check({ contents }) {
    const identifier = contents.authorityKeyIdentifier;
    const more = identifier?.authorityCertIssuer ?? identifier?.authorityCertSerialNumber;
    return more === undefined ? undefined : "more than the key identifier";
  },
};
