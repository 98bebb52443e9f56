/** Machines in the ledger: tickets, intents, certificates. */
import type { AuditEvent } from "@mitome/audit";
import {
  type Acting,
  type EquipmentCertificate,
  type EquipmentLedger,
  type OperationalIntent,
  RecordedIntent,
  type TicketRecord,
  type UnfinishedIssuance,
} from "@mitome/ca";
import { brandDer, type Der } from "@mitome/x509";
import { LedgerConflict } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";
import { leaseSeconds, type PostgresLedger } from "./postgres-ledger.ts";
import * as queries from "./queries.ts";
import * as rows from "./rows.ts";
import * as statements from "./statements.ts";

/** The equipment part of a {@link PostgresLedger}, over the same lanes and connections. */
export class PostgresEquipmentLedger implements EquipmentLedger {
  readonly #ledger: PostgresLedger;

  constructor(ledger: PostgresLedger) {
    this.#ledger = ledger;
  }

  async ticket(ticketId: string): Promise<TicketRecord | undefined> {
    const [row] = await readRows<rows.TicketRow>(this.#ledger.reader, queries.ticket, [ticketId]);
    return row === undefined ? undefined : rows.ticketOf(ticketId, row);
  }

  async countWrongTry(acting: Acting, ticketId: string, event: AuditEvent): Promise<void> {
    await this.#ledger.lanes.act(acting, event, statements.countWrongTry, [ticketId]);
  }

  async redeemed(ticketId: string): Promise<Der<"Certificate"> | undefined> {
    const [row] = await readRows<{ der: Uint8Array }>(this.#ledger.reader, queries.redeemed, [ticketId]);
    return row === undefined ? undefined : brandDer<"Certificate">(row.der);
  }

  async recordOperationalIntent(
    acting: Acting,
    { fields, serial, mac, ticketId }: OperationalIntent,
    event: AuditEvent,
  ): Promise<RecordedIntent> {
    const values = [
      ...[fields.id, fields.authority, fields.generation, fields.kind, serial, fields.tbs, fields.request],
      ...[fields.requestSignature, fields.requesterCertificate, mac, this.#ledger.run.id, leaseSeconds],
      ticketId ?? null,
    ];
    await this.#ledger.lanes.act(acting, event, statements.recordOperationalIntent, values);
    return RecordedIntent.readFromLedger(fields.id, 1, serial);
  }

  async recordEquipment(
    acting: Acting,
    intent: RecordedIntent,
    equipment: EquipmentCertificate,
    event: AuditEvent,
  ): Promise<"recorded" | "late" | "ticketRedeemed"> {
    const { fingerprint, kind, municipality, place, certificate, notBefore, notAfter } = equipment;
    const values = [intent.id, intent.fence, fingerprint, kind, municipality, place, certificate, notBefore, notAfter];
    try {
      const done = await this.#ledger.lanes.act(acting, event, statements.recordEquipment, values);
      return done ? "recorded" : "late";
    } catch (error) {
      if (error instanceof LedgerConflict && error.constraint === "ticketRedeemed") return error.constraint;
      throw error;
    }
  }

  async takeExpiredEquipment(authority: string, limit: number): Promise<readonly UnfinishedIssuance[]> {
    const values = [this.#ledger.run.id, leaseSeconds, authority, limit];
    const taken = await readRows<rows.IntentRow>(this.#ledger.reader, queries.takeExpiredEquipment, values);
    return taken.map(rows.unfinishedOf);
  }
}
