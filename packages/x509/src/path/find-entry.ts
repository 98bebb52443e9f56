import { type CertificateListEntry, readCertificateListEntry } from "../crl-entries.ts";
import { DerReader, readWhole } from "../der-reader.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import { passPlainEntry } from "./pass-plain-entry.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathCertificateList } from "./path-certificate-list.ts";
import { readPathGeneralNames } from "./path-general-name.ts";

const certificateIssuer = "2.5.29.29";
/** RFC 5280 §5.3: they say more of a revocation, and change nothing of it. */
const informative: ReadonlySet<ObjectIdentifier> = new Set(["2.5.29.23", "2.5.29.24"]);

/** What a list says of a certificate: its entry, that it has none, or why the list must not be used. */
export type EntrySearch =
  | { readonly kind: "entry"; readonly entry: CertificateListEntry }
  | { readonly kind: "absent" }
  | { readonly kind: "unusable"; readonly why: string };

/**
 * RFC 5280 §5.3.3: the entry of a certificate, by serial number and issuer. The whole list is read: with one critical entry
 * extension that is not understood it "MUST NOT be used to determine the status of any certificates" (§5.3).
 * Throws `MalformedDer` for an entry that cannot be read.
 */
export function findEntry(list: PathCertificateList, { serialNumber, issuer }: PathCertificate): EntrySearch {
  const isIndirect = list.issuingDistributionPoint?.indirectCRL === true;
  let entryIssuers: readonly string[] = [list.issuer.key];
  let found: CertificateListEntry | undefined;
  for (const entry of readEntries(list, serialNumber)) {
    for (const { oid, critical, value } of entry.extensions) {
      if (oid === certificateIssuer && isIndirect) entryIssuers = readIssuers(value);
      else if (critical && !informative.has(oid))
        return { kind: "unusable", why: `an entry has the critical extension ${oid}` };
    }
    const isIts = entry.serialNumber === serialNumber && entryIssuers.includes(issuer.key);
    // Of several entries one that revokes counts.
    if (isIts && (found === undefined || found.reason === "removeFromCRL")) found = entry;
  }
  return found === undefined ? { kind: "absent" } : { kind: "entry", entry: found };
}

/** The entries but for those that are of other serial numbers and say nothing that matters to the rest. */
function* readEntries(list: PathCertificateList, serialNumber: string): Generator<CertificateListEntry> {
  const { encodedEntries, version } = list;
  const serial = integerOctets(serialNumber);
  for (let at = 0; at < encodedEntries.length; ) {
    const end = serial && passPlainEntry(encodedEntries, at, serial, version);
    if (end === undefined) {
      const reader = new DerReader(encodedEntries, at);
      yield readCertificateListEntry(reader, version);
      at = reader.offset;
    } else at = end;
  }
}

/** Contents of the INTEGER of a serial number; `undefined` for a negative one, as foreign certificates may have. */
function integerOctets(serialNumber: string): Uint8Array | undefined {
  if (serialNumber.startsWith("-")) return undefined;
  return Buffer.from(serialNumber >= "8" ? `00${serialNumber}` : serialNumber, "hex");
}

function readIssuers(value: Uint8Array): readonly string[] {
  const names = readWhole(value, (reader) => readPathGeneralNames(reader.sequence()));
  return names.flatMap((name) => (name.kind === "directoryName" ? [name.name.key] : []));
}
