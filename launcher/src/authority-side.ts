import { mkdir, writeFile } from "node:fs/promises";
import { chibaAuthority } from "@mitome/ca";
import { type Cluster, provision, startCluster } from "@mitome/db/cluster";
import { migrate } from "@mitome/db/migrate";
import type { StackPlace } from "./place.ts";
import type { Processes } from "./processes.ts";
import { program, runProgram, writeConfig } from "./programs.ts";

/** Ports of the authority's two listeners: mutual TLS, and enrolment by one-time code. */
export interface AuthorityPorts {
  readonly authority: number;
  readonly enrolment: number;
}

/** Where the authority's side of a stack keeps what the counter's side needs. */
export interface AuthoritySide {
  readonly cluster: Cluster;
  readonly configs: Readonly<Record<"authority" | "signer" | "cardsSigner", string>>;
  readonly softhsmConf: string;
  /** The custodians' directories, until the cards are made. */
  readonly custodians: readonly [string, string];
}

const PKCS11_MODULE = "/usr/lib/softhsm/libsofthsm2.so";

/** The demonstration's authority: the prefecture's definition, unattended, so that a restart needs no custodians. */
const definition = { ...chibaAuthority, unattended: true };

/** Starts the private PostgreSQL cluster with the databases' roles and newest migrations. */
export async function startDatabase(place: StackPlace): Promise<Cluster> {
  const cluster = await startCluster({ directory: place.state("postgres"), socketDirectory: place.socket("pg") });
  await provision(cluster, "mitome_ca", { owners: ["ca_owner"], users: ["ca_app", "ca_signer", "ca_auditor"] });
  await provision(cluster, "mitome_ra", {
    owners: ["ra_owner", "register_owner"],
    users: ["ra_app", "register_reader"],
  });
  await migrate(cluster.url("ca_owner", "mitome_ca"), "ca");
  await migrate(cluster.url("ra_owner", "mitome_ra"), "ra");
  await migrate(cluster.url("register_owner", "mitome_ra"), "register");
  return cluster;
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

/** Starts the two signers: one with the certification keys, one with the card-management keys. */
export async function startSigners(
  place: StackPlace,
  processes: Processes,
  cluster: Cluster,
  softhsmConf: string,
): Promise<{ signer: string; cardsSigner: string }> {
  const common = { module: PKCS11_MODULE, softhsmConf, unattended: true };
  const signer = await writeConfig(place, "signer", {
    ...common,
    instance: "authority",
    tokenLabel: "mitome-authority",
    pinFile: place.state("authority.pin"),
    socket: place.socket("signer/s"),
    operatorSocket: place.socket("signer-operator/s"),
    journal: place.state("signer.journal"),
    database: cluster.url("ca_signer", "mitome_ca"),
    authorityDefinition: place.state("authority.json"),
  });
  const cardsSigner = await writeConfig(place, "cards-signer", {
    ...common,
    instance: "cards",
    tokenLabel: "mitome-cards",
    pinFile: place.state("cards.pin"),
    socket: place.socket("cards/s"),
    operatorSocket: place.socket("cards-operator/s"),
    journal: place.state("cards.journal"),
  });
  await Promise.all([
    processes.start(program(place, "signer", "apps/signer/src/main.ts", signer)),
    processes.start(program(place, "cards-signer", "apps/signer/src/main.ts", cardsSigner)),
  ]);
  return { signer, cardsSigner };
}
