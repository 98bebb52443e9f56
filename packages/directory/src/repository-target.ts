/** The LDAP directory as a repository (千葉県運用規程 4-4-4-1: LDAP v3). */
import type { AuthorityDefinition, RepositoryObject, RepositoryTarget } from "@mitome/ca";
import { type DistinguishedName, formatDn } from "@mitome/x509";
import { directoryTree, type EntryKind, newEntry } from "./directory-tree.ts";
import { add, type DirectoryAccess, type DirectoryReader, ldapResult, modify, search } from "./ldap-tools.ts";
import { decodeValues, encodeChange } from "./ldif.ts";

/** An attribute of an entry. RFC 4523 §2: certificates and lists are always asked for and given as `;binary`. */
interface Place {
  readonly name: DistinguishedName;
  readonly kind: EntryKind;
  readonly attribute: string;
}

const attributes = {
  caCertificates: "cACertificate;binary",
  crossCertificatePairs: "crossCertificatePair;binary",
  authorityRevocationLists: "authorityRevocationList;binary",
} as const;

function placeOf({ issuer }: AuthorityDefinition, object: RepositoryObject): Place {
  if (object.kind !== "certificateRevocationList")
    return { name: issuer, kind: "authority", attribute: attributes[object.kind] };
  return { name: object.point, kind: "distributionPoint", attribute: "certificateRevocationList;binary" };
}

/**
 * The directory of this authority, written to as its publisher. An entry that is missing is made,
 * with those above it. Calls may throw `RepositoryUnavailable`, and `RepositoryRefused` for octets that slapd does not
 * take for what they should be and for a name that is not the authority's.
 */
export function directoryTarget(
  name: string,
  definition: AuthorityDefinition,
  publisher: DirectoryAccess,
): RepositoryTarget {
  return {
    name,
    async read(object) {
      return readRepository(publisher, definition, object);
    },
    async publish(object, values) {
      const place = placeOf(definition, object);
      const change = encodeChange(formatDn(place.name), "replace", place.attribute, values);
      if ((await modify(publisher, change, [ldapResult.noSuchObject])) === ldapResult.success) return;
      await makePath(publisher, directoryTree(definition).suffix.length, place);
      await modify(publisher, change);
    },
  };
}

/** What stands there for this reader; nothing, where there is nothing that it may see. Throws as {@link directoryTarget} does. */
export async function readRepository(
  reader: DirectoryReader,
  definition: AuthorityDefinition,
  object: RepositoryObject,
): Promise<readonly Uint8Array[]> {
  const { name, attribute } = placeOf(definition, object);
  const terms = { scope: "base", filter: "(objectClass=*)", attributes: [attribute] } as const;
  return decodeValues(await search(reader, formatDn(name), terms), attribute);
}

/** Makes the entries from below the suffix down to this one; some may be there. */
async function makePath(publisher: DirectoryAccess, suffixLength: number, { name, kind }: Place): Promise<void> {
  for (let length = suffixLength + 1; length <= name.length; length += 1) {
    const entry = newEntry(name.slice(0, length), length === name.length ? kind : undefined);
    await add(publisher, entry, [ldapResult.entryAlreadyExists]);
  }
}
