/** What an entry of a directory gives to path validation (RFC 4523 §2), with what could not be taken left out. */
import {
  certificatesOfPair,
  type DirectoryEntry,
  readPathCertificate,
  readPathCertificateList,
} from "@mitome/x509/path";
import { decodeAttributes } from "./ldif.ts";

/** An entry as it was fetched. */
export interface CertificateEntry extends DirectoryEntry {
  /** Why values were left out: a sentence each, for people. */
  readonly leftOut: readonly string[];
  /** nextUpdate of each list; `undefined` for one without. */
  readonly nextUpdates: readonly (Date | undefined)[];
  /** notAfter of each certificate, also of those in pairs. */
  readonly notAfters: readonly Date[];
  /** The length of all values together. */
  readonly octets: number;
}

const certificateAttributes = ["cACertificate", "userCertificate"] as const;
const listAttributes = ["certificateRevocationList", "authorityRevocationList", "deltaRevocationList"] as const;

/** What is asked of a server. RFC 4523 §2: such values are always transferred as `;binary`. */
export const certificateEntryAttributes: readonly string[] = [
  ...certificateAttributes,
  "crossCertificatePair",
  ...listAttributes,
].map((attribute) => `${attribute};binary`);

/** A certificate or pair that is longer is left out. */
const longestCertificate = 131_072;

/** A value that is of use, and what it says of its time; or why it is not. */
type Judged<Facts> =
  | { readonly kind: "taken"; readonly facts: Facts }
  | { readonly kind: "leftOut"; readonly why: string };

/** Reads the LDIF of one entry. */
export function readCertificateEntry(ldif: Buffer): CertificateEntry {
  const values = decodeAttributes(ldif);
  const leftOut: string[] = [];
  const take = <Facts>(attribute: string, judge: (der: Uint8Array) => Judged<Facts>) =>
    (values.get(attribute.toLowerCase()) ?? []).flatMap((der) => {
      const judged = judge(der);
      if (judged.kind === "taken") return [{ der, facts: judged.facts }];
      leftOut.push(`a value of ${attribute}: ${judged.why}`);
      return [];
    });
  const certificates = certificateAttributes.flatMap((attribute) => take(attribute, judgeCertificate));
  const pairs = take("crossCertificatePair", judgePair);
  const lists = listAttributes.flatMap((attribute) => take(attribute, judgeList));
  const ders = (taken: readonly { readonly der: Uint8Array }[]) => taken.map(({ der }) => der);
  return {
    certificates: ders(certificates),
    crossCertificatePairs: ders(pairs),
    lists: ders(lists),
    leftOut,
    nextUpdates: lists.map(({ facts }) => facts),
    notAfters: [...certificates.map(({ facts }) => facts), ...pairs.flatMap(({ facts }) => facts)],
    octets: [...certificates, ...pairs, ...lists].reduce((sum, { der }) => sum + der.length, 0),
  };
}

function judgeCertificate(der: Uint8Array): Judged<Date> {
  if (der.length > longestCertificate) return { kind: "leftOut", why: `${der.length} octets long` };
  const reading = readPathCertificate(der);
  if (reading.kind === "malformed") return { kind: "leftOut", why: reading.why };
  return { kind: "taken", facts: reading.certificate.validity.notAfter };
}

/** A pair is of use for each certificate in it that can be read, and of none without one. */
function judgePair(der: Uint8Array): Judged<readonly Date[]> {
  const judged = der.length > 2 * longestCertificate ? [] : certificatesOfPair(der).map(judgeCertificate);
  const notAfters = judged.flatMap((one) => (one.kind === "taken" ? [one.facts] : []));
  if (notAfters.length > 0) return { kind: "taken", facts: notAfters };
  const [why = "no certificate can be read in it"] = judged.flatMap((one) => (one.kind === "leftOut" ? [one.why] : []));
  return { kind: "leftOut", why };
}

function judgeList(der: Uint8Array): Judged<Date | undefined> {
  const reading = readPathCertificateList(der);
  if (reading.kind === "malformed") return { kind: "leftOut", why: reading.why };
  return { kind: "taken", facts: reading.list.nextUpdate };
}
