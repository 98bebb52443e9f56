/** The authority's own TLS certificate: a ticket like any machine's, redeemed in this process. */

import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { makeMachineKey } from "@mitome/ca-api/enrol";
import { certifyMachine } from "./certify-machine.ts";
import { loadAuthority } from "./load-authority.ts";
import type { OperatorDesk } from "./operator-script.ts";

const month = 30 * 86_400_000;

/** Writes certificate, key and root where the configuration says, unless a certificate of a month or more is there. */
export async function equipServer(desk: OperatorDesk): Promise<"equipped" | "equippedBefore"> {
  const { tls } = desk.configuration;
  const { ledger } = desk;
  const loaded = await loadAuthority(ledger.reader, desk.configuration.authority);
  const root = new X509Certificate(loaded.equipmentRoot.certificate).toString();
  writeFileSync(tls.root, root);
  if (existsSync(tls.certificate) && existsSync(tls.key) && isGood(tls.certificate)) return "equippedBefore";
  const { key, csr } = makeMachineKey();
  const machine = { kind: "authority-server", municipality: "-", place: "ca-1" };
  const certificate = await certifyMachine(desk, loaded, machine, csr);
  writeFileSync(tls.key, key, { mode: 0o600 });
  writeFileSync(tls.certificate, `${new X509Certificate(certificate).toString()}${root}`);
  return "equipped";
}

function isGood(file: string): boolean {
  return new X509Certificate(readFileSync(file, "utf8")).validToDate.getTime() - Date.now() > month;
}
