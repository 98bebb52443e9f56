import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where one stack lives: state that survives, and a short-lived directory whose paths are short enough for sockets. */
export interface StackPlace {
  readonly stateDir: string;
  readonly runDir: string;
  /** A file or directory of the state. */
  state(...parts: string[]): string;
  /** A socket. */
  socket(name: string): string;
  log(program: string): string;
  /** Removes the run directory and, where the stack was made for one run, its state. */
  clear(): Promise<void>;
}

/** Prepares a stack's directories; without a state directory it makes a temporary one. */
export async function makePlace(stateDir?: string): Promise<StackPlace> {
  const runDir = await mkdtemp(join(tmpdir(), "mitome-"));
  // Root's PostgreSQL runs as another user, who must pass through.
  await chmod(runDir, 0o711);
  const home = stateDir ?? join(runDir, "state");
  await mkdir(join(home, "log"), { recursive: true });
  await chmod(home, 0o711);
  return {
    stateDir: home,
    runDir,
    state: (...parts) => join(home, ...parts),
    socket: (name) => join(runDir, name),
    log: (program) => join(home, "log", `${program}.log`),
    clear: () => rm(runDir, { recursive: true, force: true }),
  };
}

/** A TCP port of the loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
