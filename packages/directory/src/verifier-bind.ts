/** As whom a registered verifier binds, so as to read the restricted lists (千葉県運用規程 2-6-3, 4-4-4-5). */
import type { AuthorityDefinition } from "@mitome/ca";
import { formatDn } from "@mitome/x509";
import { hash } from "@node-rs/argon2";
import { directoryTree, newEntry, verifierName } from "./directory-tree.ts";
import { add, type DirectoryAccess, ldapResult, modify } from "./ldap-tools.ts";
import { encodeChange, encodeRemoval } from "./ldif.ts";

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const argon2id = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** What slapd keeps of a password: argon2id in PHC form behind the scheme's name. */
export async function hashBindPassword(password: string): Promise<string> {
  return `{ARGON2}${await hash(password, argon2id)}`;
}

/**
 * Lets a verifier bind with the password of this hash, in place of any earlier one; `undefined` ends its access, which
 * takes effect on connections that are open too. The same call twice is harmless. Throws `RangeError` for a hash that is
 * not of {@link hashBindPassword}, `RepositoryUnavailable` and `RepositoryRefused`.
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
