import { isInRepertoire } from "@mitome/characters";
import { itemsOf } from "../../profiles/subscriber.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 3-1-8: only characters of JIS X 0208 and JIS X 0212.
export const repertoire: Rule = {
  id: "cps/3-1-8-repertoire",
  clause: "千葉県運用規程 3-1-8",
  kinds: ["subscriber"],
  check({ contents }) {
    const items = contents.subjectAltName && itemsOf(contents.subjectAltName);
    if (items === undefined || (isInRepertoire(items.name) && isInRepertoire(items.address))) return undefined;
    return "a character outside JIS X 0208 and JIS X 0212";
  },
};
