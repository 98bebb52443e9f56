import { createHash } from "node:crypto";
import {
  fullStretches,
  type ListPartition,
  type ListPlan,
  listContent,
  listFault,
  listPointOf,
  RevocationMissing,
  StretchAltered,
  stretchLength,
  suiteOf,
} from "@mitome/ca";
import { signDigestWithToken } from "@mitome/hsm";
import type { ExpectedList } from "@mitome/hsm/protocol";
import { signatureAlgorithms, streamedVerification } from "@mitome/x509";
import { signingKeyLabel } from "./inspection.ts";
import { isActive, type ListRow } from "./intent-ledger.ts";
import { answerSignature, type SignedContent, type SigningParts, signJournalled } from "./sign-intent.ts";
import type { Answer } from "./socket-server.ts";

/**
 * Signs a recorded list of revoked certificates. No octets of it are believed: they are made here again from the ledger's
 * revocations, a stretch of them once while this process runs, and must be the recorded ones. A number is never given
 * twice, and no list holds fewer revocations than the one before it. Throws TokenLocked, KeyMissing, HsmUnavailable.
 */
export async function signList(
  parts: SigningParts,
  { listId, fence }: { readonly listId: string; readonly fence: string },
): Promise<Answer> {
  const { ledger, inspector, clock } = parts;
  // 1. Read the row through our own role.
  const row = await ledger.readList(listId);
  if (row === undefined) return { kind: "refused", reason: "intentUnknown" };
  if (row.state !== "recorded") return { kind: "refused", reason: "intentNotOpen", detail: row.state };
  if (row.fence !== BigInt(fence)) return { kind: "refused", reason: "fenceWrong" };
  // 2. Its key is activated, and the clock may be believed.
  const now = clock.now();
  if (!isActive(row.activation, now)) return { kind: "notActivated" };
  if (clock.check([parts.journal.newestEntry]) === "untrusted") return { kind: "refused", reason: "clockUntrusted" };
  // 3. It is one of ours, and of today.
  const { partition, plan } = row;
  if (partition.authority !== inspector.authority) return wrong("authority");
  const fault = listFault(inspector.definition, plan, now);
  if (fault !== undefined) return wrong(fault);
  if (listPointOf(inspector.definition, partition) === undefined) return wrong("partition");
  // 4. It misses no revocation, and says what we make of them.
  const inStretches = fullStretches(plan.through) * stretchLength;
  const owed = await ledger.revocations.countOwed(partition, plan, inStretches);
  if (owed !== plan.through - inStretches) return wrong("revocationMissing");
  const label = signingKeyLabel(partition.authority, "subscriber", partition.generation);
  const content = await contentOf(parts, row, label);
  if (typeof content === "string") return wrong(content);
  if (content.tbs !== Buffer.from(row.tbsHash ?? []).toString("hex")) return wrong("differsFromRevocations");
  // 5. It follows the last one: asked with nothing between this and the journal's line, or two could follow the same.
  if (!follows(parts, partition, plan, content.tbs)) return { kind: "refused", reason: "listNotNext" };
  // 6. Journal, sign, verify, journal.
  const signature = await signJournalled(parts, {
    ...{ intent: null, request: null, ticket: null, label, content },
    list: { partition: nameOf(partition), number: plan.number, through: plan.through },
    mayStill: () => isActive(row.activation, clock.now()),
  });
  return signature === undefined ? { kind: "notActivated" } : answerSignature(signature);
}

/** Inspects the full stretches of a list before it is asked for: what of them is wrong is said when it is. */
export async function expectList(
  { ledger, inspector, stretches }: SigningParts,
  { generation, partition, through }: ExpectedList,
): Promise<Answer> {
  const key = { authority: inspector.authority, generation, partition };
  if (listPointOf(inspector.definition, key) === undefined) return wrong("partition");
  try {
    await stretches.inspect(ledger.revocations, key, fullStretches(through));
  } catch (error) {
    if (error instanceof RevocationMissing) return wrong("revocationMissing");
    throw error;
  }
  return { kind: "answer", fields: {} };
}

function wrong(detail: string): Answer {
  return { kind: "refused", reason: "inspectionFailed", detail };
}

/** Whether this list may come after the newest that a signature was begun for; the same one may be signed again. */
function follows({ journal }: SigningParts, partition: ListPartition, plan: ListPlan, tbs: string): boolean {
  const newest = journal.newestListOf(nameOf(partition));
  if (newest === undefined || newest.tbs === tbs) return true;
  return plan.number > newest.number && plan.through >= newest.through;
}

function nameOf({ generation, partition }: ListPartition): string {
  return `${generation}:${partition}`;
}

/** The list's octets, hashed as they are made; or what is wrong with the ledger's stretches. */
async function contentOf(
  { ledger, inspector, stretches }: SigningParts,
  { partition, plan }: ListRow,
  label: string,
): Promise<SignedContent | "stretchAltered" | "revocationMissing"> {
  const { definition } = inspector;
  const algorithm = suiteOf(definition).signatureAlgorithm;
  const { subjectPublicKeyInfo } = inspector.publicKey(label);
  const generation = { number: partition.generation, subjectPublicKeyInfo };
  const name = createHash("sha256");
  const nameOfDigest = signatureAlgorithms[algorithm].digest;
  const digest = nameOfDigest === "sha256" ? name : createHash(nameOfDigest);
  const verification = streamedVerification(algorithm);
  const readers = new Set([name, digest, verification]);
  try {
    const list = await listContent({ definition, generation, partition, plan }, stretches.of(ledger.revocations));
    for await (const octets of list.pieces()) {
      for (const reader of readers) reader.update(octets);
    }
  } catch (error) {
    if (error instanceof StretchAltered) return "stretchAltered";
    if (error instanceof RevocationMissing) return "revocationMissing";
    throw error;
  }
  const tbs = name.copy().digest("hex");
  const signed = digest.digest();
  return {
    tbs,
    sign: (token, key) => signDigestWithToken(token, key, algorithm, signed),
    isSignedBy: (key, signature) => verification.isSignedBy(key, signature),
  };
}
