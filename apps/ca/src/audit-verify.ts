/**
 * Walks every audit stream and names the first bad record: `audit-verify.ts <config.json>`. Also holds every set of heads
 * that was signed against the streams, so that a stream cut short or taken away is found.
 */
import { argv, exit, stderr, stdout } from "node:process";
import { openPool } from "@mitome/db/connection";
import { SignerClient } from "@mitome/hsm/signer-client";
import { readOperatorConfiguration } from "./configuration.ts";
import { verifyTrail } from "./verify-trail.ts";

const [, , file] = argv;
if (file === undefined) {
  stderr.write("usage: audit-verify.ts <config.json>\n");
  exit(2);
}
const { database, signerSocket } = readOperatorConfiguration(file);
const ledger = openPool(database, 2);
const signer = new SignerClient({ socket: signerSocket });
try {
  const key = await signer.publicKey("audit-heads");
  const verdict = await verifyTrail(ledger, key.kind === "publicKey" ? key.spki : undefined);
  stdout.write(`${JSON.stringify(verdict)}\n`);
  process.exitCode = verdict.kind === "whole" ? 0 : 1;
} finally {
  signer.close();
  await ledger.end();
}
