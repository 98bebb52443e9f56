/** Municipalities' servers, whose keys sign what a municipality reports. */
import type pg from "pg";
import { readRows } from "./ledger-connection.ts";

/** Certificates of a municipality's servers that are in force at an instant, DER, the newest first. */
export async function readServerCertificates(
  pool: pg.Pool,
  authority: string,
  municipality: string,
  at: Date,
): Promise<readonly Uint8Array[]> {
  const query = `select der from ca.equipment_certificate
    where authority = $1::text and municipality = $2::text and kind = 'server' and revoked_at is null
      and not_before <= $3::timestamptz and not_after >= $3::timestamptz
    order by not_before desc`;
  const rows = await readRows<{ der: Uint8Array }>(pool, query, [authority, municipality, at]);
  return rows.map(({ der }) => der);
}
