import { equipmentIdentityOf, extendedKeyUsageOids } from "@mitome/x509";
import { isTlsServer } from "../../equipment.ts";
import type { Rule } from "../rule.ts";

// A machine's key proves who it is in TLS and signs requests; only those that listen are TLS servers.
export const equipmentKeyUsage: Rule = {
  id: "profile/equipment-key-usage",
  clause: "RFC 5280 §4.2.1.3, §4.2.1.12",
  kinds: ["equipment"],
  check({ tbs, contents }) {
    const identity = contents.subjectAltName && equipmentIdentityOf(tbs);
    const { keyUsage = [], extKeyUsage } = contents;
    if (keyUsage.some((use) => use !== "digitalSignature" && use !== "keyCertSign")) return "a use beside signatures";
    if (identity === undefined || extKeyUsage === undefined) return undefined;
    const { clientAuth, serverAuth } = extendedKeyUsageOids;
    const expected = isTlsServer(identity.kind) ? [clientAuth, serverAuth] : [clientAuth];
    return extKeyUsage.join() === expected.join() ? undefined : "not the purposes of its kind";
  },
};
