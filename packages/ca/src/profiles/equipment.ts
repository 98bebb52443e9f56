import {
  authorityKeyIdentifier,
  certificatePolicies,
  type Der,
  type EquipmentIdentity,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from "@mitome/x509";
import { equipmentNames, equipmentPolicy, isTlsServer } from "../equipment.ts";
import type { ProfileRow } from "./profile.ts";

/** What an equipment certificate's extensions are made from. */
export interface EquipmentFacts {
  readonly identity: EquipmentIdentity;
  readonly rootPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
}

/** Extensions of a machine's certificate; its kind is said by the policy and by the URN. */
export const equipmentProfile: readonly ProfileRow<EquipmentFacts>[] = [
  {
    extension: "authorityKeyIdentifier",
    critical: false,
    content: ({ rootPublicKeyInfo }) => authorityKeyIdentifier(keyIdentifier(rootPublicKeyInfo)),
  },
  { extension: "keyUsage", critical: true, content: () => keyUsage(["digitalSignature"]) },
  {
    extension: "extKeyUsage",
    critical: false,
    content: ({ identity }) =>
      extendedKeyUsage(isTlsServer(identity.kind) ? ["clientAuth", "serverAuth"] : ["clientAuth"]),
  },
  { extension: "subjectAltName", critical: false, content: ({ identity }) => subjectAltName(equipmentNames(identity)) },
  {
    extension: "certificatePolicies",
    critical: false,
    content: ({ identity }) => certificatePolicies([equipmentPolicy(identity.kind)]),
  },
  {
    extension: "subjectKeyIdentifier",
    critical: false,
    content: ({ subjectPublicKeyInfo }) => subjectKeyIdentifier(keyIdentifier(subjectPublicKeyInfo)),
  },
];
