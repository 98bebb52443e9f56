import { argv, exit, stderr, stdout } from "node:process";
import { readCeremonyPlan } from "./ceremony-plan.ts";
import { CeremonyInterrupted, holdCeremony } from "./key-ceremony.ts";

// node apps/signer/src/ceremony.ts <plan.json>: makes one token with two custodians; says what was made, in JSON.
process.umask(0o077);
const [, , file] = argv;
if (file === undefined) {
  stderr.write("usage: ceremony.ts <plan.json>\n");
  exit(2);
}
try {
  const { kind, record } = holdCeremony(readCeremonyPlan(file), new Date());
  stdout.write(`${JSON.stringify({ ceremony: kind, ...record })}\n`);
} catch (error) {
  if (!(error instanceof CeremonyInterrupted)) throw error;
  stderr.write(`${error.message}\nAn earlier ceremony was interrupted. Remove that token and hold it again.\n`);
  exit(1);
}
