import {
  type ExtensionName,
  extensionOids,
  MalformedDer,
  parseAuthorityKeyIdentifier,
  parseBasicConstraints,
  parseCertificatePolicies,
  parseCrlDistributionPoints,
  parseExtendedKeyUsage,
  parseGeneralNames,
  parseKeyUsage,
  parseSubjectKeyIdentifier,
  type TbsCertificate,
} from "@mitome/x509";

const parsers = {
  authorityKeyIdentifier: parseAuthorityKeyIdentifier,
  basicConstraints: parseBasicConstraints,
  cRLDistributionPoints: parseCrlDistributionPoints,
  certificatePolicies: parseCertificatePolicies,
  extKeyUsage: parseExtendedKeyUsage,
  issuerAltName: parseGeneralNames,
  keyUsage: parseKeyUsage,
  subjectAltName: parseGeneralNames,
  subjectKeyIdentifier: parseSubjectKeyIdentifier,
} as const satisfies { readonly [Name in ExtensionName]: (value: Uint8Array) => unknown };

/**
 * What a certificate's extensions say, read once for all rules. A missing or malformed one is `undefined`: rules about content
 * are silent then, because the rule that requires it, or the one about syntax, speaks.
 */
export type ExtensionContents = {
  readonly [Name in ExtensionName]?: ReturnType<(typeof parsers)[Name]> | undefined;
} & { readonly malformed: readonly ExtensionName[] };

const namesByOid = new Map<string, ExtensionName>(
  Object.entries(extensionOids).map(([name, oid]) => [oid, name as ExtensionName]),
);

/** The name of an extension's object identifier, if it is one of RFC 5280's that we use. */
export function extensionNameOf(oid: string): ExtensionName | undefined {
  return namesByOid.get(oid);
}

/** Reads every known extension; of one that stands twice, the first. */
export function readExtensionContents(tbs: TbsCertificate): ExtensionContents {
  const contents: Partial<Record<ExtensionName, unknown>> = {};
  const malformed: ExtensionName[] = [];
  for (const { oid, value } of tbs.extensions) {
    const name = namesByOid.get(oid);
    if (name === undefined || name in contents) continue;
    try {
      contents[name] = parsers[name](value);
    } catch (cause) {
      if (!(cause instanceof MalformedDer)) throw cause;
      contents[name] = undefined;
      malformed.push(name);
    }
  }
  return { ...contents, malformed } as ExtensionContents;
}
