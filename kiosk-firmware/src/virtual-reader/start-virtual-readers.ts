import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { buildVirtualReader } from "../build-virtual-reader.ts";

/** Virtual readers of one pcscd of our own. All sockets lie in `runDir`, whose path must be short (a socket's is ≤ 107 bytes). */
export const virtualReadersConfig = z.strictObject({
  // pcscd's reader.conf allows no other characters in a path.
  runDir: z
    .string()
    .regex(/^\/[A-Za-z0-9/._@-]+$/)
    .max(80),
  readers: z
    .array(z.strictObject({ name: z.string().regex(/^[A-Za-z0-9 ]{1,40}$/), pinPad: z.boolean().default(false) }))
    .min(1)
    .max(16),
});
/** See {@link virtualReadersConfig}. */
export type VirtualReadersConfig = z.infer<typeof virtualReadersConfig>;

/** A running pcscd of our own: clients reach it with PCSCLITE_CSOCK_NAME=`pcscSocket`, cards connect to a reader's `cardSocket`. */
export interface VirtualReaders {
  readonly pcscSocket: string;
  readonly readers: readonly { readonly name: string; readonly cardSocket: string }[];
  /** Process id of pcscd. */
  readonly pid: number;
  /** Resolves when pcscd ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts a pcscd that knows only these readers and dies with this process. Listens on Unix sockets only. */
export async function startVirtualReaders(config: VirtualReadersConfig): Promise<VirtualReaders> {
  const driver = buildVirtualReader();
  const { runDir } = config;
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  const confDir = join(runDir, "reader.conf.d");
  mkdirSync(confDir, { recursive: true });
  const readers = config.readers.map(({ name }, index) => ({ name, cardSocket: join(runDir, `r${index}`) }));
  const entries = config.readers.map(({ name, pinPad }, index) =>
    [
      `FRIENDLYNAME "${name}"`,
      `DEVICENAME ${pinPad ? "pinpad" : "plain"}:${readers[index]?.cardSocket}`,
      `LIBPATH ${driver}`,
      `CHANNELID ${index}\n`,
    ].join("\n"),
  );
  writeFileSync(join(confDir, "readers"), entries.join("\n"));
  for (const { cardSocket } of readers) rmSync(cardSocket, { force: true });
  const pcscSocket = join(runDir, "pcscd");
  const child = await spawnPcscd(pcscSocket, confDir, join(runDir, "pcscd.log"));
  const ended = once(child, "exit").then(() => undefined);
  let gone = false;
  ended.then(() => {
    gone = true;
  });
  while (!readers.every(({ cardSocket }) => existsSync(cardSocket))) {
    if (gone) throw new Error(`pcscd ended before its readers were ready; see ${join(runDir, "pcscd.log")}`);
    await sleep(5);
  }
  const stop = async (): Promise<void> => {
    // pcscd takes more than a second over SIGTERM and has nothing to save.
    if (!gone) child.kill("SIGKILL");
    await ended;
  };
  return { pcscSocket, readers, pid: child.pid ?? 0, ended, stop };
}

// A stock pcscd listens on a fixed path; given a listening socket as systemd gives it (fd 3, LISTEN_FDS), it takes that instead.
async function spawnPcscd(pcscSocket: string, confDir: string, log: string): Promise<ChildProcess> {
  const server = createServer();
  server.listen(`${pcscSocket}.bind`);
  await once(server, "listening");
  // close() below unlinks the name it bound, so the socket gets its real name first.
  renameSync(`${pcscSocket}.bind`, pcscSocket);
  const { command, args } = pcscdCommand(confDir);
  const output = openSync(log, "a", 0o600);
  const child = spawn(command, args, { stdio: ["ignore", output, output, listeningDescriptor(server)] });
  server.close();
  return child;
}

function listeningDescriptor(server: Server): number {
  const handle: unknown = Reflect.get(server, "_handle");
  const descriptor: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined;
  if (typeof descriptor !== "number") throw new Error("this Node does not show a listening socket's descriptor");
  return descriptor;
}

const EXEC = 'LISTEN_FDS=1 LISTEN_PID=$$ exec setpriv --pdeathsig KILL /usr/sbin/pcscd --foreground --config "$0"';

// /run/pcscd must exist, although nothing of it is used. An ordinary user makes one in a mount namespace of his own.
function pcscdCommand(confDir: string): { command: string; args: string[] } {
  try {
    mkdirSync("/run/pcscd", { recursive: true });
    return { command: "sh", args: ["-c", EXEC, confDir] };
  } catch {
    const script = `mount -t tmpfs none /run && mkdir /run/pcscd && ${EXEC}`;
    return { command: "unshare", args: ["--user", "--map-root-user", "--mount", "sh", "-c", script, confDir] };
  }
}
