import { equipmentIdentityOf, isSameName } from "@mitome/x509";
import { equipmentNames, equipmentPolicy, equipmentSubject } from "../../equipment.ts";
import type { Rule } from "../rule.ts";

// One machine, one kind, one place: subject, URN and policy say the same.
export const equipmentIdentity: Rule = {
  id: "profile/equipment-identity",
  clause: "千葉県運用規程 6-5-1, 6-7",
  kinds: ["equipment"],
  check({ tbs, contents, definition }) {
    if (contents.subjectAltName === undefined || contents.certificatePolicies === undefined) return undefined;
    const identity = equipmentIdentityOf(tbs);
    if (identity?.authority !== definition.id) return "no URN of this authority's equipment";
    const right =
      isSameName(tbs.subject, equipmentSubject(identity)) &&
      contents.subjectAltName.length === equipmentNames(identity).length &&
      contents.certificatePolicies.every(({ policyIdentifier }) => policyIdentifier === equipmentPolicy(identity.kind));
    return right ? undefined : "subject, names and policy do not say the same";
  },
};
