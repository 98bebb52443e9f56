/** The authority out of its ledger: definition, keys and their certificates. */
import { type AuthorityDefinition, type CertifiedGeneration, parseAuthorityDefinition } from "@mitome/ca";
import { type EnteredKey, readDefinition, readKeys } from "@mitome/db/ca";
import { verificationKey } from "@mitome/x509";
import type pg from "pg";

/** What stands in the ledger of an authority that has been bootstrapped. */
export interface LoadedAuthority {
  readonly definition: AuthorityDefinition;
  readonly current: CertifiedGeneration;
  readonly generations: ReadonlyMap<number, CertifiedGeneration>;
  readonly equipmentRoot: CertifiedGeneration;
}

/** Raised when the ledger has no such authority, or it was not bootstrapped to the end: run `bootstrap.ts`. */
class AuthorityNotReady extends Error {
  override readonly name = "AuthorityNotReady";
}

/** Reads what makes an authority this authority. */
export async function loadDefinition(ledger: pg.Pool, id: string): Promise<AuthorityDefinition> {
  const parsed = parseAuthorityDefinition(await readDefinition(ledger, id));
  if (parsed.kind === "refused") throw new AuthorityNotReady(`no authority ${id} in the ledger`);
  return parsed.definition;
}

/** Reads an authority; the signer holds to its own copy of the definition, whatever this one says. */
export async function loadAuthority(ledger: pg.Pool, id: string): Promise<LoadedAuthority> {
  const definition = await loadDefinition(ledger, id);
  const keys = await readKeys(ledger, id);
  const generations = new Map(certified(keys, "residents").map((key) => [key.number, key]));
  const current = [...generations.values()].at(-1);
  const equipmentRoot = certified(keys, "equipment").at(-1);
  if (current === undefined || equipmentRoot === undefined) {
    throw new AuthorityNotReady(`the keys of ${id} have no certificates yet`);
  }
  return { definition, current, generations, equipmentRoot };
}

function certified(keys: readonly EnteredKey[], purpose: EnteredKey["purpose"]): CertifiedGeneration[] {
  return keys.flatMap(({ number, publicKey, certificate, ...key }) =>
    key.purpose === purpose && certificate !== undefined
      ? [{ number, subjectPublicKeyInfo: publicKey, certificate, key: verificationKey(publicKey) }]
      : [],
  );
}
