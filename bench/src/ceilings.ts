import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { SigningToken } from "./authority-run.ts";

const run = promisify(execFile);

const answer = z.strictObject({ rate: z.number(), cpuPerSignature: z.number() });

/** What the token signs in a second, and what one signature costs in milliseconds of processor time. */
export async function tokenCeiling(token: SigningToken, seconds: number): Promise<z.output<typeof answer>> {
  const { softhsmConf, ...order } = token;
  const program = fileURLToPath(new URL("./sign-rate.ts", import.meta.url));
  const { stdout } = await run(process.execPath, [program, JSON.stringify({ ...order, sessions: 4, seconds })], {
    env: { ...process.env, SOFTHSM2_CONF: softhsmConf },
  });
  return answer.parse(JSON.parse(stdout));
}

/** RSA-2048 signatures a second of OpenSSL on all cores: the machine's own ceiling. */
export async function opensslCeiling(cores: number): Promise<number> {
  const { stdout } = await run("openssl", ["speed", "-mr", "-seconds", "2", "-multi", String(cores), "rsa2048"]);
  // +F2:<number>:<bits>:<signatures a second>:<verifications a second>
  const rate = [...stdout.matchAll(/^\+F2:\d+:2048:([\d.]+):/gm)].at(-1)?.[1];
  return Number(rate ?? Number.NaN);
}
