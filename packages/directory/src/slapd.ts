/** A slapd of our own: unprivileged, with its state in one folder. Tests and the demonstration start it by this. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AuthorityDefinition } from "@mitome/ca";
import { formatDn } from "@mitome/x509";
import { hashRandomPassword } from "./bind-password.ts";
import { type DirectoryService, directoryServices, directoryTree, serviceName } from "./directory-tree.ts";
import { type DirectoryAccess, isAnswering } from "./ldap-tools.ts";
import { firstEntries, type SlapdSettings, slapdConfiguration } from "./slapd-configuration.ts";

/** Where a slapd lives and listens. */
export interface SlapdPlace extends Pick<SlapdSettings, "authorities" | "tls" | "copyOf"> {
  /** State that survives a restart: databases, configuration, the services' passwords. */
  readonly directory: string;
  /** What it listens on, the first of which its own services use: `ldap://127.0.0.1:…`, `ldaps://…`, `ldapi://…`. */
  readonly urls: readonly [string, ...string[]];
  /** PEM of the root of the server's certificate, where it speaks TLS. */
  readonly trustFile?: string;
}

/** A running slapd. */
export interface RunningSlapd {
  readonly pid: number;
  /** How a service of an authority reaches it. */
  access(authority: AuthorityDefinition, service: DirectoryService): DirectoryAccess;
  /** Its log since the directory was made: who bound, what was asked; no password. */
  log(): string;
  /** Ends it in order. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** Raised when slapd is not installed or does not start; the message has the end of its log. */
export class SlapdFailed extends Error {
  override readonly name = "SlapdFailed";
}

const SLAPD = "/usr/sbin/slapd";

/** Starts slapd, making its databases first where there are none. As root it runs as `openldap`, otherwise as this user. */
export async function startSlapd(place: SlapdPlace): Promise<RunningSlapd> {
  if (!existsSync(SLAPD)) throw new SlapdFailed("slapd is not installed: apt-get install slapd ldap-utils");
  const user = serverUser();
  const folder = (name: string, owner: User | undefined) => makeOwned(join(place.directory, name), owner);
  makeOwned(place.directory, user);
  const databases = folder("databases", user);
  const passwords = folder("passwords", undefined);
  const configuration = join(place.directory, "slapd.conf");
  const { authorities, tls, copyOf } = place;
  const text = slapdConfiguration({
    authorities,
    databases,
    pidFile: join(place.directory, "pid"),
    ...(tls && { tls }),
    ...(copyOf && { copyOf }),
  });
  writeFileSync(configuration, text, { mode: 0o600 });
  if (user !== undefined) chownSync(configuration, user.uid, user.gid);
  for (const { id } of authorities) for (const name of [id, `${id}-uses`]) makeOwned(join(databases, name), user);
  // A copy begins empty and is filled by what it copies.
  for (const authority of copyOf === undefined ? authorities : [])
    await fillDatabase({ databases, passwords, configuration, user }, authority);
  const server = spawnServer(place, configuration, user);
  const running = describe(place, server);
  await untilAnswering(server, running, place);
  return running;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Debian's package makes the user `openldap`; root's slapd gives root up to it. */
function serverUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8").match(/^openldap:[^:]*:(\d+):(\d+):/m);
  if (line === null) throw new SlapdFailed("no user to run slapd as: there is no openldap");
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

function makeOwned(directory: string, owner: User | undefined): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (owner !== undefined) chownSync(directory, owner.uid, owner.gid);
  return directory;
}

interface Filling {
  readonly databases: string;
  readonly passwords: string;
  readonly configuration: string;
  readonly user: User | undefined;
}

/** Gives a new database its first entries; one that was interrupted while it was filled is begun again. */
async function fillDatabase(
  { databases, passwords, configuration, user }: Filling,
  definition: AuthorityDefinition,
): Promise<void> {
  const { id } = definition;
  const filled = join(databases, id, "filled");
  if (existsSync(filled)) return;
  for (const file of ["data.mdb", "lock.mdb"]) rmSync(join(databases, id, file), { force: true });
  const hashed = directoryServices.map(async (service) => [
    service,
    await hashRandomPassword(newPassword(passwords, id, service)),
  ]);
  const hashes = Object.fromEntries(await Promise.all(hashed));
  const suffix = formatDn(directoryTree(definition).suffix);
  execFileSync("/usr/sbin/slapadd", ["-f", configuration, "-b", suffix], {
    ...user,
    cwd: "/",
    input: firstEntries(definition, hashes),
    stdio: ["pipe", "ignore", "pipe"],
  });
  writeFileSync(filled, "");
}

/** 192 random bits, in a file for this user alone. */
function newPassword(passwords: string, authority: string, service: DirectoryService): string {
  const password = randomBytes(24).toString("base64url");
  writeFileSync(passwordFile(passwords, authority, service), password, { mode: 0o600 });
  return password;
}

function passwordFile(passwords: string, authority: string, service: DirectoryService): string {
  return join(passwords, `${authority}.${service}`);
}

function spawnServer({ directory, urls }: SlapdPlace, configuration: string, user: User | undefined): ChildProcess {
  // A file, not a pipe: slapd waits for whoever reads its log.
  const log = openSync(logFile(directory), "a", 0o600);
  try {
    // No core dump: it could hold passwords. No slapd without whoever started it: two must not share a database.
    const keeper = ["--core=0", "setpriv", "--pdeathsig", "TERM"];
    // `-d stats` keeps slapd in the foreground and logs who bound and asked.
    return spawn("prlimit", [...keeper, SLAPD, "-d", "stats", "-f", configuration, "-h", urls.join(" ")], {
      ...user,
      cwd: "/",
      // Otherwise every thread keeps what a list or a hash took for its next one: 19 MiB and more.
      env: { PATH: process.env.PATH, MALLOC_MMAP_THRESHOLD_: "1048576" },
      // A group of its own: Ctrl-C reaches the launcher alone, which ends what it started in order.
      detached: true,
      stdio: ["ignore", "ignore", log],
    });
  } finally {
    closeSync(log);
  }
}

const logFile = (directory: string): string => join(directory, "log");

function describe({ urls, trustFile, directory }: SlapdPlace, server: ChildProcess): RunningSlapd {
  if (server.pid === undefined) throw new SlapdFailed("slapd did not start");
  const gone = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  return {
    pid: server.pid,
    access: (definition, service) => ({
      url: urls[0],
      bindName: serviceName(definition, service),
      passwordFile: passwordFile(join(directory, "passwords"), definition.id, service),
      ...(trustFile !== undefined && { trustFile }),
    }),
    log: () => readFileSync(logFile(directory), "utf8"),
    async stop() {
      if (server.exitCode === null && server.signalCode === null) server.kill("SIGTERM");
      await gone;
    },
  };
}

async function untilAnswering(server: ChildProcess, { log }: RunningSlapd, place: SlapdPlace): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (server.exitCode !== null) throw new SlapdFailed(`slapd did not start:\n${log().slice(-4000)}`);
    if (await isAnswering({ url: place.urls[0], ...(place.trustFile !== undefined && { trustFile: place.trustFile }) }))
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  server.kill("SIGKILL");
  throw new SlapdFailed(`slapd does not answer:\n${log().slice(-4000)}`);
}
