import { MalformedDer } from "../der.ts";
import { readWhole } from "../der-reader.ts";
import type { PathName } from "./path-name.ts";
import type { PathStore } from "./path-store.ts";
import { type PathRequest, type PathVerdict, validateCertificationPath } from "./validate-certification-path.ts";

/** What an entry of a directory holds (RFC 4523 §2), each value in DER. */
export interface DirectoryEntry {
  /** Values of cACertificate and userCertificate. */
  readonly certificates: readonly Uint8Array[];
  readonly crossCertificatePairs: readonly Uint8Array[];
  /** Values of certificateRevocationList, authorityRevocationList and deltaRevocationList. */
  readonly lists: readonly Uint8Array[];
}

/** Port: where certificates and lists are found by name. What it brings is checked like everything else. */
export interface PathDirectory {
  /** The entry of this name, or `undefined` where there is none. */
  findEntry(name: PathName): Promise<DirectoryEntry | undefined>;
}

/** How many entries one validation may ask a directory for. */
const mostEntries = 64;

/**
 * `validateCertificationPath` with a directory: as long as there is no valid path, the entries that the search asked for are
 * added to `request.store` and the search begins anew. It ends when nothing new is asked for, or after 64 entries.
 */
export async function validateWithDirectory(request: PathRequest, directory: PathDirectory): Promise<PathVerdict> {
  const seen = new Set<string>();
  for (;;) {
    const verdict = validateCertificationPath(request);
    const unseen = verdict.asked.filter(({ key }) => !seen.has(key)).slice(0, mostEntries - seen.size);
    if (verdict.kind === "valid" || unseen.length === 0) return verdict;
    for (const name of unseen) seen.add(name.key);
    const entries = await Promise.all(unseen.map((name) => directory.findEntry(name)));
    for (const entry of entries) if (entry !== undefined) addEntry(request.store, entry);
  }
}

function addEntry(store: PathStore, { certificates, crossCertificatePairs, lists }: DirectoryEntry): void {
  for (const der of certificates) store.addCertificate(der);
  for (const der of crossCertificatePairs.flatMap(certificatesOfPair)) store.addCertificate(der);
  for (const der of lists) store.addList(der);
}

/**
 * Both certificates of a crossCertificatePair; none of one that cannot be read.
 *
 * ```asn1
 * CertificatePair ::= SEQUENCE {                 -- RFC 4523 §2.3, X.509 §11.2.3
 *   issuedToThisCA [0] EXPLICIT Certificate OPTIONAL,
 *   issuedByThisCA [1] EXPLICIT Certificate OPTIONAL }
 * ```
 */
export function certificatesOfPair(der: Uint8Array): readonly Uint8Array[] {
  try {
    return readWhole(der, (reader) => {
      const pair = reader.sequence();
      const certificates: Uint8Array[] = [];
      for (const identifier of [0xa0, 0xa1]) {
        if (!pair.startsWith(identifier)) continue;
        const tagged = pair.enter(identifier);
        certificates.push(tagged.any());
        tagged.finish();
      }
      pair.finish();
      return certificates;
    });
  } catch (problem) {
    if (problem instanceof MalformedDer) return [];
    throw problem;
  }
}
