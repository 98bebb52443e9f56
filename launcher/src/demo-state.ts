import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a running demonstration is made of; `./mitome doctor`, `enrol`, `audit` and the benchmarks read it. */
export interface DemoDescription {
  readonly launcherPid: number;
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly log: string }[];
  /** Directory of the private PostgreSQL cluster's Unix socket. */
  readonly postgresSocketDir: string;
  /** URL of the counter's role in the municipality's database. */
  readonly counterDatabase: string;
  readonly softhsmConf: string;
  readonly pcscSocket: string;
  readonly kioskUrl: string;
  readonly authorityUrl: string;
  readonly directoryUrl: string;
  readonly responderUrl: string;
  /** The operators' desk. */
  readonly deskUrl: string;
  /** Configuration of the authority's operator scripts. */
  readonly operatorConfig: string;
}

const file = (stateDir: string): string => join(stateDir, "stack.json");

/** Writes down what is running, for the other commands. */
export async function writeDescription(stateDir: string, description: DemoDescription): Promise<void> {
  await writeFile(file(stateDir), JSON.stringify(description, null, 2), { mode: 0o600 });
}

/** The demonstration that runs with this state, or undefined when none does. */
export async function readDescription(stateDir: string): Promise<DemoDescription | undefined> {
  const text = await readFile(file(stateDir), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const description: DemoDescription = JSON.parse(text);
  return isAlive(description.launcherPid) ? description : undefined;
}

/** Forgets the description once everything is stopped. */
export async function removeDescription(stateDir: string): Promise<void> {
  await rm(file(stateDir), { force: true });
}

/** A process of this id lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
