import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StackPlace } from "./place.ts";
import { root } from "./places.ts";
import type { ProgramToStart } from "./processes.ts";
import { runQuietly } from "./run-command.ts";
import { CannotGoOn } from "./say.ts";

/** How Node runs every program of ours. */
export const nodeFlags = ["--disable-warning=ExperimentalWarning", "--enable-source-maps"];

/** A program of ours as the launcher starts it: its source file and its one configuration file. */
export function program(place: StackPlace, name: string, source: string, config: string): ProgramToStart {
  return {
    name,
    command: process.execPath,
    args: [...nodeFlags, join(root, source), config],
    log: place.log(name),
    ready: "ready-line",
  };
}

/** Writes a program's configuration, readable by this user alone, and answers its path. */
export async function writeConfig(place: StackPlace, name: string, config: object): Promise<string> {
  const path = place.state(`${name}.config.json`);
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}

/** Runs a program of ours to its end and answers the JSON of its last line; throws `CannotGoOn` when it fails. */
export async function runProgram(source: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, output } = await runQuietly(process.execPath, [...nodeFlags, join(root, source), ...args]);
  const lines = output.trimEnd().split("\n");
  if (code !== 0) throw new CannotGoOn(`${source} failed.`, ...lines.slice(-12));
  const last = lines.at(-1) ?? "";
  return last.startsWith("{") ? JSON.parse(last) : {};
}
