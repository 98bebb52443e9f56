import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Pool } from "undici";
import { closedLoop, type LoadOutcome } from "./closed-loop.ts";

const run = promisify(execFile);

/**
 * Certificates a second of `cfssl serve` (Debian's golang-cfssl): RSA-2048 key in software, plain HTTP, no database, no
 * audit, no proof of possession. Installs the package when this machine lets us. `undefined` when it is not there.
 */
export async function cfsslPeer(concurrency: number, requests: number): Promise<LoadOutcome | undefined> {
  if (!(await isCfsslThere())) return undefined;
  const directory = mkdtempSync(join(tmpdir(), "cfssl-"));
  makeAuthority(directory);
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const server = spawn(
    "cfssl",
    ["serve", "-address=127.0.0.1", `-port=${port}`, "-ca=ca.pem", "-ca-key=ca.key", "-config=config.json"],
    { cwd: directory, stdio: "ignore" },
  );
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: concurrency });
  try {
    return await signMany(pool, certificateRequest(directory), concurrency, requests);
  } finally {
    await pool.close();
    server.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Whether Debian's cfssl is there, installed now when this machine lets us. */
export async function isCfsslThere(): Promise<boolean> {
  const there = () =>
    run("cfssl", ["version"]).then(
      () => true,
      () => false,
    );
  if (await there()) return true;
  if (process.getuid?.() !== 0) return false;
  await run("apt-get", ["install", "-y", "--no-install-recommends", "golang-cfssl"]).catch(() => undefined);
  return await there();
}

function makeAuthority(directory: string): void {
  const config = {
    signing: {
      default: {
        expiry: "26280h",
        usages: ["digital signature", "content commitment"],
        ca_constraint: { is_ca: false },
      },
    },
  };
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  openssl(directory, [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-subj",
    "/C=JP/O=Peer/CN=Peer CA",
    "-days",
    "30",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
  ]);
}

function certificateRequest(directory: string): string {
  const subject = "/C=JP/L=Chiba-ken/L=Chiba-shi/CN=0123456789";
  return openssl(directory, [
    "req",
    "-new",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-subj",
    subject,
    "-keyout",
    "subscriber.key",
  ]);
}

const openssl = (directory: string, args: readonly string[]): string =>
  execFileSync("openssl", args, { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

async function signMany(pool: Pool, csr: string, concurrency: number, requests: number): Promise<LoadOutcome> {
  const body = JSON.stringify({ certificate_request: csr });
  const sign = async (): Promise<void> => {
    const answer = await pool.request({ method: "POST", path: "/api/v1/cfssl/sign", body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200 || !text.includes("BEGIN CERTIFICATE"))
      throw new Error(`cfssl answered ${answer.statusCode}`);
  };
  await untilAnswering(sign);
  const queues = Array.from({ length: concurrency }, (_, index) =>
    new Array<undefined>(Math.ceil((requests - index) / concurrency)).fill(undefined).map(() => true),
  );
  return await closedLoop(queues, 1, sign);
}

async function untilAnswering(call: () => Promise<void>): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      return await call();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
