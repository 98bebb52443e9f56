/** Which machines are in force, and word of every change. */
import type { Sql } from "./audit-lane.ts";
import { translate } from "./ledger-conflict.ts";
import { readRows } from "./postgres-ledger.ts";

/** A machine whose certificate is in force. */
export interface EquipmentState {
  readonly fingerprint: string;
  /** Six digits, or `-` for the authority's own machines. */
  readonly municipality: string;
}

/** Every machine of an authority that is not revoked. */
export async function readEquipment(sql: Sql, authority: string): Promise<readonly EquipmentState[]> {
  const query = `select fingerprint, municipality from ca.equipment_certificate
    where authority = $1::text and revoked_at is null and not_after >= now()`;
  return await readRows<EquipmentState>(sql, query, [authority]);
}

/** Calls `changed` whenever a machine's certificate is recorded or revoked, and after each lost connection. */
export async function watchEquipment(sql: Sql, changed: () => void): Promise<() => Promise<void>> {
  try {
    const { unlisten } = await sql.listen("equipment", changed, changed);
    return async () => {
      await unlisten();
    };
  } catch (cause) {
    throw translate(cause).error;
  }
}
