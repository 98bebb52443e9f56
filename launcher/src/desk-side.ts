import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { enrolMachine } from "@mitome/ca-api/enrol";
import type { AuthoritySide } from "./authority-side.ts";
import { machineFiles } from "./counter-side.ts";
import type { StackPlace } from "./place.ts";
import type { Processes } from "./processes.ts";
import { program, runProgram, writeConfig } from "./programs.ts";

/** Ports of the operators: the listener that their desk calls, and the desk's pages. */
export interface DeskPorts {
  readonly operators: number;
  readonly desk: number;
}

/** The operators' desk of a stack. */
export interface DeskSide {
  /** The registry of verifiers in a browser of this machine. */
  readonly url: string;
}

/** Enrols the desk's machine, and starts the program that it calls and the desk itself. */
export async function startDesk(
  place: StackPlace,
  processes: Processes,
  authority: AuthoritySide,
  ports: DeskPorts,
): Promise<DeskSide> {
  const scripts: Record<string, unknown> = JSON.parse(await readFile(authority.operatorConfig, "utf8"));
  const listen = { host: "127.0.0.1", port: ports.operators };
  const operators = await writeConfig(place, "operators", {
    ...{ ...scripts, database: authority.cluster.url("ca_operator", "mitome_ca") },
    listen,
  });
  await processes.start(program(place, "operators", "apps/ca/src/operators.ts", operators));
  const machine = machineFiles(place, "operator-desk");
  if (!existsSync(machine.cert)) {
    const { operatorConfig, enrolmentUrl } = authority;
    const { code } = await runProgram("apps/ca/src/enrol.ts", operatorConfig, "operator-desk", "-", "desk-1");
    const enrolled = await enrolMachine(enrolmentUrl, String(code));
    await writeFile(machine.key, enrolled.key, { mode: 0o600 });
    await writeFile(machine.cert, enrolled.certificate);
  }
  const desk = await writeConfig(place, "admin", {
    listen: { host: "127.0.0.1", port: ports.desk },
    operator: process.env.USER ?? "operator",
    authority: {
      ...{ url: `https://localhost:${ports.operators}`, root: machine.ca },
      ...{ certificate: machine.cert, key: machine.key },
    },
  });
  await processes.start(program(place, "admin", "apps/admin/src/main.ts", desk));
  return { url: `http://127.0.0.1:${ports.desk}` };
}
