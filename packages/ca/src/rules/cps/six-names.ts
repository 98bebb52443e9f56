import { itemsOf } from "../../profiles/subscriber.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 3-1-2, 4-2-2: commonName, dateOfBirth, gender, address and the two records of substitute characters.
export const sixNames: Rule = {
  id: "cps/4-2-2-six-names",
  clause: "千葉県運用規程 3-1-2, 4-2-2",
  kinds: ["subscriber"],
  check({ contents }) {
    if (contents.subjectAltName === undefined || itemsOf(contents.subjectAltName) !== undefined) return undefined;
    return "subjectAltName does not hold the six names in their order";
  },
};
