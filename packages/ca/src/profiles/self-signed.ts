import {
  basicConstraints,
  type Der,
  type KeyUsageBit,
  keyIdentifier,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from "@mitome/x509";
import type { AuthorityDefinition } from "../authority-definition.ts";
import type { ProfileRow } from "./profile.ts";

/** What the self-signed certificate's extensions are made from. */
export interface SelfSignedFacts {
  readonly definition: AuthorityDefinition;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
}

/** 千葉県運用規程 6-1-1-4: the governor's key is for signatures: on certificates and on CRLs. */
const selfSignedKeyUsage = ["keyCertSign", "cRLSign"] as const satisfies readonly KeyUsageBit[];

/** Extensions of the governor's self-signed certificate (千葉県運用規程 7-1-3). */
export const selfSignedProfile: readonly ProfileRow<SelfSignedFacts>[] = [
  { extension: "basicConstraints", critical: true, content: () => basicConstraints() },
  { extension: "keyUsage", critical: true, content: () => keyUsage(selfSignedKeyUsage) },
  {
    extension: "subjectAltName",
    critical: false,
    content: ({ definition }) => subjectAltName([{ kind: "directoryName", name: definition.issuerAltName }]),
  },
  {
    extension: "subjectKeyIdentifier",
    critical: false,
    content: ({ subjectPublicKeyInfo }) => subjectKeyIdentifier(keyIdentifier(subjectPublicKeyInfo)),
  },
];
