import { suiteOf } from "../../authority-definition.ts";
import { equipmentSignatureAlgorithm } from "../../signature-suite.ts";
import type { Rule } from "../rule.ts";
import { everyKind } from "../rule.ts";

// 千葉県運用規程 7-1-1, 7-1-3: the algorithm with which the governor signs; machines' certificates have one of their own.
export const signatureAlgorithm: Rule = {
  id: "cps/7-1-1-signature-algorithm",
  clause: "千葉県運用規程 7-1-1, 7-1-3",
  kinds: everyKind,
  check({ tbs, kind, definition }) {
    const machine = kind === "equipment" || kind === "equipment-root";
    const expected = machine ? equipmentSignatureAlgorithm : suiteOf(definition).signatureAlgorithm;
    return tbs.signatureAlgorithm === expected ? undefined : `${tbs.signatureAlgorithm} is not the suite's algorithm`;
  },
};
