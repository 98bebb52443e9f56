import { readFileSync } from "node:fs";
import { type AuthorityDefinition, parseAuthorityDefinition } from "@mitome/ca";

/** The authority's definition is the signer's own copy: the ledger's could be written by others. */
export function readAuthorityDefinition(file: string): AuthorityDefinition {
  const parsed = parseAuthorityDefinition(JSON.parse(readFileSync(file, "utf8")));
  if (parsed.kind === "refused") throw new Error(`${file}: ${parsed.problems.join("; ")}`);
  return parsed.definition;
}
