import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { enrolMachine } from "@mitome/ca-api/enrol";
import type { AuthoritySide } from "./authority-side.ts";
import type { StackPlace } from "./place.ts";
import type { Processes } from "./processes.ts";
import { program, runProgram, writeConfig } from "./programs.ts";

/** The counter of the demonstration. */
export const MUNICIPALITY = "121002";
export const COUNTER = "counter-1";
/** An agent serves the counter that its certificate names as its place. */
const TERMINAL = COUNTER;
const READER = "Mitome Reader";

/** Ports of the counter's two listeners. */
export interface CounterPorts {
  readonly pages: number;
  readonly gateway: number;
}

/** A clerk's account or a screen's one-time code, to print for the person who tries the demonstration. */
export interface CounterAccess {
  readonly clerks: readonly { readonly account: string; readonly firstPassword: string | null }[];
  readonly screens: readonly { readonly kind: "clerk" | "resident"; readonly counter: string; readonly code: string }[];
}

/** PEM files of one machine's identity. */
export interface MachineFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Where a machine of this stack keeps its identity. */
export function machineFiles(place: StackPlace, name: string): MachineFiles {
  return {
    ca: place.state("equipment-root.pem"),
    cert: place.state(`${name}.cert.pem`),
    key: place.state(`${name}.key.pem`),
  };
}

/** Numbers of the demonstration's card stock: sixteen characters each. */
export function cardNumbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `MTM${String(index + 1).padStart(13, "0")}`);
}

/**
 * Has the card maker personalise blank cards with the custodians' components, and then removes those components: no
 * program of the stack needs them again.
 */
export async function makeCards(
  place: StackPlace,
  custodians: readonly [string, string],
  numbers: readonly string[],
): Promise<void> {
  if (!existsSync(custodians[0])) return; // made at an earlier start
  const config = await writeConfig(place, "card-maker", {
    components: await Promise.all(custodians.map((directory) => readComponent(directory))),
    cardNumbers: numbers,
    directory: place.state("cards"),
  });
  await runProgram("kiosk-firmware/src/card-maker.ts", config);
  await rm(config);
  for (const directory of custodians) await rm(directory, { recursive: true, force: true });
}

async function readComponent(directory: string): Promise<string> {
  return (await readFile(`${directory}/card-master-1.component`, "utf8")).trim();
}

/** Enrols the counter's server and its device agent, each with a one-time code of the authority's operator. */
export async function enrolMachines(place: StackPlace, authority: AuthoritySide): Promise<void> {
  await enrol(place, authority, "server", COUNTER);
  await enrol(place, authority, "agent", TERMINAL);
}

async function enrol(place: StackPlace, authority: AuthoritySide, kind: string, machinePlace: string): Promise<void> {
  const files = machineFiles(place, kind);
  if (existsSync(files.cert)) return;
  const { code } = await runProgram("apps/ca/src/enrol.ts", authority.operatorConfig, kind, MUNICIPALITY, machinePlace);
  const machine = await enrolMachine(authority.enrolmentUrl, String(code));
  await writeFile(files.key, machine.key, { mode: 0o600 });
  await writeFile(files.cert, machine.certificate);
}

/** Starts a pcscd of our own with one virtual reader. */
export async function startReader(place: StackPlace, processes: Processes): Promise<{ pcscSocket: string }> {
  const config = await writeConfig(place, "virtual-reader", {
    runDir: place.socket("pcsc"),
    readers: [{ name: READER, pinPad: false }],
  });
  const running = await processes.start(program(place, "reader", "kiosk-firmware/src/virtual-reader/main.ts", config));
  return { pcscSocket: String(running.ready.pcscSocket) };
}

/** The file that is the card of this number. */
export function cardFile(place: StackPlace, cardNumber: string): string {
  return place.state("cards", `${cardNumber}.json`);
}

/** Where the hand at the reader takes orders. */
export function handSocket(place: StackPlace): string {
  return place.socket("card-control");
}

/** Starts the hand at the reader, with a card in it. */
export async function startCard(place: StackPlace, processes: Processes, cardNumber: string): Promise<void> {
  const config = await writeConfig(place, "virtual-card", {
    cardSocket: place.socket("pcsc/r0"),
    controlSocket: handSocket(place),
    card: cardFile(place, cardNumber),
  });
  await processes.start(program(place, "card", "kiosk-firmware/src/virtual-card/main.ts", config));
}

/** Fills the register and makes the clerks' accounts and the screens' codes. */
export async function seedCounter(
  place: StackPlace,
  { cluster }: AuthoritySide,
  residents: number,
): Promise<CounterAccess> {
  const config = await writeConfig(place, "seed", {
    database: { url: cluster.url("ra_owner", "mitome_ra") },
    register: { url: cluster.url("register_owner", "mitome_ra") },
    residents,
    clerks: [{ account: "sato", name: "佐藤 恵" }],
    screens: [
      { kind: "clerk", counter: COUNTER },
      { kind: "resident", counter: COUNTER },
    ],
  });
  const access = (await runProgram("apps/kiosk/server/seed.ts", config)) as unknown as CounterAccess;
  return { ...access, clerks: await rememberFirstPasswords(place, access.clerks) };
}

/** A clerk who was made at an earlier start keeps the first password of then, until he changes it. */
async function rememberFirstPasswords(
  place: StackPlace,
  clerks: CounterAccess["clerks"],
): Promise<CounterAccess["clerks"]> {
  const file = place.state("clerks.json");
  const known: CounterAccess["clerks"] = existsSync(file) ? JSON.parse(await readFile(file, "utf8")) : [];
  const all = clerks.map(
    (clerk) => (clerk.firstPassword === null && known.find(({ account }) => account === clerk.account)) || clerk,
  );
  await writeFile(file, JSON.stringify(all), { mode: 0o600 });
  return all;
}

/** Writes the kiosk server's configuration and starts it. */
export async function startKiosk(
  place: StackPlace,
  processes: Processes,
  { cluster, url: authorityUrl }: AuthoritySide,
  ports: CounterPorts,
  options: { readonly pages: boolean },
): Promise<{ config: string; url: string }> {
  const url = `http://kiosk.localhost:${ports.pages}`;
  const files = machineFiles(place, "server");
  const config = await writeConfig(place, "kiosk", {
    listen: { host: "127.0.0.1", port: ports.pages },
    gateway: { host: "127.0.0.1", port: ports.gateway },
    publicUrl: url,
    municipality: MUNICIPALITY,
    database: { url: cluster.url("ra_app", "mitome_ra") },
    register: { url: cluster.url("register_reader", "mitome_ra") },
    authority: { id: "chiba", url: authorityUrl, root: files.ca, certificate: files.cert, key: files.key },
    chromium: "/usr/bin/chromium",
    temporaryDirectory: place.runDir,
    pages: options.pages,
  });
  await processes.start(program(place, "kiosk", "apps/kiosk/server/main.ts", config));
  return { config, url };
}

/** Writes the device agent's configuration and starts it. */
export async function startAgent(
  place: StackPlace,
  processes: Processes,
  gatewayPort: number,
  pcscSocket: string,
): Promise<string> {
  const files = machineFiles(place, "agent");
  const config = await writeConfig(place, "agent", {
    gatewayUrl: `wss://localhost:${gatewayPort}/agent`,
    tls: files,
    equipmentRoot: files.ca,
    terminal: TERMINAL,
    authority: "chiba",
    readerPrefix: READER,
    journal: place.state("agent.journal"),
    pcscSocket,
  });
  await processes.start(program(place, "agent", "kiosk-firmware/src/agent/main.ts", config));
  return config;
}

/** A password that the card takes: upper-case letters and digits, different at every run. */
export function samplePassword(): string {
  const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
  const digits = "23456789";
  const pick = (from: string): string => from[randomInt(from.length)] ?? "";
  return Array.from({ length: 4 }, () => pick(letters) + pick(digits)).join("");
}
