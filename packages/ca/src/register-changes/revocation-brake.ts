/** How many certificates of one municipality may be revoked in 24 hours before people are asked. */
export interface BrakeReading {
  /** The municipality's certificates that were valid when the 24 hours began. */
  readonly validCertificates: number;
  readonly revokedLast24h: number;
  /** How many more are to be revoked now. */
  readonly asked: number;
  /** The procedure for a compromised authority key revokes everything (千葉県運用規程 4-4-1-3) and has two people of its own. */
  readonly source: "registerChanges" | "counters" | "operators" | "keyCompromiseProcedure";
}

/** One certificate in so many: 0.5 %. */
export const brakeShare = 200;

/**
 * More than 20 and more than 0.5 % of a municipality's valid certificates in 24 hours wait for two approvers: a feed gone
 * wrong, or a stolen server, must not take a town's certificates away.
 */
export function revocationBrake(reading: BrakeReading): "go" | "waitForTwoApprovers" {
  if (reading.source === "keyCompromiseProcedure") return "go";
  const total = reading.revokedLast24h + reading.asked;
  return total > 20 && total * brakeShare > reading.validCertificates ? "waitForTwoApprovers" : "go";
}
