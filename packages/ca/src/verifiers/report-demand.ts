/** Reports on its work that a verifier owes when asked (千葉県運用規程 2-1-2(33), 2-1-6(5), 2-1-7(4)). */

/** Who may demand a report. */
export const demandingOffices = { minister: "総務大臣", governor: "千葉県知事" } as const;

/** A demand as it was recorded. Instants are UTC. */
export interface ReportDemand {
  readonly id: string;
  readonly verifierId: string;
  readonly demandedBy: keyof typeof demandingOffices;
  readonly demandedAt: Date;
  /** What is to be reported, in words. */
  readonly subject: string;
  /** The last instant at which an answer is in time. */
  readonly dueAt: Date;
  readonly answeredAt: Date | null;
}

/** How a demand stands: `answeredLate` stays so. */
export type DemandState = "open" | "overdue" | "answered" | "answeredLate";

/** How a demand stands at this instant. */
export function demandState({ dueAt, answeredAt }: ReportDemand, now: Date): DemandState {
  if (answeredAt !== null && answeredAt <= now) return answeredAt <= dueAt ? "answered" : "answeredLate";
  return now <= dueAt ? "open" : "overdue";
}
