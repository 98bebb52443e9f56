import {
  type AuthoritySide,
  holdCeremonies,
  type Pkcs11Recorder,
  startAuthority,
  startDatabase,
  startSigners,
} from "./authority-side.ts";
import {
  type CounterAccess,
  cardNumbers,
  enrolMachines,
  MUNICIPALITY,
  makeCards,
  seedCounter,
  startAgent,
  startCard,
  startKiosk,
  startReader,
} from "./counter-side.ts";
import type { DemoDescription } from "./demo-state.ts";
import { type DeskSide, startDesk } from "./desk-side.ts";
import { type DirectorySide, startDirectory } from "./directory-side.ts";
import { freePort, type StackPlace } from "./place.ts";
import { Processes } from "./processes.ts";
import { step } from "./say.ts";
import { type StatusSide, startStatus } from "./status-side.ts";

/** The whole system on one machine: the prefecture's authority and one municipality's counter. */
export interface Stack {
  readonly place: StackPlace;
  readonly processes: Processes;
  readonly authority: AuthoritySide;
  readonly directory: DirectorySide;
  readonly status: StatusSide;
  readonly desk: DeskSide;
  readonly kioskUrl: string;
  readonly pcscSocket: string;
  readonly access: CounterAccess;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Fixed ports for people, free ones for runs beside others. */
  readonly ports: "fixed" | "free";
  readonly residents: number;
  /** False leaves the pages out (tests that speak to the API alone). */
  readonly pages: boolean;
  /** How many cards the card maker makes and the authority takes into the municipality's stock. */
  readonly cards: number;
  /** Stands between the signer and its PKCS#11 module. */
  readonly recorder?: Pkcs11Recorder;
}

const FIXED_PORTS = {
  ...{ pages: 3900, gateway: 3901, authority: 3902, enrolment: 3903 },
  ...{ directory: 3904, responder: 3905, responderPlain: 3906, site: 3907 },
  ...{ operators: 3908, desk: 3909 },
};

/** Starts everything in order, each step told; whatever was started is stopped again when a step fails. */
export async function startStack(place: StackPlace, options: StackOptions): Promise<Stack> {
  const processes = new Processes();
  const ends: (() => Promise<void>)[] = [() => processes.stopAll()];
  const stop = async (): Promise<void> => {
    for (const end of ends) await end();
  };
  try {
    const ports = options.ports === "fixed" ? FIXED_PORTS : await freePorts();
    const numbers = cardNumbers(options.cards);
    const cluster = await step("database: a private PostgreSQL cluster", () => startDatabase(place));
    ends.push(() => cluster.stop());
    const ceremony = await step("key ceremonies of two custodians", () => holdCeremonies(place));
    const sockets = await step("signers: certification keys, card-management keys", () =>
      startSigners(place, processes, cluster, ceremony.softhsmConf, options.recorder),
    );
    await step("cards: made with the custodians' components", () => makeCards(place, ceremony.custodians, numbers));
    const directory = await step("repository: an LDAP directory", () => startDirectory(place, ports.directory));
    ends.push(() => directory.stop());
    const authority = await step("certification authority", () =>
      startAuthority(place, processes, {
        directory,
        cluster,
        softhsmConf: ceremony.softhsmConf,
        sockets,
        ports,
        stock: { municipality: MUNICIPALITY, cardNumbers: numbers },
      }),
    );
    const status = await step("responder, and a verifier that is registered", () =>
      startStatus(place, processes, authority, directory, ports),
    );
    const desk = await step("operators' desk", () => startDesk(place, processes, authority, ports));
    await step("machines of the counter enrolled with one-time codes", () => enrolMachines(place, authority));
    const access = await step("resident register, clerks and screens", () =>
      seedCounter(place, authority, options.residents),
    );
    const { pcscSocket } = await step("reader and card", async () => {
      const reader = await startReader(place, processes);
      await startCard(place, processes, numbers[0] ?? "");
      return reader;
    });
    const kiosk = await step("counter", () => startKiosk(place, processes, authority, ports, options));
    await step("device agent", () => startAgent(place, processes, ports.gateway, pcscSocket));
    return { place, processes, authority, directory, status, desk, kioskUrl: kiosk.url, pcscSocket, access, stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

async function freePorts(): Promise<typeof FIXED_PORTS> {
  const names = Object.keys(FIXED_PORTS) as (keyof typeof FIXED_PORTS)[];
  const free = await Promise.all(names.map(async (name) => [name, await freePort()] as const));
  return { ...FIXED_PORTS, ...Object.fromEntries(free) };
}

/** What the other commands need to know of a running stack. */
export function describe({
  place,
  processes,
  authority,
  directory,
  status,
  desk,
  kioskUrl,
  pcscSocket,
}: Stack): DemoDescription {
  return {
    launcherPid: process.pid,
    processes: processes.list(),
    postgresSocketDir: place.socket("pg"),
    counterDatabase: authority.cluster.url("ra_app", "mitome_ra"),
    softhsmConf: authority.softhsmConf,
    pcscSocket,
    kioskUrl,
    authorityUrl: authority.url,
    directoryUrl: directory.url,
    responderUrl: status.responderUrl,
    deskUrl: desk.url,
    operatorConfig: authority.operatorConfig,
  };
}
