import type { PathVerdict } from "./validate-certification-path.ts";

const marks = { passed: "✓", failed: "✗", noted: "·" } as const;

/** The verdict for people, a line an element: each step with its certificate and clause, the branches that led nowhere, the end. */
export function explainVerdict(verdict: PathVerdict): readonly string[] {
  const lines: string[] = [];
  let about: string | undefined;
  for (const step of verdict.trace) {
    if (step.about !== about) lines.push(step.about);
    about = step.about;
    lines.push(`  ${marks[step.outcome]} ${step.clause}: ${step.text}`);
  }
  for (const { subjects, rejection } of verdict.branches)
    lines.push(`${marks.failed} ${subjects.join(" → ")}: ${rejection.message} (${rejection.clause})`);
  if (verdict.kind === "valid") {
    const policies = verdict.userConstrainedPolicySet.join(" ") || "none";
    return [...lines, `valid: ${verdict.path.join(" → ")}; policies: ${policies}`];
  }
  const { reason, clause, message } = verdict.rejection;
  return [...lines, `${verdict.kind}: ${reason}, ${message} (${clause})`];
}
