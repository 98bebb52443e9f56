/** What applying register changes needs from the ledger, beside `ports.ts`. */
import type { AuditEvent } from "@mitome/audit";
import type { Acting } from "../ports.ts";
import type { KnownOfSubscriber, RegisterRevocation, WorkListReason } from "./decide-register-change.ts";
import type { RegisterChangeNotification } from "./notify-designated-body.ts";
import type { ChangeOfSubscriber } from "./register-change.ts";

/** What is answered to a change: the same one gets the same answer, whatever became of it since. */
export type ChangeAnswer =
  | { readonly outcome: "revoked" | "nothingToRevoke" | "older" }
  | { readonly outcome: "workList"; readonly why: WorkListReason };

/** Under which name of whose, and about whom, a change is. */
export interface ChangeQuestion {
  readonly authority: string;
  readonly municipality: string;
  readonly feed: string;
  readonly sequence: number;
  readonly subscriberId: string;
  readonly at: Date;
}

/** What the ledger knows when a change arrives. */
export interface KnownOfChange extends KnownOfSubscriber {
  /** What the change recorded under this name was answered. */
  readonly answered: ChangeAnswer | undefined;
  /** Moves on with every intent and every change of this subscriber; 0 while there is none. */
  readonly revision: number;
}

/** A decided change as it is recorded. */
export interface ChangeToRecord {
  readonly authority: string;
  readonly change: ChangeOfSubscriber;
  readonly answer: ChangeAnswer;
  /** Kept with the subscriber from now on; `undefined`: nothing is. */
  readonly registerVersion: number | undefined;
  readonly revocations: readonly RegisterRevocation[];
  readonly notification: RegisterChangeNotification | undefined;
  /** As it was read for this decision. */
  readonly revision: number;
  /** The work that this decision settles. */
  readonly settles: number | undefined;
  readonly at: Date;
}

/** A change and its revocations in the audit trail; they stand there in this order. */
export interface ChangeEvents {
  readonly change: AuditEvent;
  /** One for each revocation. */
  readonly revocations: readonly AuditEvent[];
}

/**
 * What recording a change comes to: `moved` when the ledger is not any more as it was read; `settledBefore` when another
 * decision has settled the work.
 */
export type ChangeRecording = "recorded" | "moved" | "settledBefore";

/** A line that could not be read, by its place. */
export interface MalformedLine {
  readonly authority: string;
  readonly municipality: string;
  readonly file: string;
  readonly line: number;
  readonly field: string;
  readonly at: Date;
}

/** A change that was set aside. */
export interface SetAsideChange {
  readonly id: number;
  readonly why: WorkListReason;
  readonly change: ChangeOfSubscriber;
}

/** Work that nobody has settled; without a change when its line could not be read or is nobody's. */
export interface OpenWork {
  readonly id: number;
  readonly why: WorkListReason;
  readonly change: ChangeOfSubscriber | undefined;
}

/**
 * What becomes of a change that two people did not let go through: `closed`, nothing follows from it; `workList`, one
 * person looks at it by itself.
 */
export type DeclinedOutcome = "closed" | "workList";

/** The part of the ledger that knows what registers reported. Each call may throw {@link LedgerUnavailable}. */
export interface RegisterChangeLedger {
  readForChange(question: ChangeQuestion): Promise<KnownOfChange>;
  /** Records the change with all that it leads to, in one act. What is recorded already is not recorded twice. */
  recordChange(acting: Acting, record: ChangeToRecord, events: ChangeEvents): Promise<ChangeRecording>;
  /** Puts a malformed line on the work list, once. */
  recordMalformedLine(acting: Acting, line: MalformedLine, event: AuditEvent): Promise<void>;
  /** Changes whose issuance was under way or whose day has come, oldest first; `today` is a day in Japan. */
  dueAgain(authority: string, today: string, limit: number): Promise<readonly SetAsideChange[]>;
  openWork(authority: string, id: number): Promise<OpenWork | undefined>;
  /** Settles work without a revocation; `false` when it was settled before. */
  settleWork(acting: Acting, authority: string, id: number, event: AuditEvent): Promise<boolean>;
  /**
   * Settles what waits for two approvers without a revocation, and with `workList` lists it as `releaseDeclined`; `false`
   * when it waits no more.
   */
  declineWork(
    acting: Acting,
    work: { readonly authority: string; readonly id: number; readonly outcome: DeclinedOutcome },
    event: AuditEvent,
  ): Promise<boolean>;
  /** Changes of a municipality that wait for two approvers, oldest first. */
  waitingForApprovers(authority: string, municipality: string, limit: number): Promise<readonly SetAsideChange[]>;
}
