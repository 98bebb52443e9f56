import {
  type DistinguishedName,
  type EquipmentIdentity,
  type EquipmentKind,
  equipmentKinds,
  equipmentUrn,
  type GeneralName,
  type ObjectIdentifier,
} from "@mitome/x509";

// Arc of a UUID (X.667) for our own policies: 1.n names the kind of equipment.
const equipmentPolicyArc = "2.25.241763414836333762858978309592433423329.1";

/** The policy that marks a certificate as one for this kind of equipment. */
export function equipmentPolicy(kind: EquipmentKind): ObjectIdentifier {
  return `${equipmentPolicyArc}.${equipmentKinds.indexOf(kind) + 1}` as ObjectIdentifier;
}

/** DN of an authority's equipment root; never the DN of the authority itself. */
export function equipmentRootName(authority: string): DistinguishedName {
  return [
    { type: "C", value: "JP" },
    { type: "O", value: `Mitome Equipment ${authority}` },
    { type: "CN", value: "Equipment Root 1" },
  ];
}

/** Subject of an equipment certificate. */
export function equipmentSubject({ authority, kind, municipality, place }: EquipmentIdentity): DistinguishedName {
  return [
    { type: "O", value: municipality === "-" ? authority : municipality },
    { type: "OU", value: kind },
    { type: "CN", value: place },
  ];
}

/** Whether this kind answers TLS connections as well as making them. */
export function isTlsServer(kind: EquipmentKind): boolean {
  return kind === "server" || kind === "authority-server" || kind === "responder";
}

/** The names in an equipment certificate: its URN, and `localhost` for those that listen. */
export function equipmentNames(identity: EquipmentIdentity): readonly GeneralName[] {
  const names: GeneralName[] = [{ kind: "uniformResourceIdentifier", uri: equipmentUrn(identity) }];
  return isTlsServer(identity.kind) ? [...names, { kind: "dNSName", name: "localhost" }] : names;
}
