import { basicConstraints, type Der, keyIdentifier, keyUsage, subjectKeyIdentifier } from "@mitome/x509";
import type { ProfileRow } from "./profile.ts";

/** What the equipment root's extensions are made from. */
export interface EquipmentRootFacts {
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
}

/** Extensions of the equipment root: it certifies machines, never another CA. */
export const equipmentRootProfile: readonly ProfileRow<EquipmentRootFacts>[] = [
  { extension: "basicConstraints", critical: true, content: () => basicConstraints(0) },
  { extension: "keyUsage", critical: true, content: () => keyUsage(["keyCertSign", "cRLSign"]) },
  {
    extension: "subjectKeyIdentifier",
    critical: false,
    content: ({ subjectPublicKeyInfo }) => subjectKeyIdentifier(keyIdentifier(subjectPublicKeyInfo)),
  },
];
