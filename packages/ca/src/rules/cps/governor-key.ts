import { parseSubjectPublicKeyInfo } from "@mitome/x509";
import { authorityKeyShape } from "../../authority-definition.ts";
import { hasShape } from "../../signature-suite.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 6-1-1-2: the governor's key is RSA of 2,048 bits unless the definition names a stronger suite or length.
export const governorKey: Rule = {
  id: "cps/6-1-1-2-governor-key",
  clause: "千葉県運用規程 6-1-1-2",
  kinds: ["subscriber", "self-signed", "ocsp-responder"],
  check({ issuerKey, definition }) {
    const right = hasShape(parseSubjectPublicKeyInfo(issuerKey), authorityKeyShape(definition));
    return right ? undefined : "the key that signs is not of the definition's kind and length";
  },
};
