import { parseSubjectPublicKeyInfo } from "@mitome/x509";
import { hasShape, equipmentKey as shape } from "../../signature-suite.ts";
import type { Rule } from "../rule.ts";

// FIPS 186-4 appendix D: machines have keys on P-256, whatever the authority's suite.
export const equipmentKey: Rule = {
  id: "profile/equipment-key",
  clause: "FIPS 186-4 appendix D",
  kinds: ["equipment", "equipment-root"],
  check({ tbs }) {
    return hasShape(parseSubjectPublicKeyInfo(tbs.subjectPublicKeyInfo), shape) ? undefined : "not a key on P-256";
  },
};
