import { crlExtensionOids, MalformedDer, parseCertificateList, parseCrlNumber } from "@mitome/x509";

/** The newest list of a partition as the ledger has it. */
export interface NewestList {
  readonly number: number;
  readonly thisUpdate: Date;
  readonly octets: Uint8Array;
}

/** How a published copy stands to what the ledger says should be there. */
export type CopyState =
  | "newest"
  /** The newest was made a moment ago, and is on its way. */
  | "awaited"
  | "stale"
  /** A higher number than the ledger knows of: the ledger lost what it had signed. */
  | "ahead"
  /** Other octets under the same number, or none of a list. */
  | "differs"
  | "missing"
  /** Nobody answered. */
  | "unreachable";

/** Milliseconds within which a new list has to be everywhere. */
const publishedWithin = 300_000;

/** Compares a copy with the newest list; nothing is believed but its octets. */
export function decideCopy(copy: Uint8Array | undefined, newest: NewestList, now: Date): CopyState {
  if (copy !== undefined && Buffer.compare(copy, newest.octets) === 0) return "newest";
  const isOnItsWay = now.getTime() - newest.thisUpdate.getTime() < publishedWithin;
  if (copy === undefined) return isOnItsWay ? "awaited" : "missing";
  const number = numberOf(copy);
  if (number === undefined || number === BigInt(newest.number)) return "differs";
  if (number > BigInt(newest.number)) return "ahead";
  return isOnItsWay ? "awaited" : "stale";
}

function numberOf(copy: Uint8Array): bigint | undefined {
  try {
    const { extensions } = parseCertificateList(copy);
    const extension = extensions.find(({ oid }) => oid === crlExtensionOids.cRLNumber);
    return extension && parseCrlNumber(extension.value);
  } catch (problem) {
    if (problem instanceof MalformedDer) return undefined;
    throw problem;
  }
}
