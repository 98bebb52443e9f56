import { encodeValidity } from "@mitome/x509";
import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// RFC 5280 §4.1.2.5: dates through the year 2049 MUST be UTCTime, dates in 2050 or later MUST be GeneralizedTime.
export const timeEncoding: Rule = {
  id: "rfc5280/time-encoding",
  clause: "RFC 5280 §4.1.2.5",
  kinds: everyKind,
  check({ tbs }) {
    return Buffer.compare(encodeValidity(tbs.validity), tbs.encodedValidity) === 0
      ? undefined
      : "the other type of time";
  },
};
