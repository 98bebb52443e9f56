import pg from "pg";
import { clientConfig } from "../connection.ts";

/** Milliseconds after which a connection that answers nothing counts as lost: somebody waits for what it may have heard. */
const silence = 1_000;

/**
 * A connection that is told what is notified on a channel (an SQL name) until it ends. Rejects while the server is away, and
 * when it does not let anybody listen, as a standby.
 */
export async function openListener(url: string, channel: string, heard: (payload: string) => void): Promise<pg.Client> {
  const client = new pg.Client({ ...clientConfig(url), query_timeout: silence, keepAlive: true });
  client.on("error", () => undefined);
  client.on("notification", ({ payload = "" }) => heard(payload));
  try {
    await client.connect();
    await client.query(`listen ${channel}`);
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw cause;
  }
}
