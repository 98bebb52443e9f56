import {
  type Certificate,
  type DistinguishedName,
  type GeneralName,
  type ObjectIdentifier,
  parseGeneralNames,
} from "@mitome/x509";

/** What an equipment certificate's holder is; each listener accepts exactly its kinds. */
export const equipmentKinds = [
  "server",
  "authority-server",
  "clerk-screen",
  "resident-screen",
  "agent",
  "responder",
  "publisher",
] as const;

/** One of the kinds of equipment. */
export type EquipmentKind = (typeof equipmentKinds)[number];

/** Who an equipment certificate says its holder is; `municipality` is `-` for the authority's own machines. */
export interface EquipmentIdentity {
  readonly authority: string;
  readonly kind: EquipmentKind;
  readonly municipality: string;
  readonly place: string;
}

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
  return kind === "server" || kind === "authority-server";
}

/** The names in an equipment certificate: its URN, and `localhost` for those that listen. */
export function equipmentNames({ authority, kind, municipality, place }: EquipmentIdentity): readonly GeneralName[] {
  const uri = `urn:mitome:equipment:${authority}:${kind}:${municipality}:${place}`;
  const names: GeneralName[] = [{ kind: "uniformResourceIdentifier", uri }];
  return isTlsServer(kind) ? [...names, { kind: "dNSName", name: "localhost" }] : names;
}

const urn = /^urn:mitome:equipment:([a-z][a-z0-9-]{1,31}):([a-z-]+):(\d{6}|-):([A-Za-z0-9-]{1,64})$/;

/** Whether identity parts may stand in a certificate: known kind, six-digit code or `-`, place of letters, digits and hyphens. */
export function parseEquipmentIdentity(parts: {
  readonly authority: string;
  readonly kind: string;
  readonly municipality: string;
  readonly place: string;
}): EquipmentIdentity | undefined {
  return identityOfUrn(`urn:mitome:equipment:${parts.authority}:${parts.kind}:${parts.municipality}:${parts.place}`);
}

/** The identity in a certificate's one URN; `undefined` when there is none, or more than one. */
export function equipmentIdentityOf(certificate: Pick<Certificate, "extensions">): EquipmentIdentity | undefined {
  const names = certificate.extensions.find(({ oid }) => oid === "2.5.29.17");
  if (names === undefined) return undefined;
  const uris = parseGeneralNames(names.value).filter((name) => name.kind === "uniformResourceIdentifier");
  const [only] = uris;
  return only === undefined || uris.length !== 1 ? undefined : identityOfUrn(only.uri);
}

function identityOfUrn(uri: string): EquipmentIdentity | undefined {
  const [, authority, kindText, municipality, place] = urn.exec(uri) ?? [];
  const kind = equipmentKinds.find((known) => known === kindText);
  if (authority === undefined || kind === undefined || municipality === undefined || place === undefined)
    return undefined;
  // A municipality's machine names its municipality; the authority's own machines name none.
  const ownMachine = kind === "authority-server" || kind === "responder" || kind === "publisher";
  return ownMachine === (municipality === "-") ? { authority, kind, municipality, place } : undefined;
}
