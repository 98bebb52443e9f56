/** Whom a revocation after the register has to be told: the 指定認証機関 by notification, its holder by letter. */
import type { AuditEvent } from "@mitome/audit";
import { type Acting, type CertifiedItems, type LetterCause, parseIssuanceRequest } from "@mitome/ca";
import type { SerialNumber } from "@mitome/x509";
import { auditColumns, auditValues } from "./audit-row.ts";
import { readRows } from "./ledger-connection.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";
import { serialOf } from "./rows.ts";

/** A notification that has not been sent; municipality, feed, sequence and recordedAt name it, however often it is sent. */
export interface WaitingNotification {
  readonly municipality: string;
  readonly feed: string;
  readonly sequence: number;
  readonly fact: string;
  readonly serials: readonly string[];
  readonly recordedAt: Date;
}

/** A letter that has not been written. Holds personal data: the items as they were certified. */
export interface WaitingLetter {
  readonly serial: SerialNumber;
  readonly cause: LetterCause;
  readonly municipality: string;
  readonly notBefore: Date;
  readonly revokedAt: Date;
  readonly items: CertifiedItems;
}

interface LetterRow {
  readonly serial: string;
  readonly cause: LetterCause;
  readonly municipality: string;
  readonly not_before: Date;
  readonly revoked_at: Date;
  readonly request: Uint8Array;
}

const waitingNotifications = `
  select municipality, feed, sequence, fact, serials, recorded_at as "recordedAt" from ca.register_notification
  where authority = $1::text and body = $2::text and sent_at is null order by recorded_at, feed, sequence`;

/** $10 authority, $11 body, $12 municipalities, $13 feeds, $14 sequences and $15 when they were recorded. */
const recordNotified = `
  with told as (
    update ca.register_notification n set sent_at = $3::timestamptz
    from unnest($12::text[], $13::text[], $14::bigint[], $15::timestamptz[]) as sent (municipality, feed, sequence, recorded_at)
    where n.sequence = sent.sequence and n.feed = sent.feed and n.municipality = sent.municipality
      and n.recorded_at = sent.recorded_at and n.authority = $10::text and n.body = $11::text and n.sent_at is null
    returning 1
  ), audited as (
    insert into ca.audit_event (${auditColumns}) select ${auditValues} where exists (select from told)
  )
  select count(*) > 0 as acted from told`;

const waitingLetters = `
  select w.serial, w.cause, w.municipality, w.not_before, w.revoked_at, i.request
  from ca.waiting_letter w join ca.certificate c using (authority, serial) join ca.signing_intent i on i.id = c.intent
  where w.authority = $1::text order by w.revoked_at, w.serial`;

/** $10 authority, $11 serial. */
const recordLetter = `
  with written as (
    insert into ca.letter (authority, serial, sent_at) values ($10::text, $11::text, $3::timestamptz)
    on conflict do nothing
    returning 1
  ), audited as (
    insert into ca.audit_event (${auditColumns}) select ${auditValues} from written
  )
  select count(*) = 1 as acted from written`;

/** The part of a {@link PostgresLedger} that knows who has not been told yet. */
export class PostgresRegisterNotices {
  readonly #ledger: PostgresLedger;

  constructor(ledger: PostgresLedger) {
    this.#ledger = ledger;
  }

  /** What a body is to be told, the oldest first. */
  async waitingNotifications(authority: string, body: string): Promise<readonly WaitingNotification[]> {
    return await readRows<WaitingNotification>(this.#ledger.reader, waitingNotifications, [authority, body]);
  }

  /** Records that a body was told. */
  async recordNotified(
    acting: Acting,
    { authority, body, sent }: { authority: string; body: string; sent: readonly WaitingNotification[] },
    event: AuditEvent,
  ): Promise<void> {
    const names = [sent.map((one) => one.municipality), sent.map(({ feed }) => feed), sent.map((one) => one.sequence)];
    const values = [authority, body, ...names, sent.map(({ recordedAt }) => recordedAt)];
    await this.#ledger.lanes.act(acting, event, recordNotified, values);
  }

  /** Letters to be written, the oldest revocation first. */
  async waitingLetters(authority: string): Promise<readonly WaitingLetter[]> {
    const rows = await readRows<LetterRow>(this.#ledger.reader, waitingLetters, [authority]);
    return rows.map(({ serial, cause, municipality, not_before: notBefore, revoked_at: revokedAt, request }) => {
      const parsed = parseIssuanceRequest(request);
      if (parsed.kind === "malformed") throw new Error("a subscriber's certificate without its request");
      return { serial: serialOf(serial), cause, municipality, notBefore, revokedAt, items: parsed.request.items };
    });
  }

  /** Records that a letter was written. */
  async recordLetter(acting: Acting, authority: string, serial: SerialNumber, event: AuditEvent): Promise<void> {
    await this.#ledger.lanes.act(acting, event, recordLetter, [authority, serial]);
  }
}
