import { extendedKeyUsageOids, isSameName, parseSubjectPublicKeyInfo } from "@mitome/x509";
import { suiteOf } from "../../authority-definition.ts";
import { responderSubject } from "../../profiles/ocsp-responder.ts";
import { hasShape } from "../../signature-suite.ts";
import type { Rule } from "../rule.ts";

// RFC 6960 §4.2.2.2: the key answers OCSP requests and does nothing else; the name says whose it is.
export const responderKey: Rule = {
  id: "cps/1-2-responder-key",
  clause: "千葉県運用規程 1-2, RFC 6960 §4.2.2.2",
  kinds: ["ocsp-responder"],
  check({ tbs, contents, definition }) {
    const { keyUsage = [], extKeyUsage = [] } = contents;
    if (keyUsage.some((use) => use !== "digitalSignature" && use !== "keyCertSign")) return "a use beside signatures";
    if (extKeyUsage.some((purpose) => purpose !== extendedKeyUsageOids.OCSPSigning)) return "a purpose beside OCSP";
    const shape = suiteOf(definition).subscriberKey;
    if (!hasShape(parseSubjectPublicKeyInfo(tbs.subjectPublicKeyInfo), shape)) return "not a key of the suite";
    const expected = responderSubject(definition, tbs.subjectPublicKeyInfo);
    return isSameName(tbs.subject, expected) ? undefined : "the subject is not this responder's name";
  },
};
