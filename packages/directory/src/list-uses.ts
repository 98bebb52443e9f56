/** Which lists verifiers were given by LDAP (失効記録（CRL/ARL）提供方法), as slapd wrote it down when it gave them. */
import type { AuthorityDefinition } from "@mitome/ca";
import { formatDn } from "@mitome/x509";
import { directoryTree, usesLogName } from "./directory-tree.ts";
import { type DirectoryAccess, search } from "./ldap-tools.ts";
import { decodeEntries } from "./ldif.ts";

/** One list, given to one verifier. */
export interface ListUse {
  /** Names the use within this slapd, for ever. */
  readonly id: string;
  readonly at: Date;
  readonly bindName: string;
  /** The distribution point: its name as `formatDn` writes it, in small letters. */
  readonly point: string;
}

// Whoever asks for these alone is given no list; everything else counts.
const otherAttributes = new Set(["1.1", "+", "cn", "objectclass"]);

/** For how many days slapd keeps what it wrote down: longer than any month's account is open. */
export const usesKeptForDays = 400;

/**
 * The uses that began from `from` until `until`, in order of their beginning. slapd writes a use down when its
 * answer ends: ask again from an hour before, and keep each id once. Throws `RepositoryUnavailable` and `RepositoryRefused`.
 */
export async function readListUses(
  meter: DirectoryAccess,
  definition: AuthorityDefinition,
  { from, until }: { readonly from: Date; readonly until: Date },
): Promise<readonly ListUse[]> {
  // slapd finds both by its index; a negation it would look for in every later entry.
  const began = `(reqStart>=${generalizedTime(from)})(reqStart<=${generalizedTime(until)})`;
  const filter = `(&(objectClass=auditSearch)${began}(reqEntries=1)(reqAttrsOnly=FALSE))`;
  const log = await search(meter, formatDn(usesLogName(definition)), { scope: "one", filter, attributes: ["*"] });
  const verifiers = `,${formatDn(directoryTree(definition).verifiers).toLowerCase()}`;
  const uses: ListUse[] = [];
  for (const entry of decodeEntries(log)) {
    const [id = ""] = entry.get("reqStart") ?? [];
    const [name = ""] = entry.get("reqAuthzID") ?? [];
    const [point = ""] = entry.get("reqDN") ?? [];
    const asked = entry.get("reqAttr") ?? [];
    const other = asked.length > 0 && asked.every((attribute) => otherAttributes.has(attribute.toLowerCase()));
    if (other || !name.toLowerCase().endsWith(verifiers)) continue;
    const bindName = name.toLowerCase().slice("cn=".length, -verifiers.length);
    uses.push({ id, at: instantOf(id), bindName, point: point.toLowerCase() });
  }
  return uses.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** RFC 4517 §3.3.13, with microseconds as slapd has them. */
function generalizedTime(instant: Date): string {
  const [seconds = "", milliseconds = ""] = instant
    .toISOString()
    .replaceAll(/[-:TZ]/g, "")
    .split(".");
  return `${seconds}.${milliseconds}000Z`;
}

function instantOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{3})\d*Z$/, "$1-$2-$3T$4:$5:$6.$7Z"));
}
