import type { Rule } from "../rule.ts";

// RFC 5280 §4.2.1.9: pathLenConstraint 0: the equipment root certifies machines, no other CA.
export const equipmentRootPathLength: Rule = {
  id: "profile/equipment-root-path-length",
  clause: "RFC 5280 §4.2.1.9",
  kinds: ["equipment-root"],
  check({ contents }) {
    const constraints = contents.basicConstraints;
    if (constraints === undefined || !constraints.cA || constraints.pathLenConstraint === 0) return undefined;
    return "another CA could follow";
  },
};
