/**
 * The whole authority as it runs: PostgreSQL, both signers on SoftHSM tokens made by a scripted ceremony, and `apps/ca`,
 * each a process of its own, under one temporary directory, ended by process id.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { type AuthorityDefinition, chibaPracticeAuthority } from "@mitome/ca";
import { CHROMIUM } from "./papers.ts";
import { startTestPostgres, type TestPostgres } from "./postgres.ts";
import { SOFTHSM_MODULE, softHsmDirectory } from "./softhsm.ts";

const repository = new URL("../../../", import.meta.url).pathname;
const run = promisify(execFile);

/** A program of the authority that said it was ready. */
export interface RunningProgram {
  readonly pid: number;
  /** The one line that it printed. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly ended: Promise<number | string>;
  /** What it wrote to standard error so far. */
  log(): string;
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<number | string>;
}

/** Starts `node <file> <config>` and waits for its ready line; throws with its log when it ends first. */
export async function startProgram(file: string, config: string): Promise<RunningProgram> {
  const child = spawn(process.execPath, [join(repository, file), config], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal ?? -1));
  });
  const ready = await Promise.race([readyLine(child), ended]);
  if (typeof ready !== "object") throw new Error(`${file} ended (${ready}) before it was ready:\n${text}`);
  return {
    pid: child.pid ?? -1,
    ready,
    ended,
    log: () => text,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return await ended;
    },
  };
}

async function readyLine(child: ChildProcess): Promise<Record<string, unknown>> {
  if (child.stdout === null) throw new Error("no standard output");
  for await (const line of createInterface({ input: child.stdout })) {
    const said: unknown = JSON.parse(line);
    if (typeof said === "object" && said !== null) return { ...said };
  }
  return await new Promise(() => {});
}

/** An authority that runs. */
export interface RunningAuthority {
  readonly home: string;
  readonly postgres: TestPostgres;
  readonly definition: AuthorityDefinition;
  /** The custodians' components of the card keys, for making cards. */
  readonly cardComponents: readonly [string, string];
  readonly equipmentRoot: string;
  /** Paths of the programs' configurations. */
  readonly configs: Readonly<Record<"ca" | "operator" | "signer" | "cardsSigner", string>>;
  readonly programs: { ca: RunningProgram; signer: RunningProgram; cardsSigner: RunningProgram };
  /** Runs an operator's script of `apps/ca` and gives the line it printed. */
  script(name: string, ...values: string[]): Promise<Record<string, unknown>>;
  /** Rewrites the server's configuration with these changes and starts it again. */
  restartCa(changes?: Record<string, unknown>): Promise<RunningProgram>;
  stop(): Promise<void>;
}

/** Brings an authority up; some seconds. */
export async function startAuthority(
  definition: AuthorityDefinition = chibaPracticeAuthority,
): Promise<RunningAuthority> {
  const postgres = await startTestPostgres({ fsync: "on" });
  const home = mkdtempSync(join(tmpdir(), "mtm-a-"));
  chmodSync(home, 0o700);
  const write = (name: string, value: unknown) => {
    const file = join(home, `${name}.json`);
    writeFileSync(file, JSON.stringify(value), { mode: 0o600 });
    return file;
  };
  const { configuration: softhsmConf } = softHsmDirectory(home);
  const authorityDefinition = write("authority", definition);
  const components = await holdCeremonies(home, softhsmConf, authorityDefinition, write);
  const signers = signerConfigs(home, softhsmConf, authorityDefinition, postgres, write);
  const [signer, cardsSigner] = await Promise.all([
    startProgram("apps/signer/src/main.ts", signers.signer),
    startProgram("apps/signer/src/main.ts", signers.cardsSigner),
  ]);
  const tls = { certificate: join(home, "ca.pem"), key: join(home, "ca.key"), root: join(home, "root.pem") };
  const operator = write("operator", {
    ...{ authority: definition.id, database: postgres.url("ca_owner"), authorityDefinition, generation: 1, tls },
    ...{ signerSocket: join(home, "s"), operatorSocket: join(home, "so"), chromium: CHROMIUM },
  });
  const script = async (name: string, ...values: string[]) => {
    const { stdout } = await run(process.execPath, [join(repository, `apps/ca/src/${name}.ts`), operator, ...values]);
    return { ...JSON.parse(stdout) };
  };
  await script("bootstrap");
  const configuration = {
    ...{ authority: definition.id, database: postgres.url("ca_app") },
    ...{ signerSocket: join(home, "s"), cardsSignerSocket: join(home, "c") },
    ...{ listen: { host: "127.0.0.1", port: 0 }, enrolment: { host: "127.0.0.1", port: 0 } },
    tls: { certificate: tls.certificate, key: tls.key },
  };
  const caConfig = write("ca", configuration);
  const programs = { signer, cardsSigner, ca: await startProgram("apps/ca/src/main.ts", caConfig) };
  return {
    ...{ home, postgres, definition, cardComponents: components, programs, script },
    equipmentRoot: readFileSync(tls.root, "utf8"),
    configs: { ca: caConfig, operator, ...signers },
    async restartCa(changes = {}) {
      await programs.ca.stop("SIGTERM");
      write("ca", { ...configuration, ...changes });
      programs.ca = await startProgram("apps/ca/src/main.ts", caConfig);
      return programs.ca;
    },
    async stop() {
      await programs.ca.stop();
      await Promise.all([programs.signer.stop(), programs.cardsSigner.stop()]);
      await postgres.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

type Write = (name: string, value: unknown) => string;

async function holdCeremonies(home: string, softhsmConf: string, authorityDefinition: string, write: Write) {
  const directories = [join(home, "custodian-1"), join(home, "custodian-2")] as const;
  for (const directory of directories) mkdirSync(directory, { mode: 0o700 });
  const custodians = directories.map((directory, index) => ({ name: `custodian ${index + 1}`, directory }));
  const common = { module: SOFTHSM_MODULE, softhsmConf, custodians };
  const plans = [
    write("ceremony-authority", {
      ...{ ...common, instance: "authority", tokenLabel: "authority", authorityDefinition, generation: 1 },
      ...{ record: join(home, "ceremony-authority.record"), pinFile: join(home, "authority.pin") },
    }),
    write("ceremony-cards", {
      ...{ ...common, instance: "cards", tokenLabel: "cards" },
      ...{ record: join(home, "ceremony-cards.record"), pinFile: join(home, "cards.pin") },
    }),
  ];
  for (const plan of plans) await run(process.execPath, [join(repository, "apps/signer/src/ceremony.ts"), plan]);
  const component = (directory: string) => readFileSync(join(directory, "card-master-1.component"), "utf8").trim();
  return [component(directories[0]), component(directories[1])] as const;
}

function signerConfigs(
  home: string,
  softhsmConf: string,
  authorityDefinition: string,
  postgres: TestPostgres,
  write: Write,
) {
  const common = { module: SOFTHSM_MODULE, softhsmConf, unattended: true };
  return {
    signer: write("signer", {
      ...{ ...common, instance: "authority", tokenLabel: "authority", pinFile: join(home, "authority.pin") },
      ...{ socket: join(home, "s"), operatorSocket: join(home, "so"), journal: join(home, "signer.journal") },
      ...{ database: postgres.url("ca_signer"), authorityDefinition },
    }),
    cardsSigner: write("cards-signer", {
      ...{ ...common, instance: "cards", tokenLabel: "cards", pinFile: join(home, "cards.pin") },
      ...{ socket: join(home, "c"), operatorSocket: join(home, "co"), journal: join(home, "cards.journal") },
    }),
  };
}
