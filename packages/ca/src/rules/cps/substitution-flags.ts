import { itemsOf } from "../../profiles/subscriber.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 3-1-8, 4-2-2: where a substitute character was used, the extension says so: one digit for each character.
export const substitutionFlags: Rule = {
  id: "cps/3-1-8-substitution-flags",
  clause: "千葉県運用規程 3-1-8, 4-2-2",
  kinds: ["subscriber"],
  check({ contents }) {
    const items = contents.subjectAltName && itemsOf(contents.subjectAltName);
    if (items === undefined) return undefined;
    const marked = (text: string, flags: string) => /^[01]*$/.test(flags) && flags.length === [...text].length;
    const right = marked(items.name, items.nameSubstitutions) && marked(items.address, items.addressSubstitutions);
    return right ? undefined : "not one flag for each character";
  },
};
