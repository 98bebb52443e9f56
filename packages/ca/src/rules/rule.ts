import type { Der, TbsCertificate } from "@mitome/x509";
import type { AuthorityDefinition } from "../authority-definition.ts";
import type { CertificateKind } from "../profiles/profile.ts";
import type { ExtensionContents } from "./extension-contents.ts";

/** What a rule looks at. It knows neither the request nor the clock: only what is about to be signed, and by whom. */
export interface RuleSubject {
  readonly tbs: TbsCertificate;
  readonly contents: ExtensionContents;
  readonly kind: CertificateKind;
  readonly definition: AuthorityDefinition;
  /** Number of the key generation that will sign. */
  readonly generation: number;
  /** The public key whose private half will sign. */
  readonly issuerKey: Der<"SubjectPublicKeyInfo">;
}

/** One rule: where it is written, which certificates it is for, and what is wrong with one that breaks it. */
export interface Rule {
  readonly id: string;
  readonly clause: string;
  readonly kinds: readonly CertificateKind[];
  /** `undefined` when the rule is kept. The text never holds a personal item. */
  readonly check: (subject: RuleSubject) => string | undefined;
}

/** For rules about all certificates. */
export const everyKind: readonly CertificateKind[] = [
  "subscriber",
  "self-signed",
  "ocsp-responder",
  "equipment",
  "equipment-root",
];
