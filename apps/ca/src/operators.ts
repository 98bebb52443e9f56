/**
 * What the operators' desk calls: `node apps/ca/src/operators.ts <config.json>`. A program apart from the one that
 * municipalities reach: this one has the operators' socket of the signer, and neither residents nor certificates of theirs.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv, exit, stderr, stdout } from "node:process";
import { byItself, ClockGuard, keepBinds } from "@mitome/ca";
import { type OperatorsConfiguration, readOperatorsConfiguration } from "./configuration.ts";
import { EquipmentDirectory } from "./equipment-directory.ts";
import { bind, close } from "./listening.ts";
import { loadAuthority } from "./load-authority.ts";
import { log } from "./log.ts";
import { closeDesk, openDesk } from "./operator-script.ts";
import { operatorsListener } from "./operators-listener.ts";
import { quietly, repeating } from "./repeating.ts";
import { signHeads, signHeadsEvery } from "./scheduled-work.ts";
import { systemClock } from "./system-clock.ts";
import { verifierOffice } from "./verifier-office.ts";

const keepBindsEvery = 60_000;

async function serve({ listen, ...configuration }: OperatorsConfiguration): Promise<void> {
  const desk = openDesk("operators", configuration);
  const { ledger, operators, signer } = desk;
  const { newest } = await ledger.newestRecord();
  await ledger.open();
  const { equipmentRoot } = await loadAuthority(ledger.reader, configuration.authority);
  const machines = { url: configuration.database, reader: ledger.reader };
  const { subjectPublicKeyInfo } = equipmentRoot;
  const directory = new EquipmentDirectory(machines, configuration.authority, subjectPublicKeyInfo, systemClock.now);
  await directory.open();
  const office = verifierOffice(desk);
  const clockGuard = new ClockGuard(systemClock, newest, { unattended: true });
  const sign = () => signHeads({ authority: { clockGuard }, ledger, operators, signer });
  const binds = () => keepBinds(office);
  const tasks = [repeating(signHeadsEvery, sign), repeating(keepBindsEvery, binds, quietly(binds))];
  const server = operatorsListener(office, directory, {
    certificate: readFileSync(configuration.tls.certificate, "utf8"),
    key: readFileSync(configuration.tls.key, "utf8"),
    root: new X509Certificate(equipmentRoot.certificate).toString(),
  });
  stdout.write(`${JSON.stringify({ ready: true, listen: await bind(server, listen) })}\n`);
  log("info", "CA001");

  const stop = async () => {
    log("info", "CA002");
    await Promise.all([close(server), directory.close()]);
    await Promise.all(tasks.map((end) => end()));
    await quietly(sign);
    const event = { kind: "process.stopped", result: "done", detail: { program: ledger.run.program } } as const;
    await ledger.recordEvent(byItself, event).catch(() => log("warn", "CA004"));
    await closeDesk(desk);
    exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

process.umask(0o077);
const [, , file] = argv;
if (file === undefined) {
  stderr.write("usage: operators.ts <config.json>\n");
  exit(2);
}
await serve(readOperatorsConfiguration(file));
