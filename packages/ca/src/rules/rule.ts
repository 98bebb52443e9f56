import type { Der, Extension, ExtensionName, TbsCertificate } from "@mitome/x509";
import { extensionOids } from "@mitome/x509";
import type { AuthorityDefinition } from "../authority-definition.ts";
import type { CertificateKind } from "../profiles/profile.ts";

/** What a rule looks at. It knows neither the request nor the clock: only what is about to be signed, and by whom. */
export interface RuleSubject {
  readonly tbs: TbsCertificate;
  readonly kind: CertificateKind;
  readonly definition: AuthorityDefinition;
  /** The public key whose private half will sign. */
  readonly issuerKey: Der<"SubjectPublicKeyInfo">;
}

/** One rule: where it is written, and what is wrong with a TBS that breaks it (`undefined` when it does not). */
export interface Rule {
  readonly id: string;
  readonly clause: string;
  readonly check: (subject: RuleSubject) => string | undefined;
}

/** The named extension of a certificate. Rules about its content are silent when it is missing: that is the profile's rule. */
export function extensionOf(tbs: TbsCertificate, name: ExtensionName): Extension | undefined {
  return tbs.extensions.find(({ oid }) => oid === extensionOids[name]);
}
