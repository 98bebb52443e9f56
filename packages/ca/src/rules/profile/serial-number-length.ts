import { everyKind, type Rule } from "../rule.ts";

// 128 random bits and more make a serial number that nobody can foretell and no two certificates share.
export const serialNumberLength: Rule = {
  id: "profile/serial-number-length",
  clause: "千葉県運用規程 7-1-1; RFC 5280 §4.1.2.2",
  kinds: everyKind,
  check({ tbs }) {
    return tbs.serialNumber.length >= 2 * 17 ? undefined : "shorter than 17 octets";
  },
};
