/** How many certificates of one municipality may be revoked in 24 hours before people are asked. */
import type { OneAtATime } from "../one-at-a-time.ts";
import type { TwoPeople } from "../two-people.ts";
import type { RevocationCause } from "./revocation-reason.ts";

/** What the brake rests on. */
export interface BrakeReading {
  /** The municipality's certificates that were valid when the 24 hours began. */
  readonly validCertificates: number;
  readonly revokedLast24h: number;
  /** How many more are to be revoked now. */
  readonly asked: number;
}

/** One certificate in so many: 0.5 %. */
const brakeShare = 200;
const day = 86_400_000;

/**
 * More than 20 and more than 0.5 % of a municipality's valid certificates in 24 hours wait for two approvers, whoever asks: a
 * feed gone wrong, or a stolen server, must not take a town's certificates away.
 */
export function revocationBrake({
  validCertificates,
  revokedLast24h,
  asked,
}: BrakeReading): "go" | "waitForTwoApprovers" {
  const total = revokedLast24h + asked;
  return total > 20 && total * brakeShare > validCertificates ? "waitForTwoApprovers" : "go";
}

/** The part of the ledger that the brake reads. Each call may throw {@link LedgerUnavailable}. */
export interface BrakeLedger {
  /** Certificates of a municipality revoked after an instant, but for a compromised authority key. */
  revokedSince(authority: string, municipality: string, since: Date): Promise<number>;
  /** Certificates of a municipality valid at an instant; counted no further than `most`. */
  validAt(authority: string, municipality: string, at: Date, most: number): Promise<number>;
  /** Whether two people had a municipality's revocations go on at an instant. */
  isReleased(authority: string, municipality: string, at: Date): Promise<boolean>;
}

/** What an authority needs to hold revocations. */
export interface BrakingAuthority {
  readonly brake: BrakeLedger;
  /** Revocations by municipality, one after the other: the brake counts those that are under way. */
  readonly revocationsInTurn: OneAtATime;
}

/** What two people say when they have a municipality's revocations go on for 24 hours. */
export interface RevocationRelease {
  readonly municipality: string;
  readonly by: TwoPeople;
  readonly because: string;
  readonly releasedAt: Date;
  readonly until: Date;
}

/** A release from now on, for as long as the brake looks back. */
export function releaseFor(municipality: string, by: TwoPeople, because: string, now: Date): RevocationRelease {
  return { municipality, by, because, releasedAt: now, until: new Date(now.getTime() + day) };
}

/** Whether so many more of a municipality's certificates may be revoked now. */
export async function readBrake(
  brake: BrakeLedger,
  wanted: { readonly authority: string; readonly municipality: string; readonly asked: number },
  now: Date,
): Promise<"go" | "waitForTwoApprovers"> {
  const { authority, municipality, asked } = wanted;
  const since = new Date(now.getTime() - day);
  const revokedLast24h = await brake.revokedSince(authority, municipality, since);
  // Mostly too few for the brake, however small the municipality: then nothing is counted.
  if (revocationBrake({ validCertificates: 0, revokedLast24h, asked }) === "go") return "go";
  if (await brake.isReleased(authority, municipality, now)) return "go";
  const validCertificates = await brake.validAt(authority, municipality, since, (revokedLast24h + asked) * brakeShare);
  return revocationBrake({ validCertificates, revokedLast24h, asked });
}

/**
 * Causes that nothing holds up: the procedure for a compromised authority key revokes everything (千葉県運用規程 4-4-1-3)
 * and has two people of its own, and a certificate that never reached its card was never in use.
 */
export function isHeldByBrake(cause: RevocationCause): boolean {
  return cause !== "authorityKeyCompromised" && cause !== "neverDelivered";
}
