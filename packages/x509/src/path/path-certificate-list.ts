import { hash } from "node:crypto";
import { readListVersion } from "../certificate-list.ts";
import {
  crlExtensionOids,
  type IssuingDistributionPoint,
  parseCrlNumber,
  parseIssuingPoint,
} from "../crl-extensions.ts";
import { MalformedDer } from "../der.ts";
import { type AuthorityKeyIdentifier, parseAuthorityKey } from "../extension-contents.ts";
import { extensionOids, readTaggedExtensions } from "../extensions.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import { indexExtensions, MalformedExtension, readExtension } from "./certificate-extensions.ts";
import { readSigned, requireSameAlgorithm, type Signed } from "./path-certificate.ts";
import { type PathGeneralName, readPathGeneralNames } from "./path-general-name.ts";
import { type PathName, readPathName } from "./path-name.ts";

/** A certificate list of whatever authority, read for path validation. */
export interface PathCertificateList extends Signed {
  readonly fingerprint: string;
  readonly issuer: PathName;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly version: 1 | 2;
  /** What revokedCertificates holds, one entry after another, not read yet; empty where the list has none. */
  readonly encodedEntries: Uint8Array;
  readonly cRLNumber: bigint | undefined;
  /** BaseCRLNumber, which only a delta list has. */
  readonly deltaCRLIndicator: bigint | undefined;
  readonly issuingDistributionPoint: IssuingDistributionPoint<PathGeneralName> | undefined;
  /** The extension's value, to compare a delta's scope with its base's (RFC 5280 §6.3.3 (c)(2)). */
  readonly encodedIssuingDistributionPoint: string;
  readonly authorityKeyIdentifier: AuthorityKeyIdentifier<PathGeneralName> | undefined;
  readonly encodedAuthorityKeyIdentifier: string;
  readonly unprocessedCritical: readonly ObjectIdentifier[];
}

/** A list that can be read, or why it cannot. */
export type CertificateListReading =
  | { readonly kind: "list"; readonly list: PathCertificateList }
  | { readonly kind: "malformed"; readonly why: string };

const deltaCRLIndicator = "2.5.29.27";
const processed: ReadonlySet<ObjectIdentifier> = new Set([
  crlExtensionOids.cRLNumber,
  deltaCRLIndicator,
  crlExtensionOids.issuingDistributionPoint,
  extensionOids.authorityKeyIdentifier,
  extensionOids.issuerAltName,
]);

/** Reads a certificate list of RFC 5280 §5.1, versions 1 and 2; entries wait until they are asked for. */
export function readPathCertificateList(der: Uint8Array): CertificateListReading {
  try {
    return { kind: "list", list: parsePathCertificateList(der) };
  } catch (problem) {
    if (problem instanceof MalformedDer || problem instanceof MalformedExtension)
      return { kind: "malformed", why: problem.message };
    throw problem;
  }
}

function parsePathCertificateList(der: Uint8Array): PathCertificateList {
  const { reader: fields, signed } = readSigned(der);
  const version = readListVersion(fields);
  requireSameAlgorithm(fields, signed);
  const issuer = readPathName(fields);
  const thisUpdate = fields.time();
  const nextUpdate = fields.startsWith(0x17) || fields.startsWith(0x18) ? fields.time() : undefined;
  const encodedEntries = fields.startsWith(0x30) ? fields.contents(0x30) : new Uint8Array();
  const extensions = version === 2 ? readTaggedExtensions(fields, 0) : [];
  fields.finish();
  const byOid = indexExtensions(extensions);
  const encodedValue = (oid: ObjectIdentifier): string => Buffer.from(byOid.get(oid)?.value ?? []).toString("hex");
  return {
    ...signed,
    fingerprint: hash("sha256", der, "hex"),
    issuer,
    thisUpdate,
    nextUpdate,
    version,
    encodedEntries,
    cRLNumber: readExtension(byOid, crlExtensionOids.cRLNumber, parseCrlNumber),
    deltaCRLIndicator: readExtension(byOid, deltaCRLIndicator, parseCrlNumber),
    issuingDistributionPoint: readExtension(byOid, crlExtensionOids.issuingDistributionPoint, (value) =>
      parseIssuingPoint(value, readPathGeneralNames),
    ),
    encodedIssuingDistributionPoint: encodedValue(crlExtensionOids.issuingDistributionPoint),
    authorityKeyIdentifier: readExtension(byOid, extensionOids.authorityKeyIdentifier, (value) =>
      parseAuthorityKey(value, readPathGeneralNames),
    ),
    encodedAuthorityKeyIdentifier: encodedValue(extensionOids.authorityKeyIdentifier),
    unprocessedCritical: extensions
      .filter(({ oid, critical }) => critical && !processed.has(oid))
      .map(({ oid }) => oid),
  };
}
