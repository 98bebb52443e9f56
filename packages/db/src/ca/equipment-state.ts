/** Which machines are in force, and word of every change. */
import pg from "pg";
import { clientConfig } from "../connection.ts";
import { translate } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";

/** A machine whose certificate is in force. */
export interface EquipmentState {
  readonly fingerprint: string;
  /** Six digits, or `-` for the authority's own machines. */
  readonly municipality: string;
}

/** Every machine of an authority that is not revoked. */
export async function readEquipment(pool: pg.Pool, authority: string): Promise<readonly EquipmentState[]> {
  const query = `select fingerprint, municipality from ca.equipment_certificate
    where authority = $1::text and revoked_at is null and not_after >= now()`;
  return await readRows<EquipmentState>(pool, query, [authority]);
}

const reconnectAfter = 100;

/** Calls `changed` whenever a machine's certificate is recorded or revoked, and after each lost connection. */
export async function watchEquipment(url: string, changed: () => void): Promise<() => Promise<void>> {
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;
  let watching = true;
  const watch = async (): Promise<void> => {
    client = new pg.Client({ ...clientConfig(url), keepAlive: true });
    client.on("notification", changed);
    client.on("error", () => undefined);
    client.once("end", () => {
      if (watching) again = setTimeout(() => void watch().then(changed, () => undefined), reconnectAfter);
    });
    try {
      await client.connect();
      await client.query("listen equipment");
    } catch (cause) {
      // A connection that does not listen is ended, and with it the next one begins.
      await client.end().catch(() => undefined);
      throw cause;
    }
  };
  try {
    await watch();
  } catch (cause) {
    watching = false;
    throw translate(cause).error;
  }
  return async () => {
    watching = false;
    clearTimeout(again);
    await client?.end();
  };
}
