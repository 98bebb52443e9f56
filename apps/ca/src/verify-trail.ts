/** The whole audit trail held against itself and against the heads that were signed. */
import { type AuditHead, type AuditRecord, type ChainFault, ChainWalk, headsBytes } from "@mitome/audit";
import { readSignedHeads, readStreams, type SignedHeads } from "@mitome/db/ca";
import { verifySignature } from "@mitome/x509";
import type pg from "pg";
import { z } from "zod";

/** What a walk found: how much is good, or the first bad record. */
export type TrailVerdict =
  | { readonly kind: "whole"; readonly streams: number; readonly records: number; readonly signedHeads: number }
  | { readonly kind: "broken"; readonly stream: string; readonly sequence: number; readonly fault: TrailFault };

/** A fault of a record, or a signed head that the stream does not have. */
type TrailFault = ChainFault | "headNotInStream" | "headsSignatureWrong";

const headsOnWire = z.array(
  z.strictObject({ stream: z.string(), sequence: z.int(), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
);

/**
 * Walks every stream.
 * @param headsKey SubjectPublicKeyInfo of the key that signs heads; without it their signatures are not checked
 */
export async function verifyTrail(ledger: pg.Pool, headsKey: Uint8Array | undefined): Promise<TrailVerdict> {
  const signed = await readSignedHeads(ledger);
  const expected = new Map<string, string>();
  for (const one of signed) {
    const fault = checkHeads(one, headsKey, expected);
    if (fault !== undefined) return { kind: "broken", stream: `heads ${one.id}`, sequence: 0, fault };
  }
  let walk: ChainWalk | undefined;
  const found = { streams: 0, records: 0 };
  for await (const record of readStreams(ledger)) {
    if (walk?.head.stream !== record.stream) {
      walk = new ChainWalk(record.stream);
      found.streams += 1;
    }
    const broken = walk.next(record) ?? headFault(record, expected);
    if (broken !== undefined) return broken;
    found.records += 1;
  }
  const [missing] = expected.keys();
  if (missing === undefined) return { kind: "whole", ...found, signedHeads: signed.length };
  const [stream = "", sequence = "0"] = missing.split(":");
  return { kind: "broken", stream, sequence: Number(sequence), fault: "missing" };
}

function checkHeads(
  { heads, signature }: SignedHeads,
  headsKey: Uint8Array | undefined,
  expected: Map<string, string>,
): TrailFault | undefined {
  const parsed = headsOnWire.parse(JSON.parse(heads));
  const octets = parsed.map(({ hash, ...head }): AuditHead => ({ ...head, hash: Buffer.from(hash, "hex") }));
  if (headsKey !== undefined && !verifySignature(headsKey, "ecdsa-with-SHA256", headsBytes(octets), signature)) {
    return "headsSignatureWrong";
  }
  for (const { stream, sequence, hash } of parsed) expected.set(`${stream}:${sequence}`, hash);
  return undefined;
}

function headFault(
  record: AuditRecord,
  expected: Map<string, string>,
): Extract<TrailVerdict, { kind: "broken" }> | undefined {
  const { stream, sequence, hash } = record;
  const name = `${stream}:${sequence}`;
  const signed = expected.get(name);
  expected.delete(name);
  if (signed === undefined || signed === Buffer.from(hash).toString("hex")) return undefined;
  return { kind: "broken", stream, sequence, fault: "headNotInStream" };
}
