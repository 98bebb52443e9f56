import { lastSecondOfYears } from "../../validity.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 1-3-2: an OCSP responder's certificate lasts one year from the day it was made valid.
export const responderYear: Rule = {
  id: "cps/1-3-2-responder-year",
  clause: "千葉県運用規程 1-3-2",
  kinds: ["ocsp-responder"],
  check({ tbs }) {
    const { notBefore, notAfter } = tbs.validity;
    return notAfter < notBefore || notAfter.getTime() === lastSecondOfYears(notBefore, 1).getTime()
      ? undefined
      : "another period";
  },
};
