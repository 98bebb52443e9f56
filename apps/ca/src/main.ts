/** The certification authority: `node apps/ca/src/main.ts <config.json>`. */
import { randomUUID, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv, exit, stderr, stdout } from "node:process";
import {
  type AuthorityDefinition,
  byItself,
  ClockGuard,
  type IssuingAuthority,
  type ListingAuthority,
  OneAtATime,
  type RegisterAuthority,
  type RepositoryTarget,
  type RevokingAuthority,
  serveMunicipalities,
} from "@mitome/ca";
import {
  OperatorLedger,
  PostgresEquipmentLedger,
  PostgresLedger,
  PostgresListLedger,
  PostgresPublicationQueue,
  PostgresRegisterChangeLedger,
  PostgresRevocationBrake,
  PostgresRevocationLedger,
} from "@mitome/db/ca";
import { openPool } from "@mitome/db/connection";
import { directoryTarget, serviceName } from "@mitome/directory";
import { CardSignerClient, cardKeysOf, listSigningKeyOf, SignerClient, signingKeyOf } from "@mitome/hsm/signer-client";
import { readServerConfiguration, type ServerConfiguration } from "./configuration.ts";
import { crashingPort } from "./crash-points.ts";
import { enrolmentListener } from "./enrolment-listener.ts";
import { EquipmentDirectory } from "./equipment-directory.ts";
import { bind, close } from "./listening.ts";
import { loadAuthority } from "./load-authority.ts";
import { log } from "./log.ts";
import { municipalListener } from "./municipal-listener.ts";
import { recover, startScheduledWork } from "./scheduled-work.ts";
import { systemClock, systemRandomness } from "./system-clock.ts";

const program = "ca";

async function serve(configuration: ServerConfiguration): Promise<void> {
  const { database, lanes, readers } = configuration;
  const run = { program, id: randomUUID(), clock: systemClock };
  const ledger = new PostgresLedger({ url: database, lanes, readers }, run);
  const signer = new SignerClient({ socket: configuration.signerSocket });
  const cardsSigner = new CardSignerClient({ socket: configuration.cardsSignerSocket });
  const loaded = await loadAuthority(ledger.reader, configuration.authority);
  const { newest, confirmed } = await ledger.newestRecord();
  await ledger.open();
  const authority: IssuingAuthority & RevokingAuthority & RegisterAuthority & ListingAuthority = {
    ...loaded,
    ledger: crashingPort("ledger", ledger, configuration),
    equipment: crashingPort("equipment", new PostgresEquipmentLedger(ledger), configuration),
    revocations: crashingPort("revocations", new PostgresRevocationLedger(ledger), configuration),
    registerChanges: crashingPort("registerChanges", new PostgresRegisterChangeLedger(ledger), configuration),
    designatedBodies: configuration.designatedBodies,
    brake: new PostgresRevocationBrake(ledger),
    revocationsInTurn: new OneAtATime(),
    lists: crashingPort("lists", new PostgresListLedger(ledger), configuration),
    listSigningKey: crashingPort("listSigningKey", listSigningKeyOf(signer), configuration),
    signingKey: crashingPort("signingKey", signingKeyOf(signer), configuration),
    cardKeys: crashingPort("cardKeys", cardKeysOf(cardsSigner), configuration),
    clock: systemClock,
    clockGuard: new ClockGuard(systemClock, newest, loaded.definition),
    randomness: systemRandomness,
  };
  const root = loaded.equipmentRoot;
  const directory = new EquipmentDirectory(
    { url: database, reader: ledger.reader },
    configuration.authority,
    root.subjectPublicKeyInfo,
    systemClock.now,
  );
  await directory.open();
  const tls = {
    certificate: readFileSync(configuration.tls.certificate, "utf8"),
    key: readFileSync(configuration.tls.key, "utf8"),
    root: new X509Certificate(root.certificate).toString(),
  };
  await recover(authority).catch(() => log("warn", "CA005"));
  const locks = openPool(database, 1);
  const stopWork = startScheduledWork({
    ...{ authority, ledger, operators: new OperatorLedger(ledger.lanes), signer },
    publishing: {
      definition: loaded.definition,
      queue: new PostgresPublicationQueue(ledger, locks, loaded.definition),
      targets: repositoryTargets(configuration, loaded.definition),
    },
    confirmedAtStart: confirmed,
  });
  const served = serveMunicipalities(authority);
  const municipal = municipalListener(served, directory, tls);
  const enrolment = enrolmentListener(served, tls);
  const [listen, enrol] = await Promise.all([
    bind(municipal, configuration.listen),
    bind(enrolment, configuration.enrolment),
  ]);
  stdout.write(`${JSON.stringify({ ready: true, listen, enrolment: enrol })}\n`);
  log("info", "CA001");

  const stop = async () => {
    log("info", "CA002");
    await Promise.all([close(municipal), close(enrolment), directory.close()]);
    await stopWork();
    const event = { kind: "process.stopped", result: "done", detail: { program } } as const;
    await ledger.recordEvent(byItself, event).catch(() => log("warn", "CA004"));
    signer.close();
    cardsSigner.close();
    await Promise.all([ledger.close(), locks.end()]);
    exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

function repositoryTargets({ directory }: ServerConfiguration, definition: AuthorityDefinition): RepositoryTarget[] {
  if (directory === undefined) return [];
  const { url, passwordFile, trustFile } = directory;
  const bindName = serviceName(definition, "publisher");
  const access = { url, bindName, passwordFile, ...(trustFile === undefined ? {} : { trustFile }) };
  return [directoryTarget("ldap", definition, access)];
}

process.umask(0o077);
const [, , file] = argv;
if (file === undefined) {
  stderr.write("usage: main.ts <config.json>\n");
  exit(2);
}
await serve(readServerConfiguration(file));
