/** Revocations in the ledger. */
import type { AuditEvent } from "@mitome/audit";
import type { Acting, CertificateStanding, RevocationLedger, RevocationReason, RevocationToRecord } from "@mitome/ca";
import type { SerialNumber } from "@mitome/x509";
import { LedgerConflict } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";
import { serialOf } from "./rows.ts";
import * as statements from "./status-statements.ts";

interface StandingRow {
  readonly serial: string;
  readonly municipality: string | null;
  readonly state: CertificateStanding["state"];
  readonly not_after: Date;
  readonly ended_at: Date | null;
  readonly revocation_reason: RevocationReason | null;
}

/** The revoking part of a {@link PostgresLedger}, over the same lanes and connections. */
export class PostgresRevocationLedger implements RevocationLedger {
  readonly #ledger: PostgresLedger;

  constructor(ledger: PostgresLedger) {
    this.#ledger = ledger;
  }

  async standing(authority: string, serial: SerialNumber): Promise<CertificateStanding | undefined> {
    const [row] = await readRows<StandingRow>(this.#ledger.reader, statements.standing, [authority, serial]);
    if (row === undefined) return undefined;
    const { municipality, state, not_after: notAfter, ended_at: revokedAt, revocation_reason: reason } = row;
    const revocation = reason === null || revokedAt === null ? undefined : { reason, revokedAt };
    return { serial, municipality: municipality ?? undefined, state, notAfter, revocation };
  }

  async earlierRequest(authority: string, municipality: string, caseId: string) {
    const values = [authority, municipality, caseId];
    const [row] = await readRows<{ request_hash: Uint8Array; serial: string }>(
      this.#ledger.reader,
      statements.earlierRequest,
      values,
    );
    return row && { requestHash: row.request_hash, serial: serialOf(row.serial) };
  }

  async recordRevocation(acting: Acting, wanted: RevocationToRecord, event: AuditEvent): Promise<"recorded" | "moved"> {
    const { authority, serial, cause, revocation, evidence } = wanted;
    const values = [
      ...[authority, serial, revocation.reason, cause, revocation.revokedAt],
      ...[evidence?.municipality ?? null, evidence?.caseId ?? null, evidence?.requestHash ?? null],
      ...[evidence?.payload ?? null, evidence?.signature ?? null, evidence?.requesterCertificate ?? null],
    ];
    try {
      const done = await this.#ledger.lanes.act(acting, event, statements.recordRevocation, values);
      return done ? "recorded" : "moved";
    } catch (error) {
      // Another request was faster under the same case, or with the same certificate.
      const moved = ["revocation_request_pkey", "revokedForEver"];
      if (error instanceof LedgerConflict && moved.includes(error.constraint)) return "moved";
      throw error;
    }
  }
}
