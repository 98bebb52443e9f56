/** What a verifier may have, from what was recorded about it (千葉県運用規程 1-3-1(9)(11), 2-1-6(4), 4-4-4-3, 4-4-4-5). */
import { dutiesIn } from "./agreement-terms.ts";
import type { Verifier, VerifierKind } from "./verifier.ts";

/**
 * What can be granted: to ask the OCSP responder (4-4-4-3); to fetch the lists by LDAP or HTTP (4-4-4-5); to be given
 * 失効情報 and 失効情報ファイル (1-1). Each is granted by itself.
 */
export const verifierRights = ["ocsp", "crl", "revocationInformation", "revocationInformationFile"] as const;
/** One of the rights. */
export type VerifierRight = (typeof verifierRights)[number];

/** One recorded fact. Facts are only ever added; each counts from its instant on. */
export type VerifierFact = { readonly effectiveAt: Date } & (
  | { readonly kind: "notified" }
  | { readonly kind: "agreed"; readonly termsVersion: string }
  | { readonly kind: "agreementEnded" }
  | { readonly kind: "rightGranted"; readonly right: VerifierRight }
  | { readonly kind: "rightWithdrawn"; readonly right: VerifierRight }
  | { readonly kind: "started" }
  | { readonly kind: "stopped" }
  /** Uses a month, in Japan; `null`: as many as it likes. */
  | { readonly kind: "quotaSet"; readonly usesPerMonth: number | null }
  | { readonly kind: "confirmerListed"; readonly confirmer: string }
  | { readonly kind: "confirmerStruck"; readonly confirmer: string }
);

/** Where a verifier stands. Rights exist only inside an agreement, and an agreement only after a notification. */
export type VerifierStanding =
  | { readonly stage: "unnotified" }
  | { readonly stage: "notified"; readonly notifiedAt: Date }
  | AgreedStanding;

/** Notified and bound by an agreement. */
export interface AgreedStanding {
  readonly stage: "agreed";
  readonly notifiedAt: Date;
  readonly agreedAt: Date;
  readonly termsVersion: string;
  readonly rights: ReadonlySet<VerifierRight>;
  readonly running: "notStarted" | "started" | "stopped";
  readonly usesPerMonth: number | null;
  /** Ids of the 署名確認者 that a 団体署名検証者 may ask for. */
  readonly confirmers: ReadonlySet<string>;
}

/** Why a fact cannot be recorded of a verifier that stands where it stands. */
export type FactRefusal = "notNotified" | "noAgreement" | "unknownTerms" | "quotaNotWhole" | "confirmersAreForGroups";

/** Where the verifier stands after one more fact, or why that fact is none. */
export function addFact(
  kind: VerifierKind,
  standing: VerifierStanding,
  fact: VerifierFact,
): VerifierStanding | FactRefusal {
  if (fact.kind === "notified") {
    return standing.stage === "unnotified" ? { stage: "notified", notifiedAt: fact.effectiveAt } : standing;
  }
  if (standing.stage === "unnotified") return "notNotified";
  if (fact.kind === "agreed") return agree(kind, standing, fact.termsVersion, fact.effectiveAt);
  if (standing.stage === "notified") return "noAgreement";
  return underAgreement(kind, standing, fact);
}

/** New terms replace the old ones; what was granted under the old ones goes on. */
function agree(
  kind: VerifierKind,
  standing: Exclude<VerifierStanding, { stage: "unnotified" }>,
  termsVersion: string,
  agreedAt: Date,
): AgreedStanding | FactRefusal {
  if (dutiesIn(termsVersion, kind) === undefined) return "unknownTerms";
  if (standing.stage === "agreed") return { ...standing, agreedAt, termsVersion };
  return {
    ...{ stage: "agreed", notifiedAt: standing.notifiedAt, agreedAt, termsVersion, running: "notStarted" },
    ...{ rights: new Set<VerifierRight>(), usesPerMonth: null, confirmers: new Set<string>() },
  };
}

function underAgreement(
  kind: VerifierKind,
  standing: AgreedStanding,
  fact: Exclude<VerifierFact, { kind: "notified" | "agreed" }>,
): VerifierStanding | FactRefusal {
  switch (fact.kind) {
    case "agreementEnded":
      return { stage: "notified", notifiedAt: standing.notifiedAt };
    case "rightGranted":
      return { ...standing, rights: new Set([...standing.rights, fact.right]) };
    case "rightWithdrawn":
      return { ...standing, rights: without(standing.rights, fact.right) };
    case "started":
    case "stopped":
      return { ...standing, running: fact.kind };
    case "quotaSet":
      if (fact.usesPerMonth !== null && !(Number.isSafeInteger(fact.usesPerMonth) && fact.usesPerMonth >= 0))
        return "quotaNotWhole";
      return { ...standing, usesPerMonth: fact.usesPerMonth };
    case "confirmerListed":
      if (kind !== "groupVerifier") return "confirmersAreForGroups";
      return { ...standing, confirmers: new Set([...standing.confirmers, fact.confirmer]) };
    case "confirmerStruck":
      return { ...standing, confirmers: without(standing.confirmers, fact.confirmer) };
  }
}

function without<Value>(values: ReadonlySet<Value>, value: Value): ReadonlySet<Value> {
  return new Set([...values].filter((one) => one !== value));
}

/**
 * Where a verifier stands at an instant. Facts come in the order of their recording and count in the order of their
 * instants, none before its own. One that was out of place counts for nothing, then and later: a right granted before
 * the agreement has to be granted again.
 */
export function standingAt(kind: VerifierKind, facts: readonly VerifierFact[], now: Date): VerifierStanding {
  const effective = facts
    .filter(({ effectiveAt }) => effectiveAt <= now)
    .sort((one, other) => one.effectiveAt.getTime() - other.effectiveAt.getTime());
  let standing: VerifierStanding = { stage: "unnotified" };
  for (const fact of effective) {
    const next = addFact(kind, standing, fact);
    if (typeof next !== "string") standing = next;
  }
  return standing;
}

/** What a verifier wants to do now. */
export interface AskedUse<Right extends VerifierRight = VerifierRight> {
  readonly right: Right;
  /** The 署名確認者 it asks for (OCSP: requestorName). Only a 団体署名検証者 asks for others; from a 署名検証者 it means nothing. */
  readonly confirmer: string | undefined;
  /** Uses that count already in this month, in Japan. */
  readonly usedThisMonth: number;
}

/** Why a verifier gets nothing. */
export type UseRefusal =
  | "notNotified"
  | "noAgreement"
  | "notStarted"
  | "stopped"
  | "rightNotGranted"
  | "confirmerNotNamed"
  | "confirmerNotListed"
  | "quotaReached";

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

/** Decides one use by what stands recorded at this instant. */
export function mayUse<Right extends VerifierRight>(
  verifier: Pick<Verifier, "id" | "kind"> & { readonly facts: readonly VerifierFact[] },
  use: AskedUse<Right>,
  now: Date,
): Permission<Right> | { readonly kind: "refused"; readonly reason: UseRefusal } {
  const standing = standingAt(verifier.kind, verifier.facts, now);
  const confirmer = verifier.kind === "groupVerifier" ? use.confirmer : undefined;
  const reason = refusalOf(verifier.kind, standing, { ...use, confirmer });
  return reason === undefined ? new Permitted(verifier.id, use.right, confirmer) : { kind: "refused", reason };
}

function refusalOf(kind: VerifierKind, standing: VerifierStanding, use: AskedUse): UseRefusal | undefined {
  if (standing.stage === "unnotified") return "notNotified";
  if (standing.stage === "notified") return "noAgreement";
  if (standing.running !== "started") return standing.running;
  if (!standing.rights.has(use.right)) return "rightNotGranted";
  // 1-3-1(11): it answers the 署名確認者 who sent the certificate. A list or a file is fetched for all of them.
  const aboutOneCertificate = use.right === "ocsp" || use.right === "revocationInformation";
  if (kind === "groupVerifier" && aboutOneCertificate && use.confirmer === undefined) return "confirmerNotNamed";
  if (use.confirmer !== undefined && !standing.confirmers.has(use.confirmer)) return "confirmerNotListed";
  if (standing.usesPerMonth !== null && use.usedThisMonth >= standing.usesPerMonth) return "quotaReached";
  return undefined;
}
