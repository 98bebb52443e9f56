import { profiles } from "../../profiles/profiles.ts";
import { extensionNameOf } from "../extension-contents.ts";
import { everyKind, type Rule } from "../rule.ts";

// 千葉県運用規程 7-1: the profile's table says which extensions are critical (RFC 5280 §4.2: reject if not recognised).
export const criticality: Rule = {
  id: "profile/criticality",
  clause: "千葉県運用規程 7-1",
  kinds: everyKind,
  check({ tbs, kind }) {
    const wrong = tbs.extensions.find(({ oid, critical }) =>
      profiles[kind].some((row) => row.extension === extensionNameOf(oid) && row.critical !== critical),
    );
    return wrong && `${wrong.oid} has the other criticality`;
  },
};
