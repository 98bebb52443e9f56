import { lastSecondOfYears, maximumKeyAge } from "../../validity.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 1-3-2, 7-1-1: three years counted from the issue day; 6-3-2 may shorten them by the age of the key, never more.
export const threeYears: Rule = {
  id: "cps/1-3-2-three-years",
  clause: "千葉県運用規程 1-3-2, 6-3-2, 7-1-1",
  kinds: ["subscriber"],
  check({ tbs }) {
    const { notBefore, notAfter } = tbs.validity;
    if (notAfter < notBefore) return undefined;
    const oldestKey = new Date(notBefore.getTime() - maximumKeyAge);
    if (notAfter > lastSecondOfYears(notBefore, 3)) return "it ends after the three years";
    return notAfter < lastSecondOfYears(oldestKey, 3) ? "it ends before the three years" : undefined;
  },
};
