import type { TbsCertificate } from "@mitome/x509";
import type { CertificateKind } from "../profiles/profile.ts";
import type { Rule, RuleSubject } from "./rule.ts";

/** A broken rule, its clause and what is wrong; never a personal item. */
export interface RuleFinding {
  readonly rule: string;
  readonly clause: string;
  readonly problem: string;
}

/** Every rule there is. */
export const ruleBook: readonly Rule[] = [];

/** Runs every rule over a TBS; an empty list means that nothing speaks against it. */
export function runRuleBook(
  tbs: TbsCertificate,
  kind: CertificateKind,
  context: Pick<RuleSubject, "definition" | "issuerKey">,
): readonly RuleFinding[] {
  const subject: RuleSubject = { tbs, kind, ...context };
  const findings: RuleFinding[] = [];
  for (const { id, clause, check } of ruleBook) {
    const problem = check(subject);
    if (problem !== undefined) findings.push({ rule: id, clause, problem });
  }
  return findings;
}
