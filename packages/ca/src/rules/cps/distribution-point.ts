import { isSameName } from "@mitome/x509";
import { distributionPointName } from "../../authority-definition.ts";
import { operationalPointName } from "../../lists/list-scope.ts";
import type { Rule } from "../rule.ts";

// 千葉県運用規程 4-4-4-4: a CRL for each municipality; the certificate names its own, of the key generation that signs;
// operational certificates have one together.
export const distributionPoint: Rule = {
  id: "cps/4-4-4-4-distribution-point",
  clause: "千葉県運用規程 4-4-4-4",
  kinds: ["subscriber", "ocsp-responder"],
  check({ tbs, kind, contents, definition, generation }) {
    const municipality = definition.municipalities.find(({ romaji }) => romaji === tbs.subject[2]?.value);
    const expected =
      kind === "ocsp-responder"
        ? operationalPointName(definition, generation)
        : municipality && distributionPointName(definition, municipality, generation);
    if (contents.cRLDistributionPoints === undefined || expected === undefined) return undefined;
    const [point, ...others] = contents.cRLDistributionPoints;
    const [name, ...otherNames] = point?.fullName ?? [];
    const right = name?.kind === "directoryName" && isSameName(name.name, expected);
    const whole = point?.reasons === undefined && point?.cRLIssuer === undefined;
    return right && whole && others.length === 0 && otherNames.length === 0
      ? undefined
      : "it is not the point of its list and this key generation";
  },
};
