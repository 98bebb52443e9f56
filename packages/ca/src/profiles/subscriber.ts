import {
  authorityKeyIdentifier,
  certificatePolicies,
  crlDistributionPoints,
  type Der,
  type DistinguishedName,
  type GeneralName,
  issuerAltName,
  type KeyUsageBit,
  keyIdentifier,
  keyUsage,
  type ObjectIdentifier,
  subjectAltName,
  subjectKeyIdentifier,
} from "@mitome/x509";
import {
  type AuthorityDefinition,
  distributionPointName,
  type KeyGeneration,
  type Municipality,
  subscriberPolicyOf,
} from "../authority-definition.ts";
import type { CertifiedItems } from "../issuance-request.ts";
import type { ProfileRow } from "./profile.ts";

/** What a subscriber certificate's extensions are made from. */
export interface SubscriberFacts {
  readonly definition: AuthorityDefinition;
  readonly generation: KeyGeneration;
  readonly municipality: Municipality;
  readonly items: CertifiedItems;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
}

/** otherName types of JPKI (arc 1.2.392.200149.8.5.5, personalData), in the order of the certificates in use. */
export const itemTypes = [
  { item: "name", typeId: "1.2.392.200149.8.5.5.1" },
  { item: "dateOfBirth", typeId: "1.2.392.200149.8.5.5.4" },
  { item: "gender", typeId: "1.2.392.200149.8.5.5.3" },
  { item: "address", typeId: "1.2.392.200149.8.5.5.5" },
  { item: "nameSubstitutions", typeId: "1.2.392.200149.8.5.5.2" },
  { item: "addressSubstitutions", typeId: "1.2.392.200149.8.5.5.6" },
] as const satisfies readonly { item: keyof CertifiedItems; typeId: ObjectIdentifier }[];

/** 千葉県運用規程 3-1-2, 4-2-2: the four items and the two records of substitute characters, each a UTF8String. */
export function itemNames(items: CertifiedItems): readonly GeneralName[] {
  return itemTypes.map(({ item, typeId }) => ({ kind: "otherName", typeId, text: items[item] }));
}

/** The six items in a subjectAltName; `undefined` when it holds other names, or these in another order. */
export function itemsOf(
  names: readonly GeneralName[],
): { readonly [Item in keyof CertifiedItems]: string } | undefined {
  const items: Partial<Record<keyof CertifiedItems, string>> = {};
  for (const [index, { item, typeId }] of itemTypes.entries()) {
    const name = names[index];
    if (name?.kind !== "otherName" || name.typeId !== typeId) return undefined;
    items[item] = name.text;
  }
  if (names.length !== itemTypes.length) return undefined;
  return items as { readonly [Item in keyof CertifiedItems]: string };
}

/** 千葉県運用規程 6-1-2-5: the subscriber's key signs and does nothing else. */
export const subscriberKeyUsage = ["digitalSignature", "nonRepudiation"] as const satisfies readonly KeyUsageBit[];

/** Extensions of a subscriber certificate: the seven of the certificates in use, subjectKeyIdentifier last as there. */
export const subscriberProfile: readonly ProfileRow<SubscriberFacts>[] = [
  {
    extension: "authorityKeyIdentifier",
    critical: false,
    content: ({ generation }) => authorityKeyIdentifier(keyIdentifier(generation.subjectPublicKeyInfo)),
  },
  { extension: "keyUsage", critical: true, content: () => keyUsage(subscriberKeyUsage) },
  { extension: "subjectAltName", critical: false, content: ({ items }) => subjectAltName(itemNames(items)) },
  {
    extension: "issuerAltName",
    critical: false,
    content: ({ definition }) => issuerAltName([{ kind: "directoryName", name: definition.issuerAltName }]),
  },
  {
    extension: "cRLDistributionPoints",
    critical: false,
    content: ({ definition, municipality, generation }) =>
      crlDistributionPoints([
        { kind: "directoryName", name: distributionPointName(definition, municipality, generation.number) },
      ]),
  },
  {
    extension: "certificatePolicies",
    critical: true,
    content: ({ definition }) => certificatePolicies([subscriberPolicyOf(definition)]),
  },
  {
    extension: "subjectKeyIdentifier",
    critical: false,
    content: ({ subjectPublicKeyInfo }) => subjectKeyIdentifier(keyIdentifier(subjectPublicKeyInfo)),
  },
];

/** 千葉県運用規程 3-1-1, 3-1-4: subject DN of prefecture, municipality and an opaque unique id; nobody's name. */
export function subscriberSubject(
  definition: AuthorityDefinition,
  municipality: Municipality,
  uniqueName: string,
): DistinguishedName {
  return [
    { type: "C", value: "JP" },
    { type: "L", value: definition.prefecture.romaji },
    { type: "L", value: municipality.romaji },
    { type: "CN", value: uniqueName },
  ];
}

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** An opaque subject CN out of 16 octets of a CSPRNG: 26 digits and letters without I, L, O and U, one name to each value. */
export function uniqueNameFromRandom(random: Uint8Array): string {
  if (random.length !== 16) throw new RangeError("a unique name is made of 16 random octets");
  let left = BigInt(`0x${Buffer.from(random).toString("hex")}`);
  let name = "";
  for (let digit = 0; digit < 26; digit++, left >>= 5n) name = (alphabet[Number(left & 31n)] ?? "") + name;
  return name;
}

/** What `uniqueNameFromRandom` makes. */
export const uniqueNamePattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;
