/** The responder: `node apps/responder/src/main.ts <config.json>`. */
import { argv, exit, stderr, stdout } from "node:process";
import { PostgresAccessRecords, PostgresStatusSource, PostgresVerifierRegistry } from "@mitome/db/status";
import { type ProgramConfiguration, readConfiguration } from "./configuration.ts";
import { log } from "./log.ts";
import { startRepository } from "./start-repository.ts";
import { startResponder } from "./start-responder.ts";

async function serve({ ledger, answering, repository }: ProgramConfiguration): Promise<void> {
  const status = new PostgresStatusSource(ledger);
  const registry = new PostgresVerifierRegistry(ledger.url);
  const records = new PostgresAccessRecords(ledger.url);
  await Promise.all([status.open(), registry.open()]);
  const now = () => new Date();
  const site = repository && (await startRepository(repository, ledger.url, now));
  const ports = { status, registry, records, now, ...(site && { lists: site.ledger }) };
  const responder = await startResponder(answering, ports);
  const listening = { listening: responder.listening, ...(site && { site: site.listening }) };
  stdout.write(`${JSON.stringify({ ready: true, ...listening })}\n`);
  log("info", "RS001");

  const stop = async () => {
    log("info", "RS002");
    await Promise.all([responder.stop(), site?.stop()]);
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
