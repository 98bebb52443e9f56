import { isSameName } from "@mitome/x509";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 3-1-2: the issuer is recorded by the governor's job title.
export const issuerName: Rule = {
  id: "cps/3-1-2-issuer-name",
  clause: "千葉県運用規程 3-1-2",
  kinds: ["subscriber", "self-signed", "ocsp-responder"],
  check({ tbs, definition }) {
    return isSameName(tbs.issuer, definition.issuer) ? undefined : "the issuer is not the governor's title";
  },
};
