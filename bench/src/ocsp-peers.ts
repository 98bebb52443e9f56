import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { isCfsslThere } from "./cfssl-peer.ts";
import { askOverHttp, type HttpAnswers, type HttpLoad } from "./http-load.ts";
import { serialOf, statusOf } from "./ledger-certificates.ts";
import type { ResponderRun } from "./responder-run.ts";

const headers = { "content-type": "application/ocsp-request" };

type Load = Omit<HttpLoad, "places" | "path" | "headers" | "closing">;

/**
 * `cfssl ocspserve`, which gives out signed answers from a file it read when it started: no ledger, no verifier, no record.
 * `undefined` when it is not there.
 */
export async function cfsslOcspPeer(
  { place }: ResponderRun,
  answers: readonly Uint8Array[],
  load: Load,
): Promise<HttpAnswers | undefined> {
  if (!(await isCfsslThere())) return undefined;
  const file = place.state("cfssl.responses");
  writeFileSync(file, answers.map((answer) => Buffer.from(answer).toString("base64")).join("\n"));
  const at = anyPort();
  const args = ["ocspserve", `-address=${at.host}`, `-port=${at.port}`, "-responses", file, "-loglevel=5"];
  return await askPeer("cfssl", args, { ...load, places: [at], path: "/", headers });
}

/**
 * `openssl ocsp` on all cores, with the responder's own key and as many certificates in its index: it signs every answer
 * and ends the connection after it; no verifier, no record. It listens on every address of the machine: it knows no other.
 */
export async function opensslOcspPeer(
  { place, issuerCertificate, responderCertificate, responderKey }: ResponderRun,
  { certificates, cores }: { readonly certificates: number; readonly cores: number },
  load: Load,
): Promise<HttpAnswers> {
  const index = place.state("openssl.index");
  writeFileSync(index, [...Array(certificates).keys()].map(indexLine).join(""));
  const at = anyPort();
  const signing = ["-CA", issuerCertificate, "-rsigner", responderCertificate, "-rkey", responderKey];
  const args = ["ocsp", "-port", String(at.port), "-index", index, ...signing, "-nmin", "5", "-multi", String(cores)];
  return await askPeer("openssl", args, { ...load, places: [at], path: "/", headers, closing: true });
}

function indexLine(number: number): string {
  const revoked = statusOf(number) === "revoked";
  const revocation = revoked ? "260101000000Z,cessationOfOperation" : "";
  const serial = serialOf(number).toUpperCase();
  return `${revoked ? "R" : "V"}\t360101000000Z\t${revocation}\t${serial}\tunknown\t/C=JP/CN=${serial}\n`;
}

function anyPort() {
  return { host: "127.0.0.1", port: 20_000 + Math.floor(Math.random() * 20_000) } as const;
}

async function askPeer(command: string, args: readonly string[], load: HttpLoad): Promise<HttpAnswers> {
  const peer = spawn(command, args, { stdio: "ignore" });
  const gone = new Promise<void>((resolve) => peer.once("exit", () => resolve()));
  try {
    await untilAnswering({ ...load, bodies: load.bodies.slice(0, 1), connections: 1, seconds: 0.1 });
    return await askOverHttp(load);
  } finally {
    endGroup(peer);
    await gone;
  }
}

/** openssl makes itself and its workers a group, and does not heed SIGTERM while it waits for them. */
function endGroup(peer: ChildProcess): void {
  try {
    process.kill(-(peer.pid ?? Number.NaN), "SIGKILL");
  } catch {
    // ESRCH: it is in ours.
    peer.kill();
  }
}

async function untilAnswering(one: HttpLoad): Promise<void> {
  for (let left = 300; ; left -= 1) {
    try {
      return void (await askOverHttp(one));
    } catch (error) {
      if (left === 0) throw error;
      await pause(100);
    }
  }
}
