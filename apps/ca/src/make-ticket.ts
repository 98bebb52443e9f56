/** An enrolment ticket: made by the operator's socket of the signer, entered in the ledger, its code said once. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { enrolmentCodeKey, formatEnrolmentCode } from "@mitome/ca";
import { parseEquipmentIdentity } from "@mitome/x509";
import { loadAuthority } from "./load-authority.ts";
import { CannotDo, type OperatorDesk } from "./operator-script.ts";

const lifetime = 3_600_000;

/** Makes a ticket for one machine, good for an hour. */
export async function makeTicket(
  desk: OperatorDesk,
  machine: { readonly kind: string; readonly municipality: string; readonly place: string },
): Promise<{
  readonly code: string;
  readonly ticketId: string;
  readonly secret: Uint8Array;
  readonly expiresAt: string;
}> {
  const { authority } = desk.configuration;
  const identity = parseEquipmentIdentity({ authority, ...machine });
  if (identity === undefined) {
    throw new CannotDo("no such machine: kind, municipality (six digits, or -) and place (letters, digits, hyphens)");
  }
  const loaded = await loadAuthority(desk.ledger.reader, authority);
  const { municipality } = machine;
  if (municipality !== "-" && !loaded.definition.municipalities.some(({ code }) => code === municipality)) {
    throw new CannotDo(`${municipality} is no municipality of this prefecture`);
  }
  const ticketId = randomUUID();
  const secret = randomBytes(16);
  const expiresAt = new Date(Date.now() + lifetime).toISOString();
  const ticket = { ticketId, authority, ...machine, codeKey: enrolmentCodeKey({ ticketId, secret }), expiresAt };
  const made = await desk.operatorSocket.makeTicket(ticket);
  if (made.kind !== "mac") throw new CannotDo("the signer made no ticket: is the authority activated?");
  const detail = { ticket: ticketId, ...machine };
  const event = { kind: "equipment.ticketMade", result: "done", detail } as const;
  await desk.operators.recordTicket(desk.acting, ticket, made.mac, event);
  const rootHash = createHash("sha256").update(loaded.equipmentRoot.certificate).digest();
  return { code: formatEnrolmentCode({ ticketId, secret, rootHash }), ticketId, secret, expiresAt };
}
