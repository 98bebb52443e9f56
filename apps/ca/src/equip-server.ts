/** The authority's own TLS certificate: a ticket like any machine's, redeemed in this process. */

import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ClockGuard, enrolmentCodeKey, enrolmentMac, redeemTicket } from "@mitome/ca";
import { makeMachineKey } from "@mitome/ca-api/enrol";
import { PostgresEquipmentLedger } from "@mitome/db/ca";
import { signingKeyOf } from "@mitome/hsm/signer-client";
import { loadAuthority } from "./load-authority.ts";
import { makeTicket } from "./make-ticket.ts";
import { CannotDo, type OperatorDesk } from "./operator-script.ts";
import { systemClock, systemRandomness } from "./system-clock.ts";

const month = 30 * 86_400_000;

/** Writes certificate, key and root where the configuration says, unless a certificate of a month or more is there. */
export async function equipServer(desk: OperatorDesk): Promise<"equipped" | "equippedBefore"> {
  const { tls } = desk.configuration;
  const { ledger } = desk;
  const loaded = await loadAuthority(ledger.reader, desk.configuration.authority);
  const root = new X509Certificate(loaded.equipmentRoot.certificate).toString();
  writeFileSync(tls.root, root);
  if (existsSync(tls.certificate) && existsSync(tls.key) && isGood(tls.certificate)) return "equippedBefore";
  const { ticketId, secret } = await makeTicket(desk, { kind: "authority-server", municipality: "-", place: "ca-1" });
  const { key, csr } = makeMachineKey();
  const mac = enrolmentMac(enrolmentCodeKey({ ticketId, secret }), csr);
  const authority = {
    ...loaded,
    ledger,
    equipment: new PostgresEquipmentLedger(ledger),
    signingKey: signingKeyOf(desk.signer),
    clock: systemClock,
    clockGuard: new ClockGuard(systemClock, undefined, { unattended: true }),
    randomness: systemRandomness,
  };
  const answer = await redeemTicket(authority, { ticketId, csr, mac });
  if (answer.kind === "refused") throw new CannotDo(`the server got no certificate: ${answer.reason}`);
  writeFileSync(tls.key, key, { mode: 0o600 });
  writeFileSync(tls.certificate, `${new X509Certificate(answer.certificate).toString()}${root}`);
  return "equipped";
}

function isGood(file: string): boolean {
  return new X509Certificate(readFileSync(file, "utf8")).validToDate.getTime() - Date.now() > month;
}
