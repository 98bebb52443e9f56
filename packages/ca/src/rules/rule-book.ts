import type { TbsCertificate } from "@mitome/x509";
import type { CertificateKind } from "../profiles/profile.ts";
import { distributionPoint } from "./cps/distribution-point.ts";
import { governorKey } from "./cps/governor-key.ts";
import { governorKeySigns } from "./cps/governor-key-signs.ts";
import { issuerAltName } from "./cps/issuer-alt-name.ts";
import { issuerName } from "./cps/issuer-name.ts";
import { itemForms } from "./cps/item-forms.ts";
import { policy } from "./cps/policy.ts";
import { repertoire } from "./cps/repertoire.ts";
import { responderKey } from "./cps/responder-key.ts";
import { responderYear } from "./cps/responder-year.ts";
import { signatureAlgorithm } from "./cps/signature-algorithm.ts";
import { sixNames } from "./cps/six-names.ts";
import { subjectName } from "./cps/subject-name.ts";
import { subscriberKey } from "./cps/subscriber-key.ts";
import { subscriberKeySigns } from "./cps/subscriber-key-signs.ts";
import { substitutionFlags } from "./cps/substitution-flags.ts";
import { tenYears } from "./cps/ten-years.ts";
import { threeYears } from "./cps/three-years.ts";
import { uniqueSubject } from "./cps/unique-subject.ts";
import { readExtensionContents } from "./extension-contents.ts";
import { authorityKeyIdentifierOnly } from "./profile/authority-key-identifier-only.ts";
import { criticality } from "./profile/criticality.ts";
import { equipmentIdentity } from "./profile/equipment-identity.ts";
import { equipmentIssuer } from "./profile/equipment-issuer.ts";
import { equipmentKey } from "./profile/equipment-key.ts";
import { equipmentKeyUsage } from "./profile/equipment-key-usage.ts";
import { equipmentPeriod } from "./profile/equipment-period.ts";
import { equipmentRootPathLength } from "./profile/equipment-root-path-length.ts";
import { extensionOrder } from "./profile/extension-order.ts";
import { noOtherExtensions } from "./profile/no-other-extensions.ts";
import { requiredExtensions } from "./profile/required-extensions.ts";
import { serialNumberLength } from "./profile/serial-number-length.ts";
import { attributeLengths } from "./rfc5280/attribute-lengths.ts";
import { authorityKeyIdentifier } from "./rfc5280/authority-key-identifier.ts";
import { certificateSigningKeys } from "./rfc5280/certificate-signing-keys.ts";
import { directoryStrings } from "./rfc5280/directory-strings.ts";
import { extensionSyntax } from "./rfc5280/extension-syntax.ts";
import { oneOfEachExtension } from "./rfc5280/one-of-each-extension.ts";
import { policiesOnce } from "./rfc5280/policies-once.ts";
import { selfSignedKey } from "./rfc5280/self-signed-key.ts";
import { selfSignedNames } from "./rfc5280/self-signed-names.ts";
import { subjectKeyIdentifier } from "./rfc5280/subject-key-identifier.ts";
import { timeEncoding } from "./rfc5280/time-encoding.ts";
import { validityOrder } from "./rfc5280/validity-order.ts";
import type { Rule, RuleSubject } from "./rule.ts";

/** A broken rule, its clause and what is wrong; never a personal item. */
export interface RuleFinding {
  readonly rule: string;
  readonly clause: string;
  readonly problem: string;
}

/** Every rule there is, one a file. */
export const ruleBook: readonly Rule[] = [
  attributeLengths,
  authorityKeyIdentifier,
  certificateSigningKeys,
  directoryStrings,
  extensionSyntax,
  oneOfEachExtension,
  policiesOnce,
  selfSignedKey,
  selfSignedNames,
  subjectKeyIdentifier,
  timeEncoding,
  validityOrder,
  distributionPoint,
  governorKeySigns,
  governorKey,
  issuerAltName,
  issuerName,
  itemForms,
  policy,
  repertoire,
  responderKey,
  responderYear,
  signatureAlgorithm,
  sixNames,
  subjectName,
  subscriberKeySigns,
  subscriberKey,
  substitutionFlags,
  tenYears,
  threeYears,
  uniqueSubject,
  authorityKeyIdentifierOnly,
  criticality,
  equipmentIdentity,
  equipmentIssuer,
  equipmentKeyUsage,
  equipmentKey,
  equipmentPeriod,
  equipmentRootPathLength,
  extensionOrder,
  noOtherExtensions,
  requiredExtensions,
  serialNumberLength,
];

/** Runs every rule of this kind over a TBS; an empty list means that nothing speaks against it. */
export function runRuleBook(
  tbs: TbsCertificate,
  kind: CertificateKind,
  context: Pick<RuleSubject, "definition" | "generation" | "issuerKey">,
): readonly RuleFinding[] {
  const subject: RuleSubject = { tbs, kind, contents: readExtensionContents(tbs), ...context };
  const findings: RuleFinding[] = [];
  for (const { id, clause, kinds, check } of ruleBook) {
    const problem = kinds.includes(kind) ? check(subject) : undefined;
    if (problem !== undefined) findings.push({ rule: id, clause, problem });
  }
  return findings;
}
