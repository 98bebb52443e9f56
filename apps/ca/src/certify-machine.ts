/** A machine of the authority gets its certificate from an operator's script: a ticket like any machine's, redeemed here. */
import { ClockGuard, enrolmentCodeKey, enrolmentMac, redeemTicket } from "@mitome/ca";
import { PostgresEquipmentLedger } from "@mitome/db/ca";
import { signingKeyOf } from "@mitome/hsm/signer-client";
import type { LoadedAuthority } from "./load-authority.ts";
import { makeTicket } from "./make-ticket.ts";
import { CannotDo, type OperatorDesk } from "./operator-script.ts";
import { systemClock, systemRandomness } from "./system-clock.ts";

/** Certifies the key of a certification request (PKCS#10, P-256) as this machine's; the answer is DER. */
export async function certifyMachine(
  desk: OperatorDesk,
  loaded: LoadedAuthority,
  machine: { readonly kind: string; readonly municipality: string; readonly place: string },
  csr: Uint8Array,
): Promise<Uint8Array> {
  const { ledger } = desk;
  const { ticketId, secret } = await makeTicket(desk, machine);
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
  if (answer.kind === "refused") throw new CannotDo(`${machine.place} got no certificate: ${answer.reason}`);
  return answer.certificate;
}
