import { parseDateOfBirth } from "@mitome/characters";
import { itemsOf } from "../../profiles/subscriber.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 3-1-7: the kinds and forms of what the extension records; a date EYYYYMMDD, a gender 1, 2 or 3, an address of
// 200 characters at most.
export const itemForms: Rule = {
  id: "cps/3-1-7-item-forms",
  clause: "千葉県運用規程 3-1-7",
  kinds: ["subscriber"],
  check({ contents }) {
    const items = contents.subjectAltName && itemsOf(contents.subjectAltName);
    if (items === undefined) return undefined;
    if (items.name === "" || items.address === "" || [...items.address].length > 200)
      return "a name or an address without its length";
    if (parseDateOfBirth(items.dateOfBirth) === undefined) return "dateOfBirth is not EYYYYMMDD";
    return /^[123]$/.test(items.gender) ? undefined : "gender is not 1, 2 or 3";
  },
};
