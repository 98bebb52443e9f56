import type { KeyUsageBit } from "@mitome/x509";
import type { Rule } from "../rule.ts";

export const encryptionUses: ReadonlySet<KeyUsageBit> = new Set([
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "encipherOnly",
  "decipherOnly",
]);

// 千葉県運用規程 6-1-1-4: the governor's private key is for electronic signatures: on certificates and on CRLs.
export const governorKeySigns: Rule = {
  id: "cps/6-1-1-4-governor-key-signs",
  clause: "千葉県運用規程 6-1-1-4",
  kinds: ["self-signed"],
  check({ contents }) {
    const uses = contents.keyUsage;
    if (uses === undefined || (uses.includes("cRLSign") && !uses.some((use) => encryptionUses.has(use))))
      return undefined;
    return "the key is for something else than signatures";
  },
};
