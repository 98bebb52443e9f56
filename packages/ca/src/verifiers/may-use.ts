/** Whether a verifier gets what it asks for (千葉県運用規程 1-3-1(11), 2-1-6(4), 4-4-4-3, 4-4-4-5). */
import type { Verifier } from "./verifier.ts";
import {
  listsConfirmer,
  standingAt,
  type VerifierFact,
  type VerifierRight,
  type VerifierStanding,
} from "./verifier-standing.ts";

/** What a verifier wants to do now. */
export interface AskedUse<Right extends VerifierRight = VerifierRight> {
  readonly right: Right;
  /** The 署名確認者 it asks for (OCSP: requestorName). Only a 団体署名検証者 asks for others; from a 署名検証者 it means nothing. */
  readonly confirmer: string | undefined;
  /** Uses that count already in this month, in Japan. */
  readonly usedThisMonth: number;
}

/** What stands between a verifier and a right of its own, whatever it asks for, and the clause behind it. */
export const hindrances = {
  notNotified: "1-3-1(9)・(11)",
  noAgreement: "2-1-2(32)",
  notStarted: "4-4-4-3・4-4-4-5",
  stopped: "4-4-4-3・4-4-4-5",
  rightNotGranted: "4-4-4-3・4-4-4-5",
  quotaReached: "2-1-2(32)",
} as const;
/** One of them. */
export type AccessHindrance = keyof typeof hindrances;

/** Why a verifier gets nothing. */
export type UseRefusal = AccessHindrance | "confirmerNotNamed" | "confirmerNotListed";

// Not exported as a value: only `mayUse` can permit.
class Permitted<Right extends VerifierRight> {
  readonly kind = "permitted";
  readonly verifierId: string;
  readonly right: Right;
  readonly confirmer: string | undefined;
  protected readonly decidedBy = "mayUse";

  constructor(verifierId: string, right: Right, confirmer: string | undefined) {
    this.verifierId = verifierId;
    this.right = right;
    this.confirmer = confirmer;
  }
}

/** That a verifier may do one thing now, for this 署名確認者 if for any; what an access record is made from. */
export type Permission<Right extends VerifierRight = VerifierRight> = Permitted<Right>;

/** A verifier with all that was recorded about it. */
export type VerifierOnRecord = Pick<Verifier, "id" | "kind"> & { readonly facts: readonly VerifierFact[] };

/** Decides one use by what stands recorded at this instant. */
export function mayUse<Right extends VerifierRight>(
  verifier: VerifierOnRecord,
  use: AskedUse<Right>,
  now: Date,
): Permission<Right> | { readonly kind: "refused"; readonly reason: UseRefusal } {
  const confirmer = verifier.kind === "groupVerifier" ? use.confirmer : undefined;
  const reason = refusalOf(verifier, { ...use, confirmer }, now);
  return reason === undefined ? new Permitted(verifier.id, use.right, confirmer) : { kind: "refused", reason };
}

function refusalOf({ kind, facts }: VerifierOnRecord, use: AskedUse, now: Date): UseRefusal | undefined {
  const standing = standingAt(kind, facts, now);
  const hindrance = hindranceIn(standing, use);
  if (hindrance !== undefined || standing.stage !== "agreed") return hindrance;
  // It answers the 署名確認者 who sent the certificate. What is said of many certificates is fetched for all of them.
  if (kind === "groupVerifier" && use.right === "ocsp" && use.confirmer === undefined) return "confirmerNotNamed";
  if (use.confirmer !== undefined && !listsConfirmer(standing, facts, use.confirmer, now)) return "confirmerNotListed";
  return undefined;
}

/** What stands between a verifier that stands here and a right, after so many uses this month; `undefined`: nothing. */
export function hindranceIn(
  standing: VerifierStanding,
  { right, usedThisMonth }: Pick<AskedUse, "right" | "usedThisMonth">,
): AccessHindrance | undefined {
  if (standing.stage === "unnotified") return "notNotified";
  if (standing.stage === "notified") return "noAgreement";
  if (standing.running !== "started") return standing.running;
  if (!standing.rights.has(right)) return "rightNotGranted";
  if (standing.usesPerMonth !== null && usedThisMonth >= standing.usesPerMonth) return "quotaReached";
  return undefined;
}
