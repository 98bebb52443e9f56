/** The configuration of slapd: who may read and who may write is decided here and nowhere else. */
import { type AuthorityDefinition, listPointOf, operationalPartition } from "@mitome/ca";
import { type DistinguishedName, formatDn } from "@mitome/x509";
import {
  type DirectoryService,
  directoryServices,
  directoryTree,
  newEntry,
  serviceName,
  usesLogName,
} from "./directory-tree.ts";
import { usesKeptForDays } from "./list-uses.ts";

/** What a configuration is written from; paths are absolute. */
export interface SlapdSettings {
  readonly authorities: readonly AuthorityDefinition[];
  /** Where each authority's database is, in a folder named for its id, and its log of uses, in one named `<id>-uses`. */
  readonly databases: string;
  /** Where the process id is written. */
  readonly pidFile: string;
  /** For ldaps; without it nothing is encrypted, which is for a Unix socket or one machine. */
  readonly tls?: SlapdTls;
  /** The slapd that this one copies by syncrepl (RFC 4533); it then takes no writes itself. */
  readonly copyOf?: CopiedSlapd;
}

/** PEM files that the user slapd runs as can read; the chain stands in the certificate's file. */
export interface SlapdTls {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** The slapd that is copied, the replica's password at each authority by id, and whom to trust where it speaks TLS. */
export interface CopiedSlapd {
  readonly url: string;
  readonly passwords: Readonly<Record<string, string>>;
  readonly trustFile?: string;
}

/**
 * The text of slapd.conf (OpenLDAP 2.5): one database for each authority. Throws `RangeError` for a copy of an authority
 * without its password.
 */
export function slapdConfiguration(settings: SlapdSettings): string {
  // slapd serves the first suffix that fits: the longer one stands first.
  const authorities = settings.authorities.toSorted((one, other) => other.issuer.length - one.issuer.length);
  const databases = authorities.flatMap((authority, at) => [
    usesLog(settings, authority),
    database(settings, authority, at + 1),
  ]);
  return [server(settings), ...databases].join("\n");
}

function server({ pidFile, tls }: SlapdSettings): string {
  const lines = [
    "include /etc/ldap/schema/core.schema",
    "modulepath /usr/lib/ldap",
    "moduleload back_mdb",
    "moduleload syncprov",
    "moduleload accesslog",
    "moduleload argon2",
    `pidfile ${quoted(pidFile)}`,
    // With -d the log goes to standard error; syslog would have it twice.
    "loglevel none",
    // A list of a million entries is 49 MB; who is not bound stays at slapd's own 256 KiB.
    "sockbuf_max_incoming_auth 134217728",
    "sizelimit 500",
    "timelimit 60",
    "idletimeout 300",
    "writetimeout 60",
    ...(tls === undefined ? [] : tlsLines(tls)),
    // RFC 4512 §4.2, §5.1: what a client may ask any server.
    'access to dn.base="" by * read',
    'access to dn.base="cn=Subschema" by * read',
    "access to * by * none",
  ];
  return `${lines.join("\n")}\n`;
}

function tlsLines({ certificateFile, keyFile }: SlapdTls): string[] {
  return [
    `TLSCertificateFile ${quoted(certificateFile)}`,
    `TLSCertificateKeyFile ${quoted(keyFile)}`,
    "TLSProtocolMin 3.3",
    // No password over a connection that anybody could read; a Unix socket is as good as encrypted.
    "security simple_bind=128",
    "localSSF 256",
  ];
}

/** What of a verifier's reading is counted, written by slapd alone. */
function usesLog({ databases }: SlapdSettings, authority: AuthorityDefinition): string {
  const suffix = quoted(formatDn(usesLogName(authority)));
  const meter = `dn.exact=${quoted(formatDn(serviceName(authority, "meter")))}`;
  const lines = [
    "database mdb",
    `suffix ${suffix}`,
    // There is no such entry with a password: nobody binds as the root of the log.
    `rootdn ${suffix}`,
    `directory ${quoted(`${databases}/${authority.id}-uses`)}`,
    "maxsize 4294967296",
    "index objectClass,reqStart eq",
    `limits ${meter} size=unlimited time=unlimited`,
    `access to *\n  by ${meter} read\n  by * none`,
  ];
  return `${lines.join("\n")}\n`;
}

function database({ databases, copyOf }: SlapdSettings, authority: AuthorityDefinition, number: number): string {
  const { suffix } = directoryTree(authority);
  const lines = [
    "database mdb",
    `suffix ${quoted(formatDn(suffix))}`,
    `directory ${quoted(`${databases}/${authority.id}`)}`,
    "maxsize 4294967296",
    "index objectClass,entryUUID,entryCSN eq",
    // Otherwise whoever may add an entry could give it any attribute.
    "add_content_acl on",
    ...accessRules(authority),
    ...(copyOf === undefined ? provider(authority) : consumer(authority, copyOf, number)),
    "overlay accesslog",
    `logdb ${quoted(formatDn(usesLogName(authority)))}`,
    `logbase reads ${quoted(formatDn(directoryTree(authority).distributionPoints))}`,
    "logsuccess TRUE",
    `logpurge ${usesKeptForDays}+00:00 1+00:00`,
  ];
  return `${lines.join("\n")}\n`;
}

/** slapd takes the first rule that fits entry and attribute; what no rule grants looks as if it were not there. */
function accessRules(authority: AuthorityDefinition): string[] {
  const tree = directoryTree(authority);
  const only = (name: DistinguishedName) => `dn.exact=${quoted(formatDn(name))}`;
  const below = (name: DistinguishedName) => `dn.subtree=${quoted(formatDn(name))}`;
  const by = (service: DirectoryService, level: string) => `by ${only(serviceName(authority, service))} ${level}`;
  const byVerifiers = (level: string) =>
    `by group/organizationalRole/roleOccupant=${quoted(formatDn(tree.verifierRole))} ${level}`;
  const rule = (what: string, ...whom: readonly string[]) => ["access to", what, ...whom].join("\n  ");
  // Add, read, search, compare, see: everything but taking away.
  const publisherMakes = by("publisher", "=arscd");
  const publisherWrites = by("publisher", "write");
  const points = below(tree.distributionPoints);
  const operational = publicPoint(authority, operationalPartition);
  return [
    rule("*", by("replica", "read"), "by * break"),
    // 千葉県運用規程 2-6-3: no restriction for the authority's certificates and ARL.
    rule(
      `${only(tree.authority)} attrs=cACertificate,crossCertificatePair,authorityRevocationList`,
      publisherWrites,
      "by * read",
    ),
    rule(`${only(tree.authority)} attrs=entry,objectClass,cn`, publisherMakes, "by * read"),
    // 千葉県運用規程 2-8-3: what of the operational certificates is revoked is public too.
    rule(`${operational} attrs=certificateRevocationList`, publisherWrites, "by * read"),
    rule(`${operational} attrs=entry,objectClass,cn`, publisherMakes, "by * read"),
    // 千葉県運用規程 2-6-3: lists of subscriber certificates are for verifiers whose access was granted. They see points
    // and nothing above: a search gives one list, that of its base, so the log of searches says which.
    rule(
      `${points} filter=(objectClass=cRLDistributionPoint) attrs=certificateRevocationList`,
      publisherWrites,
      byVerifiers("read"),
    ),
    rule(
      `${points} filter=(objectClass=cRLDistributionPoint) attrs=entry,objectClass,cn`,
      publisherMakes,
      byVerifiers("read"),
    ),
    rule(`${points} attrs=entry,objectClass,ou`, publisherMakes),
    rule(`${points} attrs=children`, by("publisher", "=a")),
    rule(`${only(tree.suffix)} attrs=children`, by("publisher", "=a")),
    // A hash is written and compared with, never read.
    rule(`${below(tree.verifiers)} attrs=userPassword`, by("registrar", "=w"), "by anonymous auth"),
    rule(below(tree.verifiers), by("registrar", "write")),
    rule(`${only(tree.verifierRole)} attrs=roleOccupant`, by("registrar", "write")),
    rule(`${only(tree.verifierRole)} attrs=entry`, by("registrar", "=rscd")),
    rule(`${below(tree.services)} attrs=userPassword`, "by anonymous auth"),
    rule("*", "by * none"),
  ];
}

/** A partition's point in any key generation: slapd compares with the name in lower case, however it is written. */
function publicPoint(authority: AuthorityDefinition, partition: string): string {
  const point = listPointOf(authority, { generation: 1, partition }) ?? [];
  const [name, container] = [point.slice(-1), directoryTree(authority).distributionPoints.slice(-1)].map(formatDn);
  return `dn.regex=${quoted(`^${name},[^,]+,${container},`)}`;
}

function provider(authority: AuthorityDefinition): string[] {
  return [
    `limits dn.exact=${quoted(formatDn(serviceName(authority, "replica")))} size=unlimited time=unlimited`,
    "overlay syncprov",
    "syncprov-checkpoint 100 10",
  ];
}

function consumer(
  authority: AuthorityDefinition,
  { url, passwords, trustFile }: CopiedSlapd,
  number: number,
): string[] {
  const password = passwords[authority.id];
  if (password === undefined) throw new RangeError(`no password to copy ${authority.id} with`);
  const replica = quoted(formatDn(serviceName(authority, "replica")));
  const trust = trustFile === undefined ? [] : [`tls_cacert=${quoted(trustFile)}`, "tls_reqcert=demand"];
  const terms = [
    `rid=${String(number).padStart(3, "0")}`,
    `provider=${url}`,
    "type=refreshAndPersist",
    `retry="1 30 10 +"`,
    `searchbase=${quoted(formatDn(directoryTree(authority).suffix))}`,
    "bindmethod=simple",
    `binddn=${replica}`,
    `credentials=${quoted(password)}`,
    ...trust,
  ];
  // What syncrepl writes is written as the database's root, as whom nobody can bind: there is no such entry.
  const root = quoted(formatDn([...directoryTree(authority).suffix, { type: "CN", value: "Copy" }]));
  return [`rootdn ${root}`, `syncrepl ${terms.join("\n  ")}`, `updateref ${quoted(url)}`];
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/**
 * The entries that a database begins with, as LDIF for slapadd: the suffix, and the services with the hashes of their
 * passwords. The publisher makes the rest.
 */
export function firstEntries(
  authority: AuthorityDefinition,
  hashes: Readonly<Record<DirectoryService, string>>,
): string {
  const { suffix, services, verifiers, verifierRole } = directoryTree(authority);
  const account = (service: DirectoryService) =>
    newEntry(serviceName(authority, service), "account", [["userPassword", hashes[service]]]);
  return [
    newEntry(suffix),
    newEntry(services),
    ...directoryServices.map(account),
    newEntry(verifiers),
    newEntry(verifierRole),
  ].join("");
}
