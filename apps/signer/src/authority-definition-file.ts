import { readFileSync } from "node:fs";
import { type AuthorityDefinition, parseAuthorityDefinition } from "@mitome/ca";
import { CannotStart } from "./cannot-start.ts";

/**
 * Reads the signer's own copy of the authority's definition: the ledger's could be written by others. Throws CannotStart
 * with what is wrong with it, such as a suite that only reproduces history and is not acknowledged to.
 */
export function readAuthorityDefinition(file: string): AuthorityDefinition {
  const parsed = parseAuthorityDefinition(JSON.parse(readFileSync(file, "utf8")));
  if (parsed.kind === "refused") throw new CannotStart(`${file}: ${parsed.problems.join("; ")}`);
  return parsed.definition;
}
