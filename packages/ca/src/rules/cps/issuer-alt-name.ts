import { isSameName } from "@mitome/x509";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 3-1-2, in the writing residents know: the same title beside the issuer's DN.
export const issuerAltName: Rule = {
  id: "cps/3-1-2-issuer-alt-name",
  clause: "千葉県運用規程 3-1-2",
  kinds: ["subscriber", "self-signed"],
  check({ kind, contents, definition }) {
    const names = kind === "subscriber" ? contents.issuerAltName : contents.subjectAltName;
    if (names === undefined) return undefined;
    const [only] = names;
    const right = only?.kind === "directoryName" && isSameName(only.name, definition.issuerAltName);
    return right && names.length === 1 ? undefined : "it is not the governor's title in Japanese";
  },
};
