import { type Certificate, parseCertificate } from "./certificate.ts";
import { MalformedDer } from "./der.ts";
import { parseGeneralNames } from "./extension-contents.ts";
import { extensionOids } from "./extensions.ts";

/** What an equipment certificate's holder is; each listener accepts exactly its kinds. */
export const equipmentKinds = [
  "server",
  "authority-server",
  "clerk-screen",
  "resident-screen",
  "agent",
  "responder",
  "publisher",
  "verifier",
  "operator-desk",
] as const;

const withoutMunicipality: readonly EquipmentKind[] = [
  "authority-server",
  "responder",
  "publisher",
  "verifier",
  "operator-desk",
];

/** One of the kinds of equipment. */
export type EquipmentKind = (typeof equipmentKinds)[number];

/** Who an equipment certificate says its holder is; `municipality` is `-` for the authority's own machines and for verifiers. */
export interface EquipmentIdentity {
  readonly authority: string;
  readonly kind: EquipmentKind;
  readonly municipality: string;
  readonly place: string;
}

/** The one URI in an equipment certificate: `urn:mitome:equipment:<authority>:<kind>:<municipality or ->:<place>`. */
export function equipmentUrn({ authority, kind, municipality, place }: IdentityParts): string {
  return `urn:mitome:equipment:${authority}:${kind}:${municipality}:${place}`;
}

type IdentityParts = { readonly [Part in keyof EquipmentIdentity]: string };

const urn = /^urn:mitome:equipment:([a-z][a-z0-9-]{1,31}):([a-z-]+):(\d{6}|-):([A-Za-z0-9-]{1,64})$/;

/** Whether identity parts may stand in a certificate: known kind, six-digit code or `-`, place of letters, digits and hyphens. */
export function parseEquipmentIdentity(parts: IdentityParts): EquipmentIdentity | undefined {
  return identityOfUrn(equipmentUrn(parts));
}

/** The identity in a certificate's one URI; `undefined` when there is none, or more than one. */
export function equipmentIdentityOf(certificate: Pick<Certificate, "extensions">): EquipmentIdentity | undefined {
  const names = certificate.extensions.find(({ oid }) => oid === extensionOids.subjectAltName);
  if (names === undefined) return undefined;
  const [only, ...others] = parseGeneralNames(names.value).filter((name) => name.kind === "uniformResourceIdentifier");
  return only === undefined || others.length > 0 ? undefined : identityOfUrn(only.uri);
}

/** The identity in a certificate in DER; `undefined` also for what is no certificate. Says nothing about who signed it. */
export function equipmentIdentityIn(certificate: Uint8Array): EquipmentIdentity | undefined {
  try {
    return equipmentIdentityOf(parseCertificate(certificate));
  } catch (cause) {
    if (cause instanceof MalformedDer) return undefined;
    throw cause;
  }
}

function identityOfUrn(uri: string): EquipmentIdentity | undefined {
  const [, authority, kindText, municipality, place] = urn.exec(uri) ?? [];
  const kind = equipmentKinds.find((known) => known === kindText);
  if (authority === undefined || kind === undefined || municipality === undefined || place === undefined)
    return undefined;
  // A municipality's machine names its municipality; the authority's own machines, and verifiers, name none.
  const ofNoMunicipality = withoutMunicipality.includes(kind);
  return ofNoMunicipality === (municipality === "-") ? { authority, kind, municipality, place } : undefined;
}
