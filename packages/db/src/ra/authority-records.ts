import type postgres from "postgres";
import { guarded } from "./store-unavailable.ts";

/** A signed issuance request, base64 as it travels. */
export interface SignedRequestRecord {
  readonly payload: string;
  readonly signature: string;
}

/** What a municipality keeps of its dealings with the authority. */
export interface AuthorityRecords {
  /** Keeps the request of an attempt; when there is one already, that one stands and is answered. */
  keepRequest(caseId: string, attempt: number, request: SignedRequestRecord): Promise<SignedRequestRecord>;
  request(caseId: string, attempt: number): Promise<SignedRequestRecord | null>;
  /**
   * Keeps an audit head that the authority showed, as a witness outside it. `contradicting` when another hash was shown
   * for the same place before: the authority's chain was not only added to.
   */
  witness(
    head: { readonly stream: string; readonly seq: number; readonly hash: string },
    at: Date,
  ): Promise<"kept" | "contradicting">;
}

/** {@link AuthorityRecords} in PostgreSQL. */
export function authorityRecords(sql: postgres.Sql): AuthorityRecords {
  const stored = async (caseId: string, attempt: number): Promise<SignedRequestRecord | null> => {
    const [row] = await sql<{ payload: Uint8Array; signature: Uint8Array }[]>`select payload, signature
      from ra.signed_request where case_id = ${caseId} and attempt = ${attempt}`;
    if (row === undefined) return null;
    return {
      payload: Buffer.from(row.payload).toString("base64"),
      signature: Buffer.from(row.signature).toString("base64"),
    };
  };
  return {
    keepRequest: (caseId, attempt, { payload, signature }) =>
      guarded(async () => {
        await sql`insert into ra.signed_request (case_id, attempt, payload, signature)
          values (${caseId}, ${attempt}, ${Buffer.from(payload, "base64")}, ${Buffer.from(signature, "base64")})
          on conflict do nothing`;
        const kept = await stored(caseId, attempt);
        if (kept === null) throw new Error("the request was not kept");
        return kept;
      }),
    request: (caseId, attempt) => guarded(() => stored(caseId, attempt)),
    witness: ({ stream, seq, hash }, at) =>
      guarded(async () => {
        await sql`insert into ra.audit_witness (stream, seq, hash, seen_at) values (${stream}, ${seq}, ${hash}, ${at})
          on conflict do nothing`;
        // After the insert has committed: of two that contradict each other at once, one sees the other.
        const others = await sql`select 1 from ra.audit_witness
          where stream = ${stream} and seq = ${seq} and hash <> ${hash} limit 1`;
        return others.length > 0 ? "contradicting" : "kept";
      }),
  };
}
