import { profiles } from "../../profiles/profiles.ts";
import { extensionNameOf } from "../extension-contents.ts";
import { everyKind, type Rule } from "../rule.ts";

// 千葉県運用規程 7-1: the profile's table; every extension of it is there.
export const requiredExtensions: Rule = {
  id: "profile/required-extensions",
  clause: "千葉県運用規程 7-1",
  kinds: everyKind,
  check({ tbs, kind }) {
    const present = new Set(tbs.extensions.map(({ oid }) => extensionNameOf(oid)));
    const missing = profiles[kind].find(({ extension }) => !present.has(extension));
    return missing && `${missing.extension} is missing`;
  },
};
