/** Where things stand in the directory: every place follows from the names that stand in certificates. */
import { type AuthorityDefinition, distributionPointOf } from "@mitome/ca";
import { type DistinguishedName, formatDn } from "@mitome/x509";
import { encodeEntry, type LdifEntry } from "./ldif.ts";

/**
 * Programs that bind with a name of their own, each allowed one thing alone: to publish, to let verifiers in, to copy,
 * to read which lists verifiers were given.
 */
export const directoryServices = ["publisher", "registrar", "replica", "meter"] as const;

/** One of them. */
export type DirectoryService = (typeof directoryServices)[number];

/** The places of one authority. */
export interface DirectoryTree {
  /** What everything of the authority stands below: the issuer's name without the office holder's title. */
  readonly suffix: DistinguishedName;
  /** The authority's own entry: its certificates, cross-certificate pairs and lists of revoked authorities. */
  readonly authority: DistinguishedName;
  /** Above every distribution point. */
  readonly distributionPoints: DistinguishedName;
  /** Above the entries that verifiers bind as. */
  readonly verifiers: DistinguishedName;
  /** The role whose occupants may read restricted lists. */
  readonly verifierRole: DistinguishedName;
  readonly services: DistinguishedName;
}

const serviceNames = { publisher: "Publisher", registrar: "Registrar", replica: "Replica", meter: "Meter" } as const;

/** The places of this authority. */
export function directoryTree(definition: AuthorityDefinition): DirectoryTree {
  const suffix = definition.issuer.slice(0, -1);
  return {
    suffix,
    authority: definition.issuer,
    distributionPoints: distributionPointOf(definition, "any", 1).slice(0, suffix.length + 1),
    verifiers: [...suffix, { type: "OU", value: "Verifiers" }],
    verifierRole: [...suffix, { type: "CN", value: "Verifiers" }],
    services: [...suffix, { type: "OU", value: "Services" }],
  };
}

/** The name a service of this authority binds with. */
export function serviceName(definition: AuthorityDefinition, service: DirectoryService): DistinguishedName {
  return [...directoryTree(definition).services, { type: "CN", value: serviceNames[service] }];
}

/** The name of the log in which slapd writes which lists were read. */
export function usesLogName(definition: AuthorityDefinition): DistinguishedName {
  return [{ type: "CN", value: `uses-${definition.id}` }];
}

/** The name a verifier binds with; throws `RangeError` unless it is 1–64 small letters, digits, dots and hyphens. */
export function verifierName(definition: AuthorityDefinition, bindName: string): DistinguishedName {
  // Small letters alone: in the directory Aoba and aoba are one name.
  if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(bindName)) throw new RangeError("not a name to bind with");
  return [...directoryTree(definition).verifiers, { type: "CN", value: bindName }];
}

// RFC 4519: what kind of entry has its name from which attribute.
const structures = {
  C: "country",
  ST: "locality",
  L: "locality",
  O: "organization",
  OU: "organizationalUnit",
  CN: "organizationalRole",
} as const;

/** What kind of entry stands at a common name, where it is not a plain role. */
export type EntryKind = "authority" | "distributionPoint" | "account";

// RFC 4523 §3: pkiCA is added to an entry of any kind, cRLDistributionPoint is a kind of its own.
const objectClasses: Readonly<Record<EntryKind, readonly string[]>> = {
  authority: ["organizationalRole", "pkiCA"],
  distributionPoint: ["cRLDistributionPoint"],
  account: ["organizationalRole", "simpleSecurityObject"],
};

/** The LDIF of a new entry; throws `RangeError` for an attribute type that names no kind of entry. */
export function newEntry(name: DistinguishedName, kind?: EntryKind, more: LdifEntry["attributes"] = []): string {
  const last = name.at(-1);
  if (last === undefined || !isNaming(last.type)) throw new RangeError(`no entry can be named ${formatDn(name)}`);
  const classes = kind === undefined ? [structures[last.type]] : objectClasses[kind];
  return encodeEntry({
    dn: formatDn(name),
    attributes: [
      ...classes.map((objectClass) => ["objectClass", objectClass] as const),
      [last.type.toLowerCase(), last.value],
      ...more,
    ],
  });
}

function isNaming(type: string): type is keyof typeof structures {
  return Object.hasOwn(structures, type);
}
