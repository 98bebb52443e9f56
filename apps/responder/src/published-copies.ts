/** Fetches every published copy as somebody outside does, and compares it with the ledger: LDAP, HTTP and ledger are the same. */
import { authorityPartition, listPointOf, operationalPartition, type RepositoryObject } from "@mitome/ca";
import type { CertificateOnRecord, PublicReading } from "@mitome/db/status";
import { type DirectoryReader, readRepository } from "@mitome/directory";
import { certificatePath, listPath } from "../pages/repository-paths.ts";
import { type CopyState, decideCopy } from "./decide-copy.ts";
import { fetchOctets } from "./fetch-octets.ts";
import type { LedgerView, ListOnRecord } from "./ledger-view.ts";

/** Where the copies are. */
export interface Outside {
  /** Address of the public site, without a slash at the end. */
  readonly site: string;
  /** PEM of whom to trust for the site's https. */
  readonly trust: string | undefined;
  /** The directory as anybody sees it, and as a verifier does; without one, lists of subscriber certificates are not looked at. */
  readonly directory: DirectoryReader;
  readonly asVerifier: DirectoryReader | undefined;
}

/** A copy that was looked at. `partition`: as in the ledger; `undefined` for certificates. */
export interface SeenCopy {
  readonly via: "ldap" | "http";
  readonly partition: string | undefined;
  readonly generation: number;
  readonly state: CopyState;
}

/** Looks at all of them, one after another. Rejects only while the ledger is away and a new list's octets are not kept here. */
export async function seePublishedCopies(
  ledger: LedgerView,
  outside: Outside,
  now: () => Date,
): Promise<readonly SeenCopy[]> {
  const { reading } = ledger;
  const seen: SeenCopy[] = [];
  for (const list of reading.lists) {
    for (const [via, fetching] of waysTo(list, reading, outside)) {
      const copies = await fetching().catch(() => "unreachable" as const);
      seen.push({
        via,
        partition: list.partition,
        generation: list.generation,
        state: await compare(ledger, list, copies, now),
      });
    }
  }
  return [...seen, ...(await seeCertificates(reading, outside))];
}

type Fetching = () => Promise<readonly Uint8Array[]>;

/** All ways in which a list is published. */
function waysTo(
  list: ListOnRecord,
  { definition }: PublicReading,
  outside: Outside,
): readonly (readonly [SeenCopy["via"], Fetching])[] {
  const { partition, generation } = list;
  const object = objectOf(list, definition);
  const read = (reader: DirectoryReader) => ["ldap", () => readRepository(reader, definition, object)] as const;
  if (partition !== authorityPartition && partition !== operationalPartition)
    return outside.asVerifier === undefined ? [] : [read(outside.asVerifier)];
  const url =
    outside.site + listPath({ kind: partition === authorityPartition ? "authority" : "operational", generation });
  return [read(outside.directory), ["http", () => fetchOne(url, outside)]];
}

function objectOf(list: ListOnRecord, definition: PublicReading["definition"]): RepositoryObject {
  if (list.partition === authorityPartition) return { kind: "authorityRevocationLists" };
  const point = listPointOf(definition, list);
  if (point === undefined) throw new RangeError(`no partition ${list.partition}`);
  return { kind: "certificateRevocationList", point };
}

/** What was fetched may be newer than the reading that named it: it is compared with the newest there is afterwards. */
async function compare(
  ledger: LedgerView,
  named: ListOnRecord,
  copies: readonly Uint8Array[] | "unreachable",
  now: () => Date,
): Promise<CopyState> {
  if (copies === "unreachable") return "unreachable";
  const stateBeside = async (list: ListOnRecord) => {
    const octets = await ledger.octetsOf(list);
    // The authority's entry has the list of every key: this one's is there, or another is in its place.
    const own =
      copies.find((copy) => Buffer.compare(copy, octets) === 0) ?? (await othersThan(ledger, list, copies))[0];
    return decideCopy(own, { ...list, octets }, now());
  };
  const state = await stateBeside(named);
  if (state === "newest" || state === "awaited") return state;
  // While the ledger is away nothing newer is signed.
  const { lists } = await ledger.readNow().catch(() => ledger.reading);
  const newest = lists.find(
    ({ partition, generation }) => partition === named.partition && generation === named.generation,
  );
  return newest === undefined || newest.id === named.id ? state : await stateBeside(newest);
}

/** Values that are no newest list of another key of the same place. */
async function othersThan(ledger: LedgerView, { id, partition }: ListOnRecord, copies: readonly Uint8Array[]) {
  const siblings = ledger.reading.lists.filter((list) => list.partition === partition && list.id !== id);
  const known =
    partition === authorityPartition ? await Promise.all(siblings.map((list) => ledger.octetsOf(list))) : [];
  return copies.filter((copy) => !known.some((octets) => Buffer.compare(octets, copy) === 0));
}

async function seeCertificates(reading: PublicReading, outside: Outside): Promise<readonly SeenCopy[]> {
  const seen: SeenCopy[] = [];
  const { definition, certificates } = reading;
  const fetching = readRepository(outside.directory, definition, { kind: "caCertificates" });
  const inDirectory = await fetching.catch(() => "unreachable" as const);
  for (const certificate of certificates) {
    const { generation } = certificate;
    const common = { partition: undefined, generation };
    const overHttp = await fetchOne(outside.site + certificatePath(certificate, "cer"), outside).catch(
      () => "unreachable" as const,
    );
    seen.push({ via: "http", ...common, state: stateOf(certificate, overHttp) });
    if (certificate.kind === "selfSigned")
      seen.push({ via: "ldap", ...common, state: stateOf(certificate, inDirectory) });
  }
  return seen;
}

function stateOf({ der }: CertificateOnRecord, copies: readonly Uint8Array[] | "unreachable"): CopyState {
  if (copies === "unreachable") return "unreachable";
  return copies.some((copy) => Buffer.compare(copy, der) === 0) ? "newest" : "missing";
}

/** The object at a URL of the site, or none. Rejects for an answer that says neither. */
async function fetchOne(url: string, { trust }: Outside): Promise<readonly Uint8Array[]> {
  const { status, body } = await fetchOctets(url, { trust });
  if (status === 404) return [];
  if (status !== 200) throw new Error(`status ${status}`);
  return [body];
}
