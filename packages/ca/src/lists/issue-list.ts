/**
 * 千葉県運用規程 4-4-9: lists of revoked certificates, every 24 hours and at once on order.
 * decide → record what will be signed → sign → record what was signed → publish.
 */
import { createHash } from "node:crypto";
import { type StreamedVerification, streamedVerification } from "@mitome/x509";
import { suiteOf } from "../authority-definition.ts";
import { byItself } from "../caller.ts";
import { SignatureWrong } from "../finish-issuance.ts";
import type { CertifiedGeneration, IssuingAuthority } from "../issuing-authority.ts";
import { SignerRefused } from "../ports.ts";
import type { ListInHand, ListLedger, ListPartition, ListSigningKey, RecordedList } from "../status-ports.ts";
import { decideList, isDue } from "./decide-list.ts";
import { listContent } from "./list-content.ts";
import { partitionsOf } from "./list-scope.ts";
import { encodeStretches, readRun, runsOf } from "./list-stretch.ts";

/** What an authority needs to make lists. */
export interface ListingAuthority extends Pick<IssuingAuthority, "definition" | "generations" | "clockGuard"> {
  readonly lists: ListLedger;
  readonly listSigningKey: ListSigningKey;
}

/** What became of a partition's list. */
export type ListOutcome = "issued" | "notDue" | "underWay" | "clockUntrusted" | "refusedBySigner";

/** Issues the list of every partition for which it is due; one that fails is the next round's, and stops no other. */
export async function issueDueLists(
  authority: ListingAuthority,
): Promise<readonly PromiseSettledResult<ListOutcome>[]> {
  const outcomes: PromiseSettledResult<ListOutcome>[] = [];
  for (const partition of await duePartitions(authority)) {
    outcomes.push(...(await Promise.allSettled([issueList(authority, partition, "whenDue")])));
  }
  return outcomes;
}

async function duePartitions({ definition, generations, lists, clockGuard }: ListingAuthority) {
  const now = clockGuard.read();
  if (!(now instanceof Date)) return [];
  const known = await lists.readPartitions(definition.id);
  const notDue = new Set(known.filter((state) => !isDue(state, now)).map(({ partition }) => nameOf(partition)));
  return [...generations.keys()]
    .flatMap((generation) =>
      partitionsOf(definition).map((partition) => ({ authority: definition.id, generation, partition })),
    )
    .filter((partition) => !notDue.has(nameOf(partition)));
}

function nameOf({ generation, partition }: ListPartition): string {
  return `${generation}:${partition}`;
}

/**
 * Issues one partition's next list, when it is due or at once (千葉県運用規程 4-4-9-2).
 * Throws SigningUnavailable and LedgerUnavailable: the list stays recorded and is taken up again.
 */
export async function issueList(
  authority: ListingAuthority,
  partition: ListPartition,
  when: "whenDue" | "now",
): Promise<ListOutcome> {
  const { definition, lists, clockGuard } = authority;
  const generation = generationOf(authority, partition);
  // 1. Decide, at an instant before the partition is read: the list then holds all that was accepted by then.
  const now = clockGuard.read();
  if (!(now instanceof Date)) return "clockUntrusted";
  const state = await lists.readPartition(partition);
  if (when === "whenDue" && !isDue(state, now)) return "notDue";
  const plan = decideList(definition, state, now);

  // 2. Take the partition in hand: two processes never make one list.
  const draft = await lists.draft(partition, plan);
  if (draft === "underWay") return "underWay";

  // 3. Record exactly what will be signed; the signer reads the revocations for it meanwhile.
  void authority.listSigningKey.expectList(partition, plan.through).catch(() => undefined);
  await keepNewStretches(lists, partition, plan.through);
  const { pieces, ...content } = await listContent({ definition, generation, partition, plan }, lists);
  const hash = createHash("sha256");
  const check = streamedVerification(suiteOf(definition).signatureAlgorithm);
  for await (const octets of pieces()) for (const reader of [hash, check]) reader.update(octets);
  const hashed = { ...content, tbsHash: hash.digest() };
  const recorded = await lists.recordList(byItself, draft, hashed, recordedEvent(draft, hashed));
  if (recorded === "late") return "underWay";

  // 4 to 6. Sign, verify, record.
  return await finishList(authority, recorded, check);
}

/** What was revoked since the last list and fills a stretch is encoded, and never again. */
async function keepNewStretches(lists: ListLedger, partition: ListPartition, through: number): Promise<void> {
  const runs = runsOf(await lists.missingStretches(partition, through));
  let reading = runs[0] && readRun(lists, partition, runs[0]);
  let kept = Promise.resolve();
  for (const [index, { first, count }] of runs.entries()) {
    const stretches = encodeStretches((await reading) ?? [], count);
    // The next ones are read while these are kept.
    const next = runs[index + 1];
    reading = next && readRun(lists, partition, next);
    reading?.catch(() => undefined);
    for (const [at, stretch] of stretches.entries()) {
      await kept;
      kept = lists.keepStretch(partition, { number: first + at, ...stretch });
      kept.catch(() => undefined);
    }
  }
  await kept;
}

/** Takes up lists whose lease ran out: the second half of making one, the same for a first try and for recovery. */
export async function recoverLists(
  authority: ListingAuthority,
  limit = 64,
): Promise<readonly PromiseSettledResult<ListOutcome>[]> {
  const outcomes: PromiseSettledResult<ListOutcome>[] = [];
  for (const list of await authority.lists.takeExpiredLists(authority.definition.id, limit)) {
    outcomes.push(...(await Promise.allSettled([recoverList(authority, list)])));
  }
  return outcomes;
}

async function recoverList(authority: ListingAuthority, list: RecordedList): Promise<ListOutcome> {
  const { definition, lists } = authority;
  const check = streamedVerification(suiteOf(definition).signatureAlgorithm);
  for await (const octets of lists.readParts(list)) check.update(octets);
  return await finishList(authority, list, check);
}

/** @param check has had the octets that the ledger keeps, which are the ones that will be published */
async function finishList(
  authority: ListingAuthority,
  list: RecordedList,
  check: StreamedVerification,
): Promise<ListOutcome> {
  const { lists, listSigningKey } = authority;
  const generation = generationOf(authority, list.partition);
  // 4. Sign: what the signer makes again from the ledger's revocations.
  let signature: Uint8Array;
  try {
    signature = await listSigningKey.signList(list);
  } catch (error) {
    if (!(error instanceof SignerRefused)) throw error;
    const detail = { list: list.id, reason: error.reason };
    await lists.discardList(byItself, list, { kind: "list.discarded", result: "refused", detail });
    return "refusedBySigner";
  }
  // 5. Check it over the octets that will be published.
  if (!check.isSignedBy(generation.key, signature)) {
    throw new SignatureWrong("the signature of a list does not verify with the issuer's public key");
  }
  // 6. Record the signature; the list is published from now on.
  const { number } = list.plan;
  const hash = createHash("sha256").update(signature).digest("hex");
  const detail = { list: list.id, partition: list.partition.partition, number, signature: hash };
  const done = await lists.recordSignature(byItself, list, signature, { kind: "list.issued", result: "done", detail });
  return done ? "issued" : "underWay";
}

function generationOf({ generations }: ListingAuthority, { generation }: ListPartition): CertifiedGeneration {
  const found = generations.get(generation);
  if (found === undefined) throw new RangeError(`no key generation ${generation}`);
  return found;
}

function recordedEvent({ id, partition, plan }: ListInHand, content: { tbsHash: Uint8Array; entries: number }) {
  const detail = {
    list: id,
    generation: partition.generation,
    partition: partition.partition,
    number: plan.number,
    entries: content.entries,
    tbs: Buffer.from(content.tbsHash).toString("hex"),
  };
  return { kind: "list.recorded", result: "done", detail } as const;
}
