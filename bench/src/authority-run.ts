import { readFile, writeFile } from "node:fs/promises";
import { enrolMachine } from "@mitome/ca-api/enrol";
import { chibaMunicipalities } from "@mitome/characters";
import {
  type AuthoritySide,
  holdCeremonies,
  startAuthority,
  startDatabase,
  startSigners,
} from "../../launcher/src/authority-side.ts";
import { type MachineFiles, machineFiles } from "../../launcher/src/counter-side.ts";
import { type DirectorySide, startDirectory } from "../../launcher/src/directory-side.ts";
import { freePort, makePlace, type StackPlace } from "../../launcher/src/place.ts";
import { Processes } from "../../launcher/src/processes.ts";
import { runProgram } from "../../launcher/src/programs.ts";
import { argumentsOf, withChildren } from "./process-cost.ts";

/** A municipality's server: who it is and the files of its identity. */
export interface EnrolledServer {
  readonly municipality: string;
  readonly files: MachineFiles;
}

/** Which token signs, and how it is logged in to. */
export interface SigningToken {
  readonly module: string;
  readonly softhsmConf: string;
  readonly label: string;
  readonly pin: string;
  readonly key: string;
}

/** An authority at work on a stack of its own, without a counter: municipalities call it straight. */
export interface AuthorityRun {
  readonly authority: string;
  readonly url: string;
  readonly servers: readonly EnrolledServer[];
  /** Our Node programs on the path of a certificate, by name. */
  readonly programs: ReadonlyMap<string, number>;
  readonly postgres: { readonly pid: number; readonly ownerUrl: string };
  /** 32 bytes: the cards of the load are computed, not put into readers. */
  readonly cardMasterKey: Uint8Array;
  readonly token: SigningToken;
  readonly place: StackPlace;
  readonly processes: Processes;
  readonly side: AuthoritySide;
  readonly directory: DirectorySide | undefined;
  stop(): Promise<void>;
}

/**
 * Starts the same programs as the demonstration on free ports and enrols the servers of so many municipalities. What is
 * published goes to a directory if there is to be one.
 */
export async function startAuthorityRun(
  municipalities: number,
  publishing: "toDirectory" | "nowhere" = "nowhere",
): Promise<AuthorityRun> {
  const place = await makePlace();
  const processes = new Processes();
  const cluster = await startDatabase(place);
  let directory: DirectorySide | undefined;
  const stop = async (): Promise<void> => {
    await processes.stopAll();
    await directory?.stop();
    await cluster.stop();
    await place.clear();
  };
  try {
    const { softhsmConf, custodians } = await holdCeremonies(place);
    const sockets = await startSigners(place, processes, cluster, softhsmConf);
    if (publishing === "toDirectory") directory = await startDirectory(place, await freePort());
    const ports = { authority: await freePort(), enrolment: await freePort() };
    const stock = { municipality: chibaMunicipalities[0]?.code ?? "", cardNumbers: ["LOAD000000000000"] };
    const side = await startAuthority(place, processes, {
      ...{ cluster, softhsmConf, sockets, ports, stock },
      ...(directory && { directory }),
    });
    const servers: EnrolledServer[] = [];
    for (const { code } of chibaMunicipalities.slice(0, municipalities)) {
      servers.push(await enrolServer(place, side.operatorConfig, side.enrolmentUrl, code));
    }
    return {
      ...{ place, processes, side, directory, stop },
      authority: "chiba",
      url: side.url,
      servers,
      programs: runningPrograms(place),
      postgres: { pid: cluster.pid, ownerUrl: cluster.url("ca_owner", "mitome_ca") },
      cardMasterKey: await combineComponents(custodians),
      token: {
        module: "/usr/lib/softhsm/libsofthsm2.so",
        softhsmConf,
        label: "mitome-authority",
        pin: (await readFile(place.state("authority.pin"), "utf8")).trim(),
        key: "ca:chiba:1",
      },
    };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** Our children that run with a configuration file of this stack, named by that file. */
function runningPrograms(place: StackPlace): Map<string, number> {
  const named = withChildren(process.pid).map((pid): [string, number] => {
    const config = argumentsOf(pid).find((argument) => argument.startsWith(place.stateDir)) ?? "";
    return [/([^/]+)\.config\.json$/.exec(config)?.[1] ?? "", pid];
  });
  return new Map(named.filter(([name]) => name !== ""));
}

async function enrolServer(
  place: StackPlace,
  operatorConfig: string,
  enrolmentUrl: string,
  municipality: string,
): Promise<EnrolledServer> {
  const { code } = await runProgram("apps/ca/src/enrol.ts", operatorConfig, "server", municipality, "counter-1");
  const { key, certificate } = await enrolMachine(enrolmentUrl, String(code));
  const files = machineFiles(place, `server-${municipality}`);
  await writeFile(files.key, key, { mode: 0o600 });
  await writeFile(files.cert, certificate);
  return { municipality, files };
}

/** The card master key, as it lies in the token: both custodians' components in one. */
async function combineComponents(custodians: readonly string[]): Promise<Uint8Array> {
  const key = Buffer.alloc(32);
  for (const directory of custodians) {
    const component = Buffer.from(await readFile(`${directory}/card-master-1.component`, "utf8"), "base64");
    for (const [index, octet] of component.entries()) key[index] = (key[index] ?? 0) ^ octet;
  }
  return key;
}
