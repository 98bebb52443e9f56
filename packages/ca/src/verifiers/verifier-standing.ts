/** What a verifier may have, from what was recorded about it (千葉県運用規程 1-3-1(9)(11), 2-1-6(4), 4-4-4-3, 4-4-4-5). */
import { dutiesIn } from "./agreement-terms.ts";
import type { VerifierKind } from "./verifier.ts";

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

/** What a fact is about: the version of terms, the right or the 署名確認者. */
export function aboutOf(fact: VerifierFact): string | null {
  switch (fact.kind) {
    case "agreed":
      return fact.termsVersion;
    case "rightGranted":
    case "rightWithdrawn":
      return fact.right;
    case "confirmerListed":
    case "confirmerStruck":
      return fact.confirmer;
    default:
      return null;
  }
}

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
    ...{ rights: new Set<VerifierRight>(), usesPerMonth: null },
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
      return { ...standing, rights: new Set([...standing.rights].filter((right) => right !== fact.right)) };
    case "started":
    case "stopped":
      return { ...standing, running: fact.kind };
    case "quotaSet":
      if (fact.usesPerMonth !== null && !(Number.isSafeInteger(fact.usesPerMonth) && fact.usesPerMonth >= 0))
        return "quotaNotWhole";
      return { ...standing, usesPerMonth: fact.usesPerMonth };
    case "confirmerListed":
    case "confirmerStruck":
      return kind === "groupVerifier" ? standing : "confirmersAreForGroups";
  }
}

/**
 * Where a verifier stands at an instant. Facts come in the order of their recording and count in the order of their
 * instants, none before its own. One that was out of place counts for nothing, then and later: a right granted before
 * the agreement has to be granted again.
 */
export function standingAt(kind: VerifierKind, facts: readonly VerifierFact[], now: Date): VerifierStanding {
  return historyOf(kind, facts).findLast(({ since }) => since <= now)?.standing ?? { stage: "unnotified" };
}

interface Standing {
  readonly since: Date;
  readonly standing: VerifierStanding;
}

// Every use asks, and a verifier's facts hardly ever grow.
const histories = new WeakMap<readonly VerifierFact[], { kind: VerifierKind; count: number; all: Standing[] }>();

function historyOf(kind: VerifierKind, facts: readonly VerifierFact[]): readonly Standing[] {
  const known = histories.get(facts);
  if (known?.kind === kind && known.count === facts.length) return known.all;
  const inOrder = facts
    .filter((fact) => !isListing(fact))
    .sort((one, other) => one.effectiveAt.getTime() - other.effectiveAt.getTime());
  const all: Standing[] = [];
  let standing: VerifierStanding = { stage: "unnotified" };
  for (const fact of inOrder) {
    const next = addFact(kind, standing, fact);
    if (typeof next === "string") continue;
    standing = next;
    all.push({ since: fact.effectiveAt, standing });
  }
  histories.set(facts, { kind, count: facts.length, all });
  return all;
}

type Listing = Extract<VerifierFact, { readonly confirmer: string }>;

// Lists of 署名確認者 may have thousands of entries and change nothing else: they are looked up, not gone through.
function isListing(fact: VerifierFact): fact is Listing {
  return fact.kind === "confirmerListed" || fact.kind === "confirmerStruck";
}

/** Whether a 団体署名検証者 has this 署名確認者 on its list at an instant, entered since it gave its notification. */
export function listsConfirmer(
  { notifiedAt }: AgreedStanding,
  facts: readonly VerifierFact[],
  confirmer: string,
  now: Date,
): boolean {
  let newest: Listing | undefined;
  for (const fact of facts) {
    if (!("confirmer" in fact) || fact.confirmer !== confirmer) continue;
    if (fact.effectiveAt > now || fact.effectiveAt < notifiedAt) continue;
    if (newest === undefined || fact.effectiveAt >= newest.effectiveAt) newest = fact;
  }
  return newest?.kind === "confirmerListed";
}
