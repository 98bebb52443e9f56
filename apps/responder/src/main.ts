/** The responder: `node apps/responder/src/main.ts <config.json>`. */
import { join } from "node:path";
import { argv, exit, stderr, stdout } from "node:process";
import {
  PostgresAccessRecords,
  PostgresRevocationInformation,
  PostgresStatusSource,
  PostgresVerifierRegistry,
  type PublicReading,
} from "@mitome/db/status";
import { serviceName } from "@mitome/directory";
import { type ProgramConfiguration, type RepositoryConfiguration, readConfiguration } from "./configuration.ts";
import { startMetering } from "./list-use-meter.ts";
import { log } from "./log.ts";
import type { AccessRecords } from "./ports.ts";
import { RefusalTolerantRecords } from "./refusal-tolerant-records.ts";
import { startRepository } from "./start-repository.ts";
import { startResponder } from "./start-responder.ts";

async function serve({ ledger, answering, repository }: ProgramConfiguration): Promise<void> {
  const status = new PostgresStatusSource(ledger);
  const registry = new PostgresVerifierRegistry(ledger.url);
  const database = new PostgresAccessRecords(ledger.url);
  const records = new RefusalTolerantRecords(database, {
    directory: join(answering.spool, "refused"),
    onRefusal: (code, setAside) => log("error", "RS017", { code, setAside }),
  });
  await Promise.all([status.open(), registry.open()]);
  const now = () => new Date();
  const site =
    repository && (await startRepository(repository, ledger.url, { now, recordsSetAside: () => records.setAside }));
  const stopMetering = site && meterOf(repository, site.ledger.reading, records);
  const information = site && new PostgresRevocationInformation(ledger.url, site.ledger.reading.definition);
  const given = site && information && { lists: site.ledger, information };
  const ports = { status, registry, records, now, ...given };
  const responder = await startResponder(answering, ports);
  const listening = { listening: responder.listening, ...(site && { site: site.listening }) };
  site?.startProbing();
  stdout.write(`${JSON.stringify({ ready: true, ...listening })}\n`);
  log("info", "RS001");

  const stop = async () => {
    log("info", "RS002");
    await Promise.all([responder.stop(), site?.stop(), stopMetering?.()]);
    await Promise.all([status.close(), registry.close(), database.close(), information?.close()]);
    exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

function meterOf(
  { meter, prober }: RepositoryConfiguration,
  { definition, generations }: PublicReading,
  records: AccessRecords,
): (() => Promise<void>) | undefined {
  if (meter === undefined) return undefined;
  const { trustFile, ...where } = meter;
  const access = { ...where, bindName: serviceName(definition, "meter"), ...(trustFile && { trustFile }) };
  const ours = prober?.verifier && { prober: prober.verifier.bindName };
  return startMetering({ meter: access, name: meter.url, definition, generations, ...ours }, records);
}

process.umask(0o077);
const [, , file] = argv;
if (file === undefined) {
  stderr.write("usage: main.ts <config.json>\n");
  exit(2);
}
await serve(readConfiguration(file));
