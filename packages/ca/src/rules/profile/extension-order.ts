import { profiles } from "../../profiles/profiles.ts";
import { extensionNameOf } from "../extension-contents.ts";
import { everyKind, type Rule } from "../rule.ts";

// The certificates in use have their extensions in one order, subjectKeyIdentifier last; verifiers' programs rely on it.
export const extensionOrder: Rule = {
  id: "profile/extension-order",
  clause: "千葉県運用規程 7-1",
  kinds: everyKind,
  check({ tbs, kind }) {
    const places = [...new Set(tbs.extensions.map(({ oid }) => oid))]
      .map((oid) => profiles[kind].findIndex(({ extension }) => extension === extensionNameOf(oid)))
      .filter((place) => place >= 0);
    return places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0))
      ? undefined
      : "another order";
  },
};
