/** A fact about a verifier as a row, and back. */
import { aboutOf, type VerifierFact, type VerifierRight, verifierRights } from "@mitome/ca";

/** The columns of a fact. */
export const factColumns = "kind, effective_at, about, uses_per_month";

/** One row of ca.verifier_fact. */
export interface FactRow {
  readonly kind: VerifierFact["kind"];
  readonly effective_at: Date;
  readonly about: string | null;
  readonly uses_per_month: number | null;
}

/** The values of {@link factColumns}. */
export function factValues(fact: VerifierFact): readonly unknown[] {
  return [fact.kind, fact.effectiveAt, aboutOf(fact), fact.kind === "quotaSet" ? fact.usesPerMonth : null];
}

/** The fact that a row is; the table's CHECK lets nothing else in. */
export function factOf({
  kind,
  effective_at: effectiveAt,
  about,
  uses_per_month: usesPerMonth,
}: FactRow): VerifierFact {
  const said = about ?? "";
  switch (kind) {
    case "agreed":
      return { kind, effectiveAt, termsVersion: said };
    case "rightGranted":
    case "rightWithdrawn":
      return { kind, effectiveAt, right: rightOf(said) };
    case "confirmerListed":
    case "confirmerStruck":
      return { kind, effectiveAt, confirmer: said };
    case "quotaSet":
      return { kind, effectiveAt, usesPerMonth };
    default:
      return { kind, effectiveAt };
  }
}

function rightOf(text: string): VerifierRight {
  const right = verifierRights.find((one) => one === text);
  if (right === undefined) throw new Error("the ledger holds a right that is none");
  return right;
}
