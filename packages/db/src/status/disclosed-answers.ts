/** What one person's certificates were asked about, as `access_reader` is given it once for a disclosure on record. */
import { openClient } from "../connection.ts";

/** One answer that a verifier got about one certificate. */
export interface DisclosedAnswer {
  readonly at: Date;
  readonly verifier: string;
  readonly confirmer: string | null;
  readonly serial: string;
  readonly answer: "good" | "revoked" | "unknown";
}

/**
 * The answers about a disclosure's certificates, oldest first. Throws when it is not on record with its audit event, is
 * older than an hour, or was given before.
 */
export async function readDisclosedAnswers(url: string, disclosure: string): Promise<readonly DisclosedAnswer[]> {
  // Every record is looked at, which takes its time.
  const client = await openClient(url);
  try {
    const { rows } = await client.query<DisclosedAnswer>(
      "select at, verifier, confirmer, serial, answer from access.disclose($1::uuid)",
      [disclosure],
    );
    return rows;
  } finally {
    await client.end();
  }
}
