import { mkdir, writeFile } from "node:fs/promises";
import { chibaAuthority } from "@mitome/ca";
import { type Cluster, type ClusterPlace, provision, startCluster } from "@mitome/db/cluster";
import { migrate } from "@mitome/db/migrate";
import type { DirectorySide } from "./directory-side.ts";
import type { StackPlace } from "./place.ts";
import type { Processes } from "./processes.ts";
import { program, runProgram, writeConfig } from "./programs.ts";

/** Ports of the authority's two listeners: mutual TLS, and enrolment by one-time code. */
export interface AuthorityPorts {
  readonly authority: number;
  readonly enrolment: number;
}

/** The authority of a stack, as the counter's side and the operators' commands need it. */
export interface AuthoritySide {
  readonly cluster: Database;
  readonly softhsmConf: string;
  readonly url: string;
  readonly enrolmentUrl: string;
  /** Configuration files: of the server, and of the operators' scripts beside it. */
  readonly serverConfig: string;
  readonly operatorConfig: string;
}

const PKCS11_MODULE = "/usr/lib/softhsm/libsofthsm2.so";

/** The demonstration's authority: the prefecture's definition, unattended, so that a restart needs no custodians. */
const definition = { ...chibaAuthority, unattended: true };

/** A cluster that can be ended as by a power cut and started again on the same data. */
export interface Database extends Cluster {
  crash(): Promise<void>;
}

/** Starts the private PostgreSQL cluster with the databases' roles and newest migrations. */
export async function startDatabase(place: StackPlace): Promise<Database> {
  const cluster = await restartable({ directory: place.state("postgres"), socketDirectory: place.socket("pg") });
  await provision(cluster, "mitome_ca", {
    owners: ["ca_owner", "access_owner"],
    users: ["ca_app", "ca_operator", "ca_signer", "ca_auditor", "ca_responder", "access_reader"],
  });
  await provision(cluster, "mitome_ra", {
    owners: ["ra_owner", "register_owner"],
    users: ["ra_app", "register_reader"],
  });
  await migrate(cluster.url("ca_owner", "mitome_ca"), "ca");
  await migrate(cluster.url("access_owner", "mitome_ca"), "access");
  await migrate(cluster.url("ra_owner", "mitome_ra"), "ra");
  await migrate(cluster.url("register_owner", "mitome_ra"), "register");
  return cluster;
}

async function restartable(where: ClusterPlace): Promise<Database> {
  let cluster = await startCluster(where);
  return {
    get pid() {
      return cluster.pid;
    },
    url: (role, database) => cluster.url(role, database),
    log: () => cluster.log(),
    stop: (how) => cluster.stop(how),
    async crash() {
      await cluster.stop("immediate");
      cluster = await startCluster(where);
    },
  };
}

/** Holds the scripted key ceremonies of two custodians; a token that exists is left as it is. */
export async function holdCeremonies(
  place: StackPlace,
): Promise<{ softhsmConf: string; custodians: [string, string] }> {
  const tokens = place.state("tokens");
  await mkdir(tokens, { recursive: true, mode: 0o700 });
  const softhsmConf = place.state("softhsm2.conf");
  await writeFile(softhsmConf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  await writeFile(place.state("authority.json"), JSON.stringify(definition));
  const custodians: [string, string] = [place.state("custodian-1"), place.state("custodian-2")];
  const common = {
    module: PKCS11_MODULE,
    softhsmConf,
    custodians: custodians.map((directory, index) => ({ name: `custodian ${index + 1}`, directory })),
  };
  const authority = await writeConfig(place, "ceremony-authority", {
    ...common,
    instance: "authority",
    tokenLabel: "mitome-authority",
    record: place.state("ceremony-authority.record.json"),
    pinFile: place.state("authority.pin"),
    authorityDefinition: place.state("authority.json"),
    generation: 1,
  });
  const cards = await writeConfig(place, "ceremony-cards", {
    ...common,
    instance: "cards",
    tokenLabel: "mitome-cards",
    record: place.state("ceremony-cards.record.json"),
    pinFile: place.state("cards.pin"),
  });
  await runProgram("apps/signer/src/ceremony.ts", authority);
  await runProgram("apps/signer/src/ceremony.ts", cards);
  return { softhsmConf, custodians };
}

/** Sockets of the two signers, and the operators' socket of the first. */
export interface SignerSockets {
  readonly signer: string;
  readonly operator: string;
  readonly cards: string;
}

/** A PKCS#11 module between the signer and its own, which records every call, with the environment that it needs. */
export interface Pkcs11Recorder {
  readonly module: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the two signers: one with the certification keys, one with the card-management keys. */
export async function startSigners(
  place: StackPlace,
  processes: Processes,
  cluster: Cluster,
  softhsmConf: string,
  recorder?: Pkcs11Recorder,
): Promise<SignerSockets> {
  const sockets = {
    signer: place.socket("signer/s"),
    operator: place.socket("signer-operator/s"),
    cards: place.socket("cards/s"),
  };
  const common = { module: PKCS11_MODULE, softhsmConf, unattended: true };
  const signer = await writeConfig(place, "signer", {
    ...common,
    ...(recorder === undefined ? {} : { module: recorder.module }),
    instance: "authority",
    tokenLabel: "mitome-authority",
    pinFile: place.state("authority.pin"),
    socket: sockets.signer,
    operatorSocket: sockets.operator,
    journal: place.state("signer.journal"),
    database: cluster.url("ca_signer", "mitome_ca"),
    authorityDefinition: place.state("authority.json"),
  });
  const cards = await writeConfig(place, "cards-signer", {
    ...common,
    instance: "cards",
    tokenLabel: "mitome-cards",
    pinFile: place.state("cards.pin"),
    socket: sockets.cards,
    operatorSocket: place.socket("cards-operator/s"),
    journal: place.state("cards.journal"),
  });
  await Promise.all([
    processes.start({ ...program(place, "signer", "apps/signer/src/main.ts", signer), env: recorder?.env ?? {} }),
    processes.start(program(place, "cards-signer", "apps/signer/src/main.ts", cards)),
  ]);
  return sockets;
}

/** Founds the authority in its ledger (or does what is left to do), takes the cards into stock and starts the server. */
export async function startAuthority(
  place: StackPlace,
  processes: Processes,
  stack: {
    readonly cluster: Database;
    readonly softhsmConf: string;
    readonly sockets: SignerSockets;
    readonly ports: AuthorityPorts;
    readonly directory?: DirectorySide;
    readonly stock: { readonly municipality: string; readonly cardNumbers: readonly string[] };
  },
): Promise<AuthoritySide> {
  const { cluster, sockets, ports, stock, directory } = stack;
  const inDirectory = (service: "publisher" | "registrar") =>
    directory === undefined ? {} : { directory: { url: directory.url, passwordFile: directory[service].passwordFile } };
  const certificate = place.state("authority-server.cert.pem");
  const key = place.state("authority-server.key.pem");
  const operatorConfig = await writeConfig(place, "operator", {
    authority: definition.id,
    database: cluster.url("ca_owner", "mitome_ca"),
    accessDatabase: cluster.url("access_reader", "mitome_ca"),
    signerSocket: sockets.signer,
    operatorSocket: sockets.operator,
    authorityDefinition: place.state("authority.json"),
    generation: 1,
    chromium: "/usr/bin/chromium",
    tls: { certificate, key, root: place.state("equipment-root.pem") },
    ...inDirectory("registrar"),
  });
  await runProgram("apps/ca/src/bootstrap.ts", operatorConfig);
  await runProgram("apps/ca/src/card-stock.ts", operatorConfig, stock.municipality, stock.cardNumbers.join(","));
  const serverConfig = await writeConfig(place, "authority", {
    authority: definition.id,
    database: cluster.url("ca_app", "mitome_ca"),
    signerSocket: sockets.signer,
    cardsSignerSocket: sockets.cards,
    listen: { host: "127.0.0.1", port: ports.authority },
    enrolment: { host: "127.0.0.1", port: ports.enrolment },
    tls: { certificate, key },
    ...inDirectory("publisher"),
  });
  await processes.start(program(place, "authority", "apps/ca/src/main.ts", serverConfig));
  return {
    cluster,
    softhsmConf: stack.softhsmConf,
    url: `https://localhost:${ports.authority}`,
    enrolmentUrl: `https://localhost:${ports.enrolment}`,
    serverConfig,
    operatorConfig,
  };
}
