/** Reported changes of residents' records in the ledger. */
import type { AuditEvent } from "@mitome/audit";
import {
  type Acting,
  type ChangeAnswer,
  type ChangeEvents,
  type ChangeQuestion,
  type ChangeRecording,
  type ChangeToRecord,
  changeDigest,
  type DeclinedOutcome,
  type KnownOfChange,
  type LivingCertificate,
  type MalformedLine,
  type OpenWork,
  parseIssuanceRequest,
  parseRecordedChange,
  type RegisterChangeLedger,
  type SetAsideChange,
  type WorkListReason,
} from "@mitome/ca";
import { LedgerConflict } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";
import * as statements from "./register-statements.ts";
import { serialOf } from "./rows.ts";

interface KnownRow {
  readonly digest: Uint8Array | null;
  readonly outcome: ChangeAnswer["outcome"] | null;
  readonly why: WorkListReason | null;
  readonly revision: number | null;
  readonly register_version: number | null;
  readonly known: boolean | null;
  readonly serial: string | null;
  readonly municipality: string | null;
  readonly state: "pending" | "valid" | null;
  readonly request: Uint8Array | null;
}

interface WorkRow {
  readonly id: number;
  readonly why: WorkListReason;
  readonly change: unknown;
}

/** The register's part of a {@link PostgresLedger}, over the same lanes and connections. */
export class PostgresRegisterChangeLedger implements RegisterChangeLedger {
  readonly #ledger: PostgresLedger;

  constructor(ledger: PostgresLedger) {
    this.#ledger = ledger;
  }

  async readForChange(question: ChangeQuestion): Promise<KnownOfChange> {
    const { authority, municipality, feed, sequence, subscriberId, at } = question;
    const values = [authority, feed, sequence, subscriberId, at, municipality];
    const rows = await readRows<KnownRow>(this.#ledger.reader, statements.readForChange, values);
    const [first] = rows;
    if (first === undefined) throw new Error("a question without an answer");
    return {
      sameChange: first.digest ?? undefined,
      answered: answerOf(first),
      // Somebody of whom only changes are known has no certificate and never had one: no subscriber.
      registerVersion: first.known === true ? (first.register_version ?? undefined) : undefined,
      revision: first.revision ?? 0,
      certificates: rows.flatMap((row) => livingOf(row) ?? []),
    };
  }

  async recordChange(acting: Acting, record: ChangeToRecord, events: ChangeEvents): Promise<ChangeRecording> {
    const { authority, revocations, at } = record;
    const rows = [
      { acting, event: events.change, values: valuesOf(record) },
      ...revocations.map(({ serial, reason, cause }, index) => {
        const event = events.revocations[index];
        if (event === undefined) throw new Error("a revocation without an event");
        const values = [authority, ...nothing(13), at, null, null, serial, reason, cause];
        return { acting, event, values };
      }),
    ];
    try {
      await this.#ledger.lanes.actWhole(statements.recordChange, rows);
      return "recorded";
    } catch (error) {
      const moved = ["register_change_pkey", "subscriberMoved", "certificateMoved", "revokedForEver"];
      if (error instanceof LedgerConflict && error.constraint === "workSettled") return "settledBefore";
      if (error instanceof LedgerConflict && moved.includes(error.constraint)) return "moved";
      throw error;
    }
  }

  async recordMalformedLine(acting: Acting, malformed: MalformedLine, event: AuditEvent): Promise<void> {
    const { authority, municipality, file, line, field, at } = malformed;
    const values = [authority, municipality, file, line, field, at];
    await this.#ledger.lanes.actJointly(acting, event, statements.recordMalformedLine, values);
  }

  async dueAgain(authority: string, today: string, limit: number): Promise<readonly SetAsideChange[]> {
    return await this.#setAside(statements.dueAgain, [authority, today, limit]);
  }

  async waitingForApprovers(authority: string, municipality: string, limit: number) {
    return await this.#setAside(statements.waitingForApprovers, [authority, municipality, limit]);
  }

  async openWork(authority: string, id: number): Promise<OpenWork | undefined> {
    const [row] = await readRows<WorkRow>(this.#ledger.reader, statements.openWork, [authority, id]);
    if (row === undefined) return undefined;
    return { id, why: row.why, change: row.change === null ? undefined : parseRecordedChange(row.change) };
  }

  async settleWork(acting: Acting, authority: string, id: number, event: AuditEvent): Promise<boolean> {
    return await this.#ledger.lanes.act(acting, event, statements.settleWork, [authority, id]);
  }

  async declineWork(
    acting: Acting,
    { authority, id, outcome }: { readonly authority: string; readonly id: number; readonly outcome: DeclinedOutcome },
    event: AuditEvent,
  ): Promise<boolean> {
    const values = [authority, id, outcome === "workList"];
    return await this.#ledger.lanes.act(acting, event, statements.declineWork, values);
  }

  /** A municipality's oldest open work as an operator reads it, without what the changes say. */
  async listWork(authority: string, municipality: string): Promise<readonly object[]> {
    return await readRows<object>(this.#ledger.reader, statements.listWork, [authority, municipality]);
  }

  async #setAside(query: string, values: readonly unknown[]): Promise<readonly SetAsideChange[]> {
    const rows = await readRows<WorkRow>(this.#ledger.reader, query, values);
    return rows.map(({ id, why, change }) => ({ id, why, change: parseRecordedChange(change) }));
  }
}

const nothing = (columns: number): readonly null[] => Array.from({ length: columns }, () => null);

function valuesOf({ authority, change, answer, notification, ...record }: ChangeToRecord): readonly unknown[] {
  const { feed, sequence, municipality, subscriberId, kind, registerVersion } = change;
  const why = answer.outcome === "workList" ? answer.why : null;
  // Nobody decides again about somebody who is no subscriber: his items are not kept.
  const kept = why === null || why === "noSubscriber" ? null : JSON.stringify(change);
  return [
    ...[authority, feed, sequence, municipality, subscriberId, kind, registerVersion, changeDigest(change)],
    ...[answer.outcome, why, kept, record.registerVersion ?? null, record.revision, record.settles ?? null, record.at],
    ...[notification?.to.name ?? null, notification?.fact ?? null, null, null, null],
  ];
}

function answerOf({ outcome, why }: KnownRow): ChangeAnswer | undefined {
  if (outcome === null) return undefined;
  if (outcome !== "workList") return { outcome };
  if (why === null) throw new Error("a change is on the work list for no reason");
  return { outcome, why };
}

/** What was certified, and by which record, stands in the request that it was issued for. */
function livingOf({ serial, municipality, state, request }: KnownRow): LivingCertificate | undefined {
  if (serial === null || municipality === null || state === null) return undefined;
  const parsed = request === null ? undefined : parseIssuanceRequest(request);
  if (parsed?.kind !== "request") throw new Error("a subscriber's certificate without its request");
  const { items, registerVersion } = parsed.request;
  return {
    serial: serialOf(serial),
    municipality,
    items,
    registerVersion,
    state: state === "valid" ? "issued" : state,
  };
}
