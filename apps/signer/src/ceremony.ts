import { argv, exit, stderr, stdout } from "node:process";
import { CannotStart } from "./cannot-start.ts";
import { readCeremonyPlan } from "./ceremony-plan.ts";
import { holdCeremony } from "./key-ceremony.ts";

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
  if (!(error instanceof CannotStart)) throw error;
  stderr.write(`${error.message}\n`);
  exit(1);
}
