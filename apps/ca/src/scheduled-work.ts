/** What the authority does by itself: takes up what a crash left, signs audit heads, watches the clock. */
import type { AuditHead } from "@mitome/audit";
import {
  byItself,
  decideDueChanges,
  type IssuingAuthority,
  issueDueLists,
  type ListingAuthority,
  type PublishingAuthority,
  publishWaiting,
  type RegisterAuthority,
  recoverIssuances,
  recoverLists,
} from "@mitome/ca";
import type { OperatorLedger, PostgresLedger } from "@mitome/db/ca";
import type { SignerClient } from "@mitome/hsm/signer-client";
import { log } from "./log.ts";
import { nameOf, quietly, repeating } from "./repeating.ts";

/** What the scheduled work needs. */
export interface ScheduledParts {
  readonly authority: IssuingAuthority & RegisterAuthority & ListingAuthority;
  readonly ledger: PostgresLedger;
  readonly operators: OperatorLedger;
  readonly signer: SignerClient;
  /** Where to publish what. */
  readonly publishing: PublishingAuthority;
  /** When two people had last confirmed the clock as this process began. */
  readonly confirmedAtStart: Date | undefined;
}

/** What signing the heads of audit streams needs. */
export type HeadSigningParts = Pick<ScheduledParts, "ledger" | "operators" | "signer"> & {
  readonly authority: Pick<IssuingAuthority, "clockGuard">;
};

const recoverEvery = 1_000;
/** How often the heads of audit streams are signed. */
export const signHeadsEvery = 60_000;
const watchClockEvery = 10_000;
const decideChangesEvery = 5_000;
const makeListsEvery = 30_000;
const publishEvery = 1_000;

/** Starts the work; the answer stops it, after a last signing of the heads. */
export function startScheduledWork(parts: ScheduledParts): () => Promise<void> {
  const lists = () => makeLists(parts.authority);
  const tasks = [
    repeating(recoverEvery, () => recover(parts.authority)),
    repeating(signHeadsEvery, () => signHeads(parts)),
    repeating(watchClockEvery, clockWatch(parts)),
    repeating(makeListsEvery, lists, quietly(lists)),
    repeating(decideChangesEvery, () => decideChanges(parts.authority)),
    repeating(publishEvery, () => publish(parts.publishing)),
  ];
  return async () => {
    await Promise.all(tasks.map((stop) => stop()));
    await quietly(() => signHeads(parts));
  };
}

/** One round of recovery, and the next ones while there is more. */
export async function recover(authority: IssuingAuthority): Promise<void> {
  const { finished, left, failed } = await recoverIssuances(authority);
  if (finished + left + failed > 0) log(failed > 0 ? "error" : "info", "CA003", { finished, left, failed });
}

/** Takes up lists that were left, and makes those that are due (千葉県運用規程 4-4-9). */
async function makeLists(authority: ListingAuthority): Promise<void> {
  const outcomes = [...(await recoverLists(authority)), ...(await issueDueLists(authority))];
  const failed = outcomes.filter(({ status }) => status === "rejected").length;
  const issued = outcomes.filter((outcome) => outcome.status === "fulfilled" && outcome.value === "issued").length;
  if (issued + failed > 0) log(failed > 0 ? "error" : "info", "CA010", { issued, failed });
}

/** Decides changes of the register again whose issuance or day was waited for. */
async function decideChanges(authority: RegisterAuthority): Promise<void> {
  const settled = await decideDueChanges(authority);
  if (settled > 0) log("info", "CA013", { settled });
}

/** Publishes what waits; what cannot be published goes on waiting. */
async function publish(publishing: PublishingAuthority): Promise<void> {
  if (publishing.targets.length === 0) return;
  for (const { target, waiting, outcome } of await publishWaiting(publishing)) {
    const fields = { target, object: waiting.object, partition: waiting.partition };
    if (outcome.kind === "failed") log("warn", "CA012", { ...fields, name: nameOf(outcome.problem) });
    if (outcome.kind === "targetAhead" || outcome.kind === "copyDiffers") {
      log("error", "CA011", { ...fields, outcome: outcome.kind });
    }
  }
}

/** Has the heads of all streams of this run signed together, and keeps them. Nothing is signed by a doubtful clock. */
export async function signHeads({ authority, ledger, operators, signer }: HeadSigningParts): Promise<void> {
  if (!(authority.clockGuard.read() instanceof Date)) return;
  const heads = ledger.heads().map(headOnWire);
  const signed = await signer.signHeads(heads);
  if (signed.kind !== "signed") return;
  const kept = { run: ledger.run.id, heads: JSON.stringify(heads), signature: signed.signature };
  const detail = { streams: heads.length };
  await operators.recordHeads(byItself, kept, { kind: "audit.headsSigned", result: "done", detail });
}

function headOnWire({ stream, sequence, hash }: AuditHead) {
  return { stream, sequence, hash: Buffer.from(hash).toString("hex") };
}

/**
 * Watches the clock: learns of other processes' records and of two people's confirmation, and says when the clock is
 * doubted. An unattended authority, which has no people, confirms a clock that ran ahead by itself.
 */
function clockWatch({ authority, ledger, confirmedAtStart }: ScheduledParts): () => Promise<void> {
  const { clockGuard, clock, definition } = authority;
  let confirmedBefore = confirmedAtStart?.getTime() ?? 0;
  let doubted = false;
  return async () => {
    const { newest, confirmed } = await ledger.newestRecord();
    if (confirmed !== undefined && confirmed.getTime() > confirmedBefore) {
      confirmedBefore = confirmed.getTime();
      clockGuard.confirmed(newest ?? confirmed);
    } else if (newest !== undefined && newest <= clock.now()) clockGuard.recorded(newest);
    const reading = clockGuard.read();
    if (reading === "aheadOfRecords" && definition.unattended) clockGuard.confirmed(clock.now());
    const doubtedBefore = doubted;
    doubted = !(reading instanceof Date);
    if (reading instanceof Date || doubtedBefore) return;
    log("error", "CA009", { reason: reading });
    await ledger.recordEvent(byItself, { kind: "clock.untrusted", result: "refused", detail: { reason: reading } });
  };
}
