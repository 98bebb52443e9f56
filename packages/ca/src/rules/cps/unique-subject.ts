import { uniqueNamePattern } from "../../profiles/subscriber.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 3-1-4: each subject is unique. The ledger sees to that; what stands here must come from its random source.
export const uniqueSubject: Rule = {
  id: "cps/3-1-4-unique-subject",
  clause: "千葉県運用規程 3-1-4",
  kinds: ["subscriber"],
  check({ tbs }) {
    const name = tbs.subject.find(({ type }) => type === "CN");
    return name === undefined || uniqueNamePattern.test(name.value)
      ? undefined
      : "the subject's CN is not an opaque name";
  },
};
