/** What the operators' scripts share: their arguments, the ledger as ca_owner, the signer's two sockets. */
import { randomUUID } from "node:crypto";
import { argv, exit, stderr, stdout } from "node:process";
import type { Acting } from "@mitome/ca";
import { OperatorLedger, PostgresLedger } from "@mitome/db/ca";
import { OperatorClient, SignerClient } from "@mitome/hsm/signer-client";
import { type OperatorConfiguration, readOperatorConfiguration } from "./configuration.ts";
import { systemClock } from "./system-clock.ts";

/** An operator's script at work. */
export interface OperatorDesk {
  readonly configuration: OperatorConfiguration;
  readonly ledger: PostgresLedger;
  readonly operators: OperatorLedger;
  readonly signer: SignerClient;
  readonly operatorSocket: OperatorClient;
  readonly acting: Acting;
}

/** Said to the person at the terminal, with what to do; exit status 1. */
export class CannotDo extends Error {
  override readonly name = "CannotDo";
}

/**
 * Runs a script with its arguments after the configuration file, and prints what it answers as one line of JSON.
 * @param usage of the arguments, such as `<kind> <municipality|-> <place>`
 */
export async function runScript(
  name: string,
  usage: readonly string[],
  work: (desk: OperatorDesk, ...values: string[]) => Promise<object>,
): Promise<void> {
  process.umask(0o077);
  const [, , file, ...values] = argv;
  if (file === undefined || values.length !== usage.length) {
    stderr.write(`usage: ${name}.ts <config.json> ${usage.join(" ")}\n`);
    exit(2);
  }
  const desk = openDesk(name, readOperatorConfiguration(file));
  try {
    await desk.ledger.open();
    stdout.write(`${JSON.stringify(await work(desk, ...values))}\n`);
  } catch (error) {
    if (!(error instanceof CannotDo)) throw error;
    stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } finally {
    await closeDesk(desk);
  }
}

/** Closes what a desk has open. */
export async function closeDesk({ signer, operatorSocket, ledger }: OperatorDesk): Promise<void> {
  signer.close();
  operatorSocket.close();
  await ledger.close();
}

/** Opens a desk; the caller opens its ledger and closes everything. */
export function openDesk(name: string, configuration: OperatorConfiguration): OperatorDesk {
  const run = { program: `ca-${name}`, id: randomUUID(), clock: systemClock };
  const ledger = new PostgresLedger({ url: configuration.database, lanes: 1, readers: 1 }, run);
  return {
    configuration,
    ledger,
    operators: new OperatorLedger(ledger.lanes),
    signer: new SignerClient({ socket: configuration.signerSocket }),
    operatorSocket: new OperatorClient({ socket: configuration.operatorSocket }),
    acting: { origin: { system: run.program, operator: process.env.USER ?? "operator" } },
  };
}
