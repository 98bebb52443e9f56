import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// RFC 5280 §4.2.1.9: without cA the certified key MUST NOT verify certificate signatures; §4.2.1.3: if keyCertSign is asserted,
// cA MUST also be asserted.
export const certificateSigningKeys: Rule = {
  id: "rfc5280/certificate-signing-keys",
  clause: "RFC 5280 §4.2.1.3, §4.2.1.9",
  kinds: everyKind,
  check({ contents }) {
    if (contents.keyUsage === undefined) return undefined;
    const signs = contents.keyUsage.includes("keyCertSign");
    return signs === (contents.basicConstraints?.cA ?? false) ? undefined : "keyCertSign and cA do not agree";
  },
};
