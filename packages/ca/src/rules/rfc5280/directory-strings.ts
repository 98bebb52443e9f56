import { encodeName } from "@mitome/x509";
import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// RFC 5280 §4.1.2.4: attributes of type DirectoryString are PrintableString or UTF8String; here always UTF8String, and the
// country, which is no DirectoryString, PrintableString (appendix A.1). One name then has one encoding.
export const directoryStrings: Rule = {
  id: "rfc5280/directory-strings",
  clause: "RFC 5280 §4.1.2.4",
  kinds: everyKind,
  check({ tbs }) {
    const issuer = Buffer.compare(encodeName(tbs.issuer), tbs.encodedIssuer) === 0;
    const subject = Buffer.compare(encodeName(tbs.subject), tbs.encodedSubject) === 0;
    return issuer && subject ? undefined : "a name with another string type";
  },
};
