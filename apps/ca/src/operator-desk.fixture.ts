/** An operator at a terminal, with a ledger in PostgreSQL that an authority stands in. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chibaPracticeAuthority } from "@mitome/ca";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { enterSoftAuthority } from "@mitome/testkit/published-ledger";
import { makeSoftAuthority, type SoftAuthority } from "@mitome/testkit/soft-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";

/** What a script did: its exit status, the line that it printed, or what it said to the person. */
interface ScriptRun {
  readonly status: number;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly said: string;
}

/** Where the operator works. */
export interface OperatorPlace {
  readonly postgres: TestPostgres;
  readonly owner: RoleSql;
  readonly soft: SoftAuthority;
  /** Runs a script of this folder in the operator's directory. */
  run(script: string, ...values: readonly string[]): Promise<ScriptRun>;
  /** A file that a script wrote. */
  read(name: string): Buffer;
  write(name: string, text: string): string;
  /** Adds keys to the configuration. */
  configure(keys: Readonly<Record<string, unknown>>): void;
  stop(): Promise<void>;
}

/** Makes one; no signer runs. */
export async function makeOperatorPlace(): Promise<OperatorPlace> {
  const directory = mkdtempSync(join(tmpdir(), "operator-"));
  const soft = makeSoftAuthority(new Date("2026-01-01T00:00:00Z"), chibaPracticeAuthority);
  const postgres = await startTestPostgres();
  await enterSoftAuthority(postgres.url("ca_owner"), soft);
  const owner = sqlAs(postgres.url("ca_owner"));
  const at = (name: string) => join(directory, name);
  let configuration: Record<string, unknown> = {
    ...{ authority: soft.definition.id, database: postgres.url("ca_owner"), generation: 1 },
    ...{ signerSocket: at("signer"), operatorSocket: at("operator"), authorityDefinition: at("definition.json") },
    tls: { certificate: at("tls.pem"), key: at("tls.key"), root: at("root.pem") },
  };
  const write = (name: string, text: string) => {
    writeFileSync(at(name), text);
    return at(name);
  };
  const configure = (keys: Readonly<Record<string, unknown>>) => {
    configuration = { ...configuration, ...keys };
    write("config.json", JSON.stringify(configuration));
  };
  configure({});
  return {
    ...{ postgres, owner, soft, write, configure },
    run: (script, ...values) => run(directory, script, values),
    read: (name) => readFileSync(at(name)),
    async stop() {
      await owner.end();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function run(cwd: string, script: string, values: readonly string[]): Promise<ScriptRun> {
  const program = new URL(`./${script}.ts`, import.meta.url).pathname;
  return new Promise((resolve) => {
    execFile(process.execPath, [program, join(cwd, "config.json"), ...values], { cwd }, (error, printed, said) => {
      const status = error === null ? 0 : Number(error.code);
      resolve({ status, said, answer: printed === "" ? {} : JSON.parse(printed) });
    });
  });
}
