/** What stands in repositories (千葉県運用規程 2-6-1) and what publishing needs from the world. */
import type { DistinguishedName } from "@mitome/x509";

/**
 * A place of one authority's repository. It holds a set of DER values: all self-signed and link certificates, all pairs
 * of cross-certificates, the newest list of each living key generation, or the one newest list of a distribution point.
 */
export type RepositoryObject =
  | { readonly kind: "caCertificates" }
  | { readonly kind: "crossCertificatePairs" }
  | { readonly kind: "authorityRevocationLists" }
  | { readonly kind: "certificateRevocationList"; readonly point: DistinguishedName };

/** The repository cannot be reached, or cannot answer, for now. Safe to retry. */
export class RepositoryUnavailable extends Error {
  override readonly name = "RepositoryUnavailable";
}

/** The repository does not take what it was given; asking again changes nothing. */
export class RepositoryRefused extends Error {
  override readonly name = "RepositoryRefused";
  /** The protocol's own result code, of LDAP for a directory. */
  readonly code: number;
  constructor(code: number, complaint: string) {
    super(`the repository refuses (${code}): ${complaint}`);
    this.code = code;
  }
}

/** One authority's repository. Each call may throw {@link RepositoryUnavailable} or {@link RepositoryRefused}. */
export interface RepositoryTarget {
  /** Names it among the authority's repositories, in locks and alarms. */
  readonly name: string;
  /** The values that stand there, in no order; none when nothing does. */
  read(object: RepositoryObject): Promise<readonly Uint8Array[]>;
  /** Puts exactly these values in place of those that stand there, all at once. */
  publish(object: RepositoryObject, values: readonly Uint8Array[]): Promise<void>;
}

/** Lets one process at a time publish to a target. */
export interface PublicationLocks {
  hold<T>(target: string, act: () => Promise<T>): Promise<T>;
}

/** What the ledger says should stand there. May throw `LedgerUnavailable`. */
export interface PublicationLedger {
  newest(object: RepositoryObject): Promise<readonly Uint8Array[]>;
}
