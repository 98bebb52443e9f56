import type { AuthorityRecords } from "@mitome/db/ra";
import { faultOf, type Log } from "./log.ts";

/** Reads `<stream>:<sequence>:<hash>` as the authority's answers carry it; null for anything else. The stream may hold colons. */
function readAuditHead(text: string): { readonly stream: string; readonly seq: number; readonly hash: string } | null {
  const found = /^(.{1,128}):(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  if (found === null) return null;
  const [, stream = "", seq = "0", hash = ""] = found;
  return { stream, seq: Number(seq), hash };
}

/**
 * Keeps the audit head of one of the authority's answers where the authority cannot reach it. A head that contradicts
 * one kept before means that its record was changed, not added to: an alarm for the administrator.
 */
export async function keepWitness(
  records: Pick<AuthorityRecords, "witness">,
  text: string,
  at: Date,
  log: Log,
): Promise<void> {
  const head = readAuditHead(text);
  if (head === null) return;
  try {
    const outcome = await records.witness(head, at);
    if (outcome === "contradicting") log("K015", { stream: head.stream, seq: head.seq });
  } catch (error) {
    log("K050", faultOf(error));
  }
}
