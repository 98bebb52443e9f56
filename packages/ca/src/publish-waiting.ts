/** 千葉県運用規程 2-6-1: what was signed stands in the repository, once and as the ledger has it now. */
import type { DistinguishedName } from "@mitome/x509";
import type { AuthorityDefinition } from "./authority-definition.ts";
import { authorityPartition, listPointOf } from "./lists/list-scope.ts";
import type { PublicationLedger, PublicationLocks, RepositoryObject, RepositoryTarget } from "./publication.ts";
import { type PublicationOutcome, publishNewest } from "./publish-newest.ts";

/** An object that changed since it was last published. */
export interface WaitingPublication {
  readonly object: "list" | "authorityCertificates";
  readonly generation: number;
  readonly partition: string;
  /** How often it was wanted: what is done is done up to this. */
  readonly wanted: number;
}

/** What waits to be published. Each call may throw `LedgerUnavailable`. */
export interface PublicationQueue extends PublicationLedger, PublicationLocks {
  waiting(authority: string): Promise<readonly WaitingPublication[]>;
  done(authority: string, waiting: WaitingPublication): Promise<void>;
}

/** What is published where. */
export interface PublishingAuthority {
  readonly definition: AuthorityDefinition;
  readonly queue: PublicationQueue;
  readonly targets: readonly RepositoryTarget[];
}

/** What became of one object at one target. */
export interface Published {
  readonly target: string;
  readonly waiting: WaitingPublication;
  /** A failure waits for the next round. */
  readonly outcome: PublicationOutcome | { readonly kind: "failed"; readonly problem: unknown };
}

/** Publishes everything that waits to every target; what fails anywhere goes on waiting. */
export async function publishWaiting(authority: PublishingAuthority): Promise<readonly Published[]> {
  const { definition, queue, targets } = authority;
  const published: Published[] = [];
  for (const waiting of await queue.waiting(definition.id)) {
    const round = await Promise.all(targets.map((target) => publishTo(authority, target, waiting)));
    published.push(...round);
    if (round.every(({ outcome }) => isDone(outcome))) await queue.done(definition.id, waiting);
  }
  return published;
}

async function publishTo(
  { definition, queue }: PublishingAuthority,
  target: RepositoryTarget,
  waiting: WaitingPublication,
): Promise<Published> {
  try {
    const object = repositoryObject(definition, waiting);
    const outcome = await publishNewest({ target, locks: queue, ledger: queue }, object);
    return { target: target.name, waiting, outcome };
  } catch (problem) {
    return { target: target.name, waiting, outcome: { kind: "failed", problem } };
  }
}

function isDone({ kind }: Published["outcome"]): boolean {
  return kind === "published" || kind === "alreadyPublished" || kind === "nothingToPublish";
}

function repositoryObject(definition: AuthorityDefinition, waiting: WaitingPublication): RepositoryObject {
  if (waiting.object === "authorityCertificates") return { kind: "caCertificates" };
  if (waiting.partition === authorityPartition) return { kind: "authorityRevocationLists" };
  const point: DistinguishedName | undefined = listPointOf(definition, waiting);
  if (point === undefined) throw new RangeError(`no partition ${waiting.partition}`);
  return { kind: "certificateRevocationList", point };
}
