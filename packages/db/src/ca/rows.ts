/** Rows as the driver gives them, and what they mean. The one place in this package that asserts a type. */
import {
  type AttemptKey,
  type CardRecord,
  type CaseRecord,
  type HeldCertificate,
  type IssuanceCaseState,
  type IssuanceReading,
  RecordedIntent,
  type StoredCertificate,
  type TicketRecord,
  type UnfinishedIssuance,
} from "@mitome/ca";
import { brandDer, parseSerialNumber, type SerialNumber } from "@mitome/x509";

export interface CardRow {
  readonly municipality: string;
  readonly state: CardRecord["state"];
}

export interface CardSessionRow {
  readonly card_challenge: Uint8Array;
  readonly counter: number;
  readonly last_command: Uint8Array | null;
}

export interface CaseRow {
  readonly state: IssuanceCaseState;
  readonly card_number: string;
  readonly challenge: Uint8Array;
  readonly request_hash: Uint8Array | null;
  readonly serial: string | null;
  readonly refusal: string | null;
}

export interface HeldRow {
  readonly serial: string;
  readonly not_before: Date;
  readonly not_after: Date;
  readonly municipality: string;
}

export interface IssuanceRow extends Omit<CaseRow, "state"> {
  /** Which of the requests asked about together, from 1. */
  readonly number: number;
  readonly state: IssuanceCaseState | null;
  readonly held_serial: string | null;
  readonly not_before: Date;
  readonly not_after: Date;
  readonly municipality: string;
  readonly key_seen: boolean;
  readonly items_elsewhere: boolean;
  readonly register_version: number;
}

export interface IntentRow {
  readonly id: string;
  readonly fence: number;
  readonly serial: string;
  readonly tbs: Uint8Array;
  readonly generation: number;
}

export interface CertificateRow extends HeldRow {
  readonly generation: number;
  readonly certificate: Uint8Array;
}

export interface TicketRow {
  readonly authority: string;
  readonly kind: string;
  readonly municipality: string;
  readonly place: string;
  readonly expires_at: Date;
  readonly code_key: Uint8Array;
  readonly mac: Uint8Array;
  readonly wrong_tries: number;
}

/** A serial number out of a row; the table's CHECK lets nothing else in. */
export function serialOf(text: string): SerialNumber {
  const serial = parseSerialNumber(text);
  if (serial === undefined) throw new Error("the ledger holds a serial number that is none");
  return serial;
}

export function caseOf(key: AttemptKey, row: CaseRow): CaseRecord {
  return {
    key,
    state: row.state,
    cardNumber: row.card_number,
    challenge: row.challenge,
    requestHash: row.request_hash ?? undefined,
    serial: row.serial === null ? undefined : serialOf(row.serial),
    refusal: row.refusal ?? undefined,
  };
}

export function heldOf(row: HeldRow): HeldCertificate {
  const { not_before: notBefore, not_after: notAfter, municipality } = row;
  return { serial: serialOf(row.serial), notBefore, notAfter, municipality };
}

export function readingOf(key: AttemptKey, row: IssuanceRow): IssuanceReading {
  return {
    attempt: row.state === null ? undefined : caseOf(key, { ...row, state: row.state }),
    held: row.held_serial === null ? undefined : heldOf({ ...row, serial: row.held_serial }),
    keySeen: row.key_seen,
    itemsElsewhere: row.items_elsewhere,
    registerVersion: row.register_version,
  };
}

export function unfinishedOf(row: IntentRow): UnfinishedIssuance {
  return {
    intent: RecordedIntent.readFromLedger(row.id, row.fence, serialOf(row.serial)),
    tbs: brandDer<"TBSCertificate">(row.tbs),
    generation: row.generation,
  };
}

export function certificateOf(row: CertificateRow): StoredCertificate {
  const certificate = brandDer<"Certificate">(row.certificate);
  return { ...heldOf(row), generation: row.generation, certificate };
}

export function ticketOf(ticketId: string, row: TicketRow): TicketRecord {
  const { authority, kind, municipality, place, expires_at, code_key: codeKey, mac, wrong_tries: wrongTries } = row;
  const ticket = { ticketId, authority, kind, municipality, place, codeKey, expiresAt: expires_at.toISOString() };
  return { ticket, mac, wrongTries };
}
