import { lastSecondOfYears } from "../../validity.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 6-3-1-2, 7-1-3: the self-signed certificate is valid for ten years.
export const tenYears: Rule = {
  id: "cps/7-1-3-ten-years",
  clause: "千葉県運用規程 6-3-1-2, 7-1-3",
  kinds: ["self-signed"],
  check({ tbs }) {
    const { notBefore, notAfter } = tbs.validity;
    const right = notAfter < notBefore || notAfter.getTime() === lastSecondOfYears(notBefore, 10).getTime();
    return right ? undefined : "it does not end with the ten years";
  },
};
