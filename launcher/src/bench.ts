import { buildAll } from "./build.ts";
import { runLoudly } from "./run-command.ts";
import { CannotGoOn } from "./say.ts";

const BENCHMARKS = ["issuance", "card", "pages", "crl", "ocsp", "revocation", "burst", "path"] as const;

const withPages: ReadonlySet<string> = new Set(["card", "pages"]);

/** Runs one benchmark of bench/; its last line is JSON, its exit code 0 whether or not the goals are met. */
export async function bench(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const known = BENCHMARKS.find((candidate) => candidate === name);
  if (known === undefined)
    throw new CannotGoOn("Say which benchmark.", ...BENCHMARKS.map((candidate) => `./mitome bench ${candidate}`));
  if (withPages.has(known)) await buildAll();
  return runLoudly(process.execPath, ["--disable-warning=ExperimentalWarning", `bench/src/${known}.ts`, ...rest]);
}
