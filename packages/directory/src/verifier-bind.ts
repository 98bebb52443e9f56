/** As whom a registered verifier binds, so as to read the restricted lists (千葉県運用規程 2-6-3, 4-4-4-5). */
import type { AuthorityDefinition } from "@mitome/ca";
import { formatDn } from "@mitome/x509";
import { directoryTree, newEntry, verifierName } from "./directory-tree.ts";
import { add, type DirectoryAccess, ldapResult, modify } from "./ldap-tools.ts";
import { encodeChange, encodeRemoval } from "./ldif.ts";

/**
 * Lets a verifier bind with the password of this hash, in place of any earlier one; `undefined` ends its access, which
 * takes effect on connections that are open too. The same call twice is harmless. Throws `RangeError` for a hash that is
 * not of `hashBindPassword`, `RepositoryUnavailable` and `RepositoryRefused`.
 */
export async function setVerifierBind(
  registrar: DirectoryAccess,
  definition: AuthorityDefinition,
  bindName: string,
  passwordHash: string | undefined,
): Promise<void> {
  const verifier = verifierName(definition, bindName);
  if (passwordHash === undefined) return endBind(registrar, definition, formatDn(verifier));
  // slapd would keep anything else as a password in clear.
  if (!/^\{ARGON2\}\$argon2id\$[!-~]+$/.test(passwordHash)) throw new RangeError("not an argon2id hash");
  const entry = newEntry(verifier, "account", [["userPassword", passwordHash]]);
  const added = await add(registrar, entry, [ldapResult.entryAlreadyExists]);
  if (added === ldapResult.entryAlreadyExists)
    await modify(registrar, encodeChange(formatDn(verifier), "replace", "userPassword", [passwordHash]));
  await changeRole(registrar, definition, "add", formatDn(verifier), ldapResult.attributeOrValueExists);
}

/**
 * Whether a verifier that has a name to bind with may read the lists; its password stays. Takes effect at the next request
 * of connections that are open. The same call twice is harmless. Throws as {@link setVerifierBind}.
 */
export async function permitVerifierBind(
  registrar: DirectoryAccess,
  definition: AuthorityDefinition,
  bindName: string,
  permitted: boolean,
): Promise<void> {
  const [change, already] = permitted
    ? (["add", ldapResult.attributeOrValueExists] as const)
    : (["delete", ldapResult.noSuchAttribute] as const);
  await changeRole(registrar, definition, change, formatDn(verifierName(definition, bindName)), already);
}

/** First the right, which slapd looks up at every request, then the name. */
async function endBind(registrar: DirectoryAccess, definition: AuthorityDefinition, verifier: string): Promise<void> {
  await changeRole(registrar, definition, "delete", verifier, ldapResult.noSuchAttribute);
  await modify(registrar, encodeRemoval(verifier), [ldapResult.noSuchObject]);
}

async function changeRole(
  registrar: DirectoryAccess,
  definition: AuthorityDefinition,
  change: "add" | "delete",
  verifier: string,
  already: number,
): Promise<void> {
  const role = formatDn(directoryTree(definition).verifierRole);
  await modify(registrar, encodeChange(role, change, "roleOccupant", [verifier]), [already]);
}
