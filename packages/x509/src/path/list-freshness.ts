import type { PathCertificateList } from "./path-certificate-list.ts";

/** Why a list does not speak of this instant, if so: from thisUpdate to the last second of nextUpdate it does. */
export function freshnessProblem({ thisUpdate, nextUpdate }: PathCertificateList, time: Date): string | undefined {
  if (time < thisUpdate) return `it is from after the time, ${thisUpdate.toISOString()}`;
  // RFC 5280 §5.1.2.5: every list has nextUpdate. Of one without nobody knows whether it is still the newest.
  if (nextUpdate === undefined) return "it has no nextUpdate";
  if (time.getTime() >= nextUpdate.getTime() + 1000) return `its nextUpdate, ${nextUpdate.toISOString()}, is past`;
  return undefined;
}

/** Newest first; of two equally new ones always the same first, whatever order they came in. */
export function newestFirst(lists: readonly PathCertificateList[]): readonly PathCertificateList[] {
  return lists.toSorted(
    (one, other) =>
      other.thisUpdate.getTime() - one.thisUpdate.getTime() ||
      Number((other.cRLNumber ?? 0n) - (one.cRLNumber ?? 0n)) ||
      (one.fingerprint < other.fingerprint ? -1 : 1),
  );
}

/** RFC 5280 §5.2.4, §6.3.3 (c): whether a delta may be put together with this complete list. */
export function isDeltaOf(delta: PathCertificateList, complete: PathCertificateList): boolean {
  const { deltaCRLIndicator: base, cRLNumber: deltaNumber } = delta;
  const { cRLNumber: completeNumber } = complete;
  if (base === undefined || deltaNumber === undefined || completeNumber === undefined) return false;
  return (
    delta.issuer.key === complete.issuer.key &&
    delta.encodedIssuingDistributionPoint === complete.encodedIssuingDistributionPoint &&
    delta.encodedAuthorityKeyIdentifier === complete.encodedAuthorityKeyIdentifier &&
    completeNumber >= base &&
    completeNumber < deltaNumber
  );
}
