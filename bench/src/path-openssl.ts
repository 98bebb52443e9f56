import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { PathToValidate } from "./path-cases.ts";
import type { PathInput, PathValidator } from "./path-validators.ts";

const source = fileURLToPath(new URL("./path-openssl.c", import.meta.url));

/** OpenSSL's library in one process that lasts until `stop`. */
export interface OpensslValidator extends PathValidator {
  readonly version: string;
  stop(): void;
}

/** Compiles path-openssl.c and gives it these paths, the only ones that it then knows; the reason where it cannot be compiled. */
export async function startOpenssl(paths: readonly PathToValidate[]): Promise<OpensslValidator | { absent: string }> {
  const directory = mkdtempSync(join(tmpdir(), "paths-"));
  const [program, file] = [join(directory, "path-openssl"), join(directory, "paths")];
  try {
    await promisify(execFile)("gcc", ["-O2", "-Wall", "-o", program, source, "-lcrypto"]);
  } catch (problem) {
    rmSync(directory, { recursive: true, force: true });
    const [why] =
      problem instanceof Error ? problem.message.split("\n").filter((line) => !line.startsWith("Comm")) : [];
    return { absent: `OpenSSL in one process (needs gcc and the Debian package libssl-dev: ${why})` };
  }
  writeFileSync(file, paths.flatMap(linesOf).join("\n"));
  const child = spawn(program, [file], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (chosen: readonly PathToValidate[], from: PathInput, seconds: number): Promise<string[]> => {
    child.stdin.write(`${[from, seconds, ...chosen.map((path) => paths.indexOf(path))].join(" ")}\n`);
    const { value } = await answers.next();
    if (value === undefined) throw new Error("the process with OpenSSL ended");
    return value.split(" ");
  };
  const { stdout } = await promisify(execFile)("openssl", ["version"]);
  return {
    version: stdout.split(" ").slice(0, 2).join(" "),
    async verdicts(chosen) {
      const [, , , said = ""] = await ask(chosen, "octets", 0);
      return [...said].map((digit) => digit === "1");
    },
    async run(chosen, from, seconds) {
      const [validations, elapsed, cpu] = await ask(chosen, from, seconds);
      return { paths: Number(validations), seconds: Number(elapsed), cpu: Number(cpu) };
    },
    stop() {
      child.stdin.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A path as path-openssl.c reads it. */
function linesOf(path: PathToValidate): readonly string[] {
  const hex = (der: Uint8Array) => Buffer.from(der).toString("hex");
  const { initialExplicitPolicy, initialPolicyMappingInhibit, initialAnyPolicyInhibit } = path;
  const flags = `${initialExplicitPolicy ? "e" : ""}${initialPolicyMappingInhibit ? "m" : ""}${initialAnyPolicyInhibit ? "i" : ""}`;
  return [
    `path ${path.time.getTime() / 1_000} ${flags}-`,
    `anchor ${hex(path.trustAnchor)}`,
    `target ${hex(path.target)}`,
    ...path.intermediates.map((der) => `certificate ${hex(der)}`),
    ...path.lists.map((der) => `list ${hex(der)}`),
    ...path.userInitialPolicySet.map((oid) => `policy ${oid}`),
  ];
}
