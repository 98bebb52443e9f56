import { lastSecondOfYears } from "../../validity.ts";
import type { Rule } from "../rule.ts";

// A machine's certificate lasts one year, its root ten.
export const equipmentPeriod: Rule = {
  id: "profile/equipment-period",
  clause: "千葉県運用規程 6-5-1, 6-7",
  kinds: ["equipment", "equipment-root"],
  check({ tbs, kind }) {
    const { notBefore, notAfter } = tbs.validity;
    const end = lastSecondOfYears(notBefore, kind === "equipment" ? 1 : 10);
    return notAfter < notBefore || notAfter.getTime() === end.getTime() ? undefined : "another period";
  },
};
