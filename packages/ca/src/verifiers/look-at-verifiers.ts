/** What operators see of verifiers: who they are, where they stand, what they get and why not, and what they owe. */
import { japaneseMonth } from "../japanese-calendar.ts";
import type { UseCount } from "./information-fees.ts";
import { type AccessHindrance, hindranceIn } from "./may-use.ts";
import { type DemandState, demandState, type ReportDemand } from "./report-demand.ts";
import type { Verifier } from "./verifier.ts";
import { isLiveCredential, type VerifierCredential } from "./verifier-credential.ts";
import type { VerifierOffice, VerifierOnFile } from "./verifier-office.ts";
import {
  standingAt,
  type VerifierFact,
  type VerifierRight,
  type VerifierStanding,
  verifierRights,
} from "./verifier-standing.ts";

/** A right, whether it was granted, and what stands in the way of its use now. */
export interface RightNow {
  readonly right: VerifierRight;
  readonly granted: boolean;
  readonly hindrance: AccessHindrance | null;
}

/** A verifier as it is now. */
export interface VerifierNow {
  readonly verifier: Verifier;
  /** How often it has notified who it is. */
  readonly revision: number;
  readonly standing: VerifierStanding;
  /** In the order of {@link verifierRights}. */
  readonly rights: readonly RightNow[];
  /** Uses in the present month of Japan by method; `null` where the records cannot be read. */
  readonly uses: readonly UseCount[] | null;
  readonly demands: readonly (ReportDemand & { readonly state: DemandState })[];
  readonly credentials: readonly (VerifierCredential & { readonly live: boolean })[];
  /** The 署名確認者 on its list, in the order of their names. */
  readonly confirmers: readonly string[];
  /** What was recorded, in that order, but for the list of 署名確認者. */
  readonly history: readonly VerifierFact[];
  /** How many facts are recorded. */
  readonly facts: number;
}

/** Every verifier in the registry, by name. */
export async function lookAtVerifiers(office: VerifierOffice): Promise<readonly VerifierNow[]> {
  const [files, context] = await Promise.all([office.verifiers.all(), contextOf(office)]);
  return files.map((file) => verifierNow(file, context));
}

/** One of them; `undefined` when there is none of this id. */
export async function lookAtVerifier(office: VerifierOffice, id: string): Promise<VerifierNow | undefined> {
  const [file, context] = await Promise.all([office.verifiers.find(id), contextOf(office)]);
  return file && verifierNow(file, context);
}

interface Context {
  readonly now: Date;
  readonly uses: readonly UseCount[] | undefined;
  readonly demands: readonly ReportDemand[];
}

async function contextOf({ clock, usesIn, demands }: VerifierOffice): Promise<Context> {
  const now = clock.now();
  const [uses, demanded] = await Promise.all([usesIn?.(japaneseMonth(now)), demands.all()]);
  return { now, uses, demands: demanded };
}

function verifierNow(
  { verifier, revision, facts, credentials }: VerifierOnFile,
  { now, uses, demands }: Context,
): VerifierNow {
  const own = uses?.filter(({ verifierId }) => verifierId === verifier.id);
  const usedThisMonth = own?.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const standing = standingAt(verifier.kind, facts, now);
  return {
    ...{ verifier, revision, standing, uses: own ?? null, facts: facts.length },
    rights: verifierRights.map((right) => ({
      right,
      granted: standing.stage === "agreed" && standing.rights.has(right),
      hindrance: hindranceIn(standing, { right, usedThisMonth }) ?? null,
    })),
    demands: demands
      .filter(({ verifierId }) => verifierId === verifier.id)
      .map((demand) => ({ ...demand, state: demandState(demand, now) })),
    credentials: credentials.map((one) => ({ ...one, live: isLiveCredential(one, now) })),
    confirmers: confirmersIn(standing, facts, now),
    history: facts.filter((fact) => !("confirmer" in fact)),
  };
}

/** As `listsConfirmer` decides of each. */
function confirmersIn(standing: VerifierStanding, facts: readonly VerifierFact[], now: Date): readonly string[] {
  if (standing.stage !== "agreed") return [];
  const listed = new Set<string>();
  const effective = facts
    .filter((fact) => fact.effectiveAt <= now && fact.effectiveAt >= standing.notifiedAt)
    .sort((one, other) => one.effectiveAt.getTime() - other.effectiveAt.getTime());
  for (const fact of effective) {
    if (fact.kind === "confirmerListed") listed.add(fact.confirmer);
    if (fact.kind === "confirmerStruck") listed.delete(fact.confirmer);
  }
  return [...listed].sort();
}
