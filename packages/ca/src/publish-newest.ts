import {
  crlExtensionOids,
  type Extension,
  extensionOids,
  MalformedDer,
  parseAuthorityKeyIdentifier,
  parseCertificateList,
  parseCrlNumber,
} from "@mitome/x509";
import type { PublicationLedger, PublicationLocks, RepositoryObject, RepositoryTarget } from "./publication.ts";

/** Where to publish, under which locks, from which ledger. */
export interface Publication {
  readonly target: RepositoryTarget;
  readonly locks: PublicationLocks;
  readonly ledger: PublicationLedger;
}

/** What became of one object at one target. */
export type PublicationOutcome =
  /** Written, and read back as it was written. */
  | { readonly kind: "published" }
  | { readonly kind: "alreadyPublished" }
  /** The ledger has nothing of the kind yet; what stands at the target is left alone. */
  | { readonly kind: "nothingToPublish" }
  /** The target has a list of a higher number: the ledger lost what it had signed, which is for people to mend. */
  | { readonly kind: "targetAhead"; readonly published: bigint; readonly newest: bigint }
  /** What is read back is not what was written. */
  | { readonly kind: "copyDiffers" };

/**
 * Brings one object of a repository to what the ledger holds now, however many times it changed while the repository
 * was away, and however often this is asked. A list's number is never lowered (RFC 5280 §5.2.3).
 *
 * Throws what the ports throw: `RepositoryUnavailable` and `LedgerUnavailable` mean to try again later.
 */
export function publishNewest(
  { target, locks, ledger }: Publication,
  object: RepositoryObject,
): Promise<PublicationOutcome> {
  // 1. One process at a time: another's older reading is never written over a newer one.
  return locks.hold(target.name, async () => {
    // 2. The newest is read under the lock; whoever asked only named the object.
    const newest = await ledger.newest(object);
    if (newest.length === 0) return { kind: "nothingToPublish" };
    // 3. What stands there decides.
    const standing = await target.read(object);
    if (isSameSet(standing, newest)) return { kind: "alreadyPublished" };
    const ahead = isOfLists(object) ? findAhead(standing, newest) : undefined;
    if (ahead !== undefined) return { kind: "targetAhead", ...ahead };
    // 4. Write, and believe only what is read back.
    await target.publish(object, newest);
    return { kind: isSameSet(await target.read(object), newest) ? "published" : "copyDiffers" };
  });
}

function isOfLists({ kind }: RepositoryObject): boolean {
  return kind === "authorityRevocationLists" || kind === "certificateRevocationList";
}

function isSameSet(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  return one.length === other.length && one.every((value) => other.some((same) => Buffer.compare(value, same) === 0));
}

/** CRL numbers run for each key: they are compared between lists that one key signed. */
function findAhead(
  standing: readonly Uint8Array[],
  newest: readonly Uint8Array[],
): { readonly published: bigint; readonly newest: bigint } | undefined {
  const published = new Map(standing.map(readNumber).filter((number) => number !== undefined));
  for (const value of newest) {
    const [key, number] = readNumber(value) ?? [];
    const there = key === undefined ? undefined : published.get(key);
    if (number !== undefined && there !== undefined && there > number) return { published: there, newest: number };
  }
  return undefined;
}

/** The signing key's identifier and the number of a list; `undefined` for octets that are no such list. */
function readNumber(value: Uint8Array): readonly [key: string, number: bigint] | undefined {
  try {
    const { extensions } = parseCertificateList(value);
    const key = parseAuthorityKeyIdentifier(contentsOf(extensions, extensionOids.authorityKeyIdentifier)).keyIdentifier;
    return [Buffer.from(key ?? []).toString("hex"), parseCrlNumber(contentsOf(extensions, crlExtensionOids.cRLNumber))];
  } catch (problem) {
    if (problem instanceof MalformedDer) return undefined;
    throw problem;
  }
}

function contentsOf(extensions: readonly Extension[], oid: string): Uint8Array {
  return extensions.find((extension) => extension.oid === oid)?.value ?? new Uint8Array();
}
