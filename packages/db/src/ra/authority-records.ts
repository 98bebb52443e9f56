import { and, eq, ne } from "drizzle-orm";
import type { Database, Statements } from "../database.ts";
import { auditWitness, signedRequest } from "./tables.ts";

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
export function authorityRecords(database: Database): AuthorityRecords {
  const stored = async (on: Statements, caseId: string, attempt: number): Promise<SignedRequestRecord | null> => {
    const [row] = await on
      .select({ payload: signedRequest.payload, signature: signedRequest.signature })
      .from(signedRequest)
      .where(and(eq(signedRequest.caseId, caseId), eq(signedRequest.attempt, attempt)));
    if (row === undefined) return null;
    return {
      payload: Buffer.from(row.payload).toString("base64"),
      signature: Buffer.from(row.signature).toString("base64"),
    };
  };
  return {
    keepRequest: (caseId, attempt, request) =>
      database.run(async (on) => {
        const payload = Buffer.from(request.payload, "base64");
        const signature = Buffer.from(request.signature, "base64");
        await on.insert(signedRequest).values({ caseId, attempt, payload, signature }).onConflictDoNothing();
        const kept = await stored(on, caseId, attempt);
        if (kept === null) throw new Error("the request was not kept");
        return kept;
      }),

    request: (caseId, attempt) => database.run((on) => stored(on, caseId, attempt)),

    witness: ({ stream, seq, hash }, at) =>
      database.run(async (on) => {
        await on.insert(auditWitness).values({ stream, seq, hash, seenAt: at }).onConflictDoNothing();
        // After the insert has committed: of two that contradict each other at once, one sees the other.
        const others = await on
          .select({ hash: auditWitness.hash })
          .from(auditWitness)
          .where(and(eq(auditWitness.stream, stream), eq(auditWitness.seq, seq), ne(auditWitness.hash, hash)))
          .limit(1);
        return others.length > 0 ? "contradicting" : "kept";
      }),
  };
}
