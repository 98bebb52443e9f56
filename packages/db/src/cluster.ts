/**
 * A private PostgreSQL cluster on a Unix socket, owned by an ordinary user: the embedded default. Production points
 * its database URLs at a cluster that others keep.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openClient } from "./connection.ts";

/** Where a cluster lives. Both directories are made when they are missing, readable by their owner alone. */
export interface ClusterPlace {
  /** State that survives a restart. */
  readonly directory: string;
  /** The socket's directory; its path must stay below 90 octets. */
  readonly socketDirectory: string;
  /** Only names the socket; nothing listens on TCP. */
  readonly port?: number;
  /** `off` is for tests that do not kill the server: a crash may then lose commits. */
  readonly fsync?: "on" | "off";
}

/** A running cluster. */
export interface Cluster {
  readonly pid: number;
  /** URL of a role in a database of this cluster; the role's password is kept with the cluster. */
  url(role: string, database?: string): string;
  /** The newest part of what the server logged, which holds no value of any row. */
  log(): string;
  /** Ends the server in order (or, with `immediate`, as a crash would). Resolves when it is gone. */
  stop(how?: "fast" | "immediate"): Promise<void>;
}

/** Raised when the server's programs are missing or it does not start; `log` is what it said. */
export class ClusterFailed extends Error {
  override readonly name = "ClusterFailed";
}

const settings = (place: ClusterPlace) => ({
  listen_addresses: "",
  unix_socket_directories: place.socketDirectory,
  unix_socket_permissions: "0777",
  port: String(place.port ?? 5432),
  max_connections: "100",
  fsync: place.fsync ?? "on",
  synchronous_commit: "on",
  shared_buffers: "128MB",
  timezone: "UTC",
  log_timezone: "UTC",
  password_encryption: "scram-sha-256",
  // A driver's or server's error message must never carry a name, an address or a birth date.
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
  log_parameter_max_length_on_error: "0",
  log_statement: "none",
});

/** Starts the cluster, making it first when there is none. Works for root too: the server then runs as `postgres`. */
export async function startCluster(place: ClusterPlace): Promise<Cluster> {
  const programs = findPrograms();
  const owner = serverUser();
  makeOwned(place.directory, owner);
  makeOwned(place.socketDirectory, owner);
  const data = join(place.directory, "data");
  const passwords = new Passwords(join(place.directory, "passwords.json"));
  if (!existsSync(join(data, "PG_VERSION")))
    initialise(programs, owner, place.directory, data, passwords.of("postgres"));
  const server = spawnServer(programs, owner, data, place);
  const cluster = describe(server, place, passwords, keepLog(server));
  await untilAnswering(server, cluster);
  return cluster;
}

/** Roles of a database: owners may make schemas in it, users only connect. */
export interface DatabaseRoles {
  readonly owners: readonly string[];
  readonly users: readonly string[];
}

/** Makes the roles, with log-in, and the database, unless they are there already. */
export async function provision(cluster: Cluster, database: string, { owners, users }: DatabaseRoles): Promise<void> {
  const roles = [...owners, ...users];
  const admin = await openClient(cluster.url("postgres", "postgres"));
  const known = async (query: string, name: string) => (await admin.query(query, [name])).rows.length > 0;
  try {
    for (const role of roles) {
      const password = decodeURIComponent(new URL(cluster.url(role)).password);
      const verb = (await known("select from pg_roles where rolname = $1", role)) ? "alter role" : "create role";
      await admin.query(`${verb} ${role} with login nosuperuser nocreatedb nocreaterole password '${password}'`);
    }
    if (!(await known("select from pg_database where datname = $1", database)))
      await admin.query(`create database ${database} encoding 'UTF8' template template0 locale 'C.UTF-8'`);
    await admin.query(`revoke all on database ${database} from public`);
    for (const role of roles) await admin.query(`grant connect on database ${database} to ${role}`);
    for (const role of owners) await admin.query(`grant create on database ${database} to ${role}`);
  } finally {
    await admin.end();
  }
}

interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses root: it then runs as `postgres`, or as `nobody`. */
function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new ClusterFailed("no user to run PostgreSQL as: there is neither postgres nor nobody");
}

function makeOwned(directory: string, owner: ServerUser | undefined): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (owner === undefined) return;
  chownSync(directory, owner.uid, owner.gid);
}

function findPrograms(): string {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).filter((version) => Number(version) >= 15) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined)
    throw new ClusterFailed("PostgreSQL 15 or later is not installed: apt-get install postgresql");
  return join(root, newest, "bin");
}

function initialise(
  programs: string,
  owner: ServerUser | undefined,
  directory: string,
  data: string,
  password: string,
) {
  const passwordFile = join(directory, "initial-password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner !== undefined) chownSync(passwordFile, owner.uid, owner.gid);
  const making = `${data}.making`;
  rmSync(making, { recursive: true, force: true });
  try {
    execFileSync(
      join(programs, "initdb"),
      [
        ...["--pgdata", making, "--username", "postgres", "--pwfile", passwordFile, "--encoding", "UTF8"],
        ...["--locale", "C.UTF-8", "--auth", "scram-sha-256", "--no-instructions"],
      ],
      { ...owner, cwd: "/", stdio: ["ignore", "ignore", "pipe"] },
    );
    execFileSync("mv", [making, data]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function spawnServer(programs: string, owner: ServerUser | undefined, data: string, place: ClusterPlace): ChildProcess {
  const flags = Object.entries(settings(place)).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // A core dump would hold people's names: docs/security.md §5.
  return spawn("prlimit", ["--core=0", join(programs, "postgres"), "-D", data, ...flags], {
    ...owner,
    cwd: "/",
    // A group of its own: Ctrl-C reaches the launcher alone, which ends the server last.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** Passwords of the cluster's roles, made when first asked for, in a file for its owner alone. */
class Passwords {
  readonly #file: string;
  readonly #known: Record<string, string>;

  constructor(file: string) {
    this.#file = file;
    this.#known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  }

  of(role: string): string {
    const known = this.#known[role];
    if (known !== undefined) return known;
    const made = randomBytes(24).toString("base64url");
    this.#known[role] = made;
    writeFileSync(this.#file, JSON.stringify(this.#known), { mode: 0o600 });
    chmodSync(this.#file, 0o600);
    return made;
  }
}

function keepLog(server: ChildProcess): () => string {
  let log = "";
  server.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-16_000);
  });
  return () => log;
}

function describe(server: ChildProcess, place: ClusterPlace, passwords: Passwords, log: () => string): Cluster {
  const gone = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  if (server.pid === undefined) throw new ClusterFailed("PostgreSQL did not start");
  return {
    pid: server.pid,
    log,
    url: (role, database = "mitome") =>
      `postgres://${role}:${encodeURIComponent(passwords.of(role))}@localhost:${place.port ?? 5432}/${database}?host=${encodeURIComponent(place.socketDirectory)}`,
    async stop(how = "fast") {
      if (server.exitCode === null && server.signalCode === null) server.kill(how === "fast" ? "SIGINT" : "SIGQUIT");
      await gone;
    },
  };
}

async function untilAnswering(server: ChildProcess, { url, log }: Cluster): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (server.exitCode !== null) throw new ClusterFailed(`PostgreSQL did not start:\n${log()}`);
    if (await answers(url("postgres", "postgres"))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new ClusterFailed(`PostgreSQL does not answer:\n${log()}`);
}

function answers(url: string): Promise<boolean> {
  return openClient(url).then(
    (client) => client.end().then(() => true),
    () => false,
  );
}
