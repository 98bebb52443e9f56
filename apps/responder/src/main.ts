/** The responder: `node apps/responder/src/main.ts <config.json>`. */
import { argv, exit, stderr, stdout } from "node:process";
import { PostgresAccessRecords, PostgresStatusSource, PostgresVerifierRegistry } from "@mitome/db/status";
import { type ProgramConfiguration, readConfiguration } from "./configuration.ts";
import { log } from "./log.ts";
import { startResponder } from "./start-responder.ts";

async function serve({ ledger, answering }: ProgramConfiguration): Promise<void> {
  const status = new PostgresStatusSource(ledger);
  const registry = new PostgresVerifierRegistry(ledger.url);
  const records = new PostgresAccessRecords(ledger.url);
  await Promise.all([status.open(), registry.open()]);
  const responder = await startResponder(answering, { status, registry, records, now: () => new Date() });
  stdout.write(`${JSON.stringify({ ready: true, listening: responder.listening })}\n`);
  log("info", "RS001");

  const stop = async () => {
    log("info", "RS002");
    await responder.stop();
    await Promise.all([status.close(), registry.close(), records.close()]);
    exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

process.umask(0o077);
const [, , file] = argv;
if (file === undefined) {
  stderr.write("usage: main.ts <config.json>\n");
  exit(2);
}
await serve(readConfiguration(file));
