import type { Rule } from "../rule.ts";
import { encryptionUses } from "./governor-key-signs.ts";

// 千葉県運用規程 6-1-2-5: the subscriber's private key is for electronic signatures.
export const subscriberKeySigns: Rule = {
  id: "cps/6-1-2-5-subscriber-key-signs",
  clause: "千葉県運用規程 6-1-2-5",
  kinds: ["subscriber"],
  check({ contents }) {
    const uses = contents.keyUsage;
    if (uses === undefined) return undefined;
    const signs = uses.includes("digitalSignature") && uses.includes("nonRepudiation");
    return signs && !uses.some((use) => encryptionUses.has(use))
      ? undefined
      : "the key is for something else than signatures";
  },
};
