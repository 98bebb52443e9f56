import {
  authorityKeyIdentifier,
  certificatePolicies,
  crlDistributionPoints,
  type Der,
  type DistinguishedName,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  subjectKeyIdentifier,
} from "@mitome/x509";
import { type AuthorityDefinition, type KeyGeneration, responderPolicyOf } from "../authority-definition.ts";
import { operationalPointName } from "../lists/list-scope.ts";
import type { ProfileRow } from "./profile.ts";

/** What an OCSP responder certificate's extensions are made from. */
export interface ResponderFacts {
  readonly definition: AuthorityDefinition;
  readonly generation: KeyGeneration;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
}

/**
 * Extensions of an OCSP responder's certificate (千葉県運用規程 1-2, RFC 6960 §4.2.2.2). It names the list on which its own
 * revocation would stand, instead of asking to be believed for its whole life (id-pkix-ocsp-nocheck).
 */
export const responderProfile: readonly ProfileRow<ResponderFacts>[] = [
  {
    extension: "authorityKeyIdentifier",
    critical: false,
    content: ({ generation }) => authorityKeyIdentifier(keyIdentifier(generation.subjectPublicKeyInfo)),
  },
  { extension: "keyUsage", critical: true, content: () => keyUsage(["digitalSignature"]) },
  { extension: "extKeyUsage", critical: false, content: () => extendedKeyUsage(["OCSPSigning"]) },
  {
    extension: "cRLDistributionPoints",
    critical: false,
    content: ({ definition, generation }) =>
      crlDistributionPoints([{ kind: "directoryName", name: operationalPointName(definition, generation.number) }]),
  },
  {
    extension: "certificatePolicies",
    critical: true,
    content: ({ definition }) => certificatePolicies([responderPolicyOf(definition)]),
  },
  {
    extension: "subjectKeyIdentifier",
    critical: false,
    content: ({ subjectPublicKeyInfo }) => subjectKeyIdentifier(keyIdentifier(subjectPublicKeyInfo)),
  },
];

/** Subject of a responder's certificate: beside the governor's title, told apart by its key. */
export function responderSubject(
  definition: AuthorityDefinition,
  subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">,
): DistinguishedName {
  const key = Buffer.from(keyIdentifier(subjectPublicKeyInfo)).toString("hex").slice(0, 16);
  return [...definition.issuer.slice(0, -1), { type: "CN", value: `OCSP Responder ${key}` }];
}
