import { profiles } from "../../profiles/profiles.ts";
import { extensionNameOf } from "../extension-contents.ts";
import { everyKind, type Rule } from "../rule.ts";

// 千葉県運用規程 7-1: the profile's table; nothing stands beside it.
export const noOtherExtensions: Rule = {
  id: "profile/no-other-extensions",
  clause: "千葉県運用規程 7-1",
  kinds: everyKind,
  check({ tbs, kind }) {
    const rows = profiles[kind];
    const other = tbs.extensions.find(({ oid }) => !rows.some(({ extension }) => extension === extensionNameOf(oid)));
    return other && `${other.oid} is not in the profile`;
  },
};
