import { parseSubjectPublicKeyInfo } from "@mitome/x509";
import { suiteOf } from "../../authority-definition.ts";
import { hasShape } from "../../signature-suite.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 6-1-2-3: the length of the subscriber's key, which is 1,024 bits of RSA in the suite of 2014 alone.
export const subscriberKey: Rule = {
  id: "cps/6-1-2-3-subscriber-key",
  clause: "千葉県運用規程 6-1-2-3",
  kinds: ["subscriber"],
  check({ tbs, definition }) {
    const right = hasShape(parseSubjectPublicKeyInfo(tbs.subjectPublicKeyInfo), suiteOf(definition).subscriberKey);
    return right ? undefined : "the key is not of the suite's kind and length";
  },
};
