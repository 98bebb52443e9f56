import { readFileSync } from "node:fs";
import { type Publication, parsePublication } from "./publication.ts";
import { parseStatement, type Statement } from "./statement/statement.ts";

/** Where an authority's texts lie: its practice statement and what else it publishes in words, both JSON. */
export interface TextFiles {
  readonly statement: string | URL;
  readonly publication: string | URL;
}

/** The demonstration's texts. */
export const chibaTextFiles: TextFiles = {
  statement: new URL("./data/chiba-statement.json", import.meta.url),
  publication: new URL("./data/chiba-publication.json", import.meta.url),
};

/** Reads both. Throws `StatementRefused` and `PublicationRefused` for what cannot be published, and errors of the file system. */
export function readTexts(files: TextFiles): { readonly statement: Statement; readonly publication: Publication } {
  const read = (file: string | URL): unknown => JSON.parse(readFileSync(file, "utf8"));
  return { statement: parseStatement(read(files.statement)), publication: parsePublication(read(files.publication)) };
}
