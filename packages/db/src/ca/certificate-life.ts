import type { CertificateLife, RevocationReason } from "@mitome/ca";
import type { SerialNumber } from "@mitome/x509";
import type pg from "pg";
import { readRows } from "./ledger-connection.ts";

interface LifeRow {
  readonly generation: number;
  readonly partition: string;
  readonly state: CertificateLife["state"];
  readonly not_before: Date;
  readonly not_after: Date;
  readonly ended_at: Date | null;
  readonly revocation_reason: RevocationReason | null;
}

/** $1 authority, $2 serial. */
const life = `
  select generation, partition, state, not_before, not_after, ended_at, revocation_reason from ca.certificate
  where serial = $2::text and authority = $1::text`;

/** A certificate's life, and on which lists its revocation stands; `undefined` when there is none of this number. */
export async function readCertificateLife(
  pool: pg.Pool,
  authority: string,
  serial: SerialNumber,
): Promise<(CertificateLife & { readonly generation: number; readonly partition: string }) | undefined> {
  const [row] = await readRows<LifeRow>(pool, life, [authority, serial]);
  if (row === undefined) return undefined;
  const { generation, partition, state, not_before: notBefore, not_after: notAfter } = row;
  const { ended_at: revokedAt, revocation_reason: reason } = row;
  const revocation = state === "revoked" && revokedAt !== null && reason !== null ? { revokedAt, reason } : undefined;
  return { generation, partition, state, notBefore, notAfter, revocation };
}
