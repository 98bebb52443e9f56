/** What operators do to the ledger: keys, tickets, stock, activation, the clock. */
import type { AuditEvent } from "@mitome/audit";
import { type Acting, type EnrolmentTicket, RecordedIntent, type SigningIntent } from "@mitome/ca";
import type { Der, SerialNumber } from "@mitome/x509";
import type { AuditLanes } from "./audit-lanes.ts";
import type { KeyPurpose } from "./enter-authority.ts";
import { leaseSeconds } from "./postgres-ledger.ts";
import * as statements from "./statements.ts";
import * as statusStatements from "./status-statements.ts";

/** An operational certificate that is to be signed. */
export interface OperationalCertificateIntent {
  readonly fields: SigningIntent;
  readonly serial: SerialNumber;
  readonly mac: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Operators' acts over the lanes of their own process; `false` when there was nothing to act on. */
export class OperatorLedger {
  readonly #lanes: AuditLanes;

  constructor(lanes: AuditLanes) {
    this.#lanes = lanes;
  }

  /** Keeps the self-signed certificate of a key. */
  async certifyGeneration(
    acting: Acting,
    { intent, purpose, certificate }: { intent: RecordedIntent; purpose: KeyPurpose; certificate: Der<"Certificate"> },
    event: AuditEvent,
  ): Promise<boolean> {
    return await this.#act(acting, event, statements.certifyGeneration, [
      intent.id,
      intent.fence,
      purpose,
      certificate,
    ]);
  }

  /** Records what will be signed for an operational certificate, in the name of this run, until its lease ends. */
  async recordOperationalCertificateIntent(
    acting: Acting,
    { fields, serial, mac, notBefore, notAfter }: OperationalCertificateIntent,
    run: string,
    event: AuditEvent,
  ): Promise<RecordedIntent> {
    const { id, authority, generation, kind, tbs, request } = fields;
    const values = [id, authority, generation, kind, serial, tbs, request, mac, run, leaseSeconds, notBefore, notAfter];
    await this.#act(acting, event, statusStatements.recordOperationalCertificateIntent, values);
    return RecordedIntent.readFromLedger(id, 1, serial);
  }

  /** Keeps an operational certificate. */
  async recordOperationalCertificate(
    acting: Acting,
    intent: RecordedIntent,
    certificate: Der<"Certificate">,
    event: AuditEvent,
  ): Promise<boolean> {
    const values = [intent.id, intent.fence, certificate];
    return await this.#act(acting, event, statusStatements.recordOperationalCertificate, values);
  }

  async recordTicket(acting: Acting, ticket: EnrolmentTicket, mac: Uint8Array, event: AuditEvent): Promise<boolean> {
    const { ticketId, authority, kind, municipality, place, expiresAt, codeKey } = ticket;
    const values = [ticketId, authority, kind, municipality, place, expiresAt, codeKey, mac];
    return await this.#act(acting, event, statements.recordTicket, values);
  }

  async revokeEquipment(acting: Acting, fingerprint: string, reason: string, event: AuditEvent): Promise<boolean> {
    return await this.#act(acting, event, statements.revokeEquipment, [fingerprint, reason]);
  }

  async receiveCard(
    acting: Acting,
    card: { readonly cardNumber: string; readonly authority: string; readonly municipality: string },
    event: AuditEvent,
  ): Promise<boolean> {
    const values = [card.cardNumber, card.authority, card.municipality];
    return await this.#act(acting, event, statements.receiveCard, values);
  }

  async beginActivation(
    acting: Acting,
    { authority, generation, from, until }: { authority: string; generation: number; from: Date; until: Date },
    event: AuditEvent,
  ): Promise<boolean> {
    return await this.#act(acting, event, statements.beginActivation, [authority, generation, from, until]);
  }

  async endActivation(acting: Acting, authority: string, generation: number, event: AuditEvent): Promise<boolean> {
    return await this.#act(acting, event, statements.endActivation, [authority, generation]);
  }

  /** Keeps the heads of all streams of a run with their signature. */
  async recordHeads(
    acting: Acting,
    { run, heads, signature }: { run: string; heads: string; signature: Uint8Array },
    event: AuditEvent,
  ): Promise<boolean> {
    return await this.#act(acting, event, statements.recordHeads, [run, heads, signature]);
  }

  async #act(acting: Acting, event: AuditEvent, statement: string, values: readonly unknown[]): Promise<boolean> {
    return await this.#lanes.act(acting, event, statement, values);
  }
}
