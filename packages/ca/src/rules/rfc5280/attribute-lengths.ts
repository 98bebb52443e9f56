import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

const upperBounds: Readonly<Record<string, number>> = {
  C: 2,
  ST: 128,
  L: 128,
  O: 64,
  OU: 64,
  CN: 64,
  serialNumber: 64,
};

// RFC 5280 appendix A.1, "Upper Bounds": ub-common-name 64, ub-locality-name 128, ub-organization-name 64; a country has two letters.
export const attributeLengths: Rule = {
  id: "rfc5280/attribute-lengths",
  clause: "RFC 5280 appendix A.1",
  kinds: everyKind,
  check({ tbs }) {
    const tooLong = [...tbs.issuer, ...tbs.subject].find(({ type, value }) => {
      const length = [...value].length;
      return length === 0 || length > (upperBounds[type] ?? 0) || (type === "C" && length !== 2);
    });
    return tooLong && `${tooLong.type} is empty, too long or unknown`;
  },
};
