import { isSameName } from "@mitome/x509";
import { equipmentRootName } from "../../equipment.ts";
import type { Rule } from "../rule.ts";

// Machines have a root and a DN of their own: none of their certificates can pass for one of the governor's.
export const equipmentIssuer: Rule = {
  id: "profile/equipment-issuer",
  clause: "千葉県運用規程 6-5-1, 6-7",
  kinds: ["equipment", "equipment-root"],
  check({ tbs, definition }) {
    const right = isSameName(tbs.issuer, equipmentRootName(definition.id));
    return right ? undefined : "the issuer is not this authority's equipment root";
  },
};
