/** Certificates for machines: redeemed with a one-time ticket, or renewed with the present one. */
import { timingSafeEqual } from "node:crypto";
import {
  type Der,
  type EquipmentIdentity,
  equipmentIdentityOf,
  parseCertificate,
  parseEquipmentIdentity,
  serialNumberFromRandom,
  verificationKey,
} from "@mitome/x509";
import { actingFor, type Call, system } from "./caller.ts";
import type { EnrolledEquipment, EnrolmentRefusal, Refused } from "./certification-authority.ts";
import { decideEquipment } from "./decide-equipment.ts";
import { encodeEquipmentRequest, enrolmentMac, possessedKey, verifyRenewal } from "./equipment-request.ts";
import { certificateFingerprint, type KnownEquipment } from "./equipment-trust.ts";
import { verifiedCertificate } from "./finish-issuance.ts";
import type { SigningIntent } from "./intent.ts";
import type { IssuingAuthority } from "./issuing-authority.ts";
import {
  type Acting,
  IssuanceUnderWay,
  NotActivated,
  SignerRefused,
  type TicketRecord,
  type UnfinishedIssuance,
} from "./ports.ts";
import type { RecordedIntent } from "./recorded-intent.ts";
import { equipmentSignatureAlgorithm } from "./signature-suite.ts";

/** After so many wrong codes a ticket is dead. */
export const mostWrongTries = 5;

const refused = (reason: EnrolmentRefusal): Refused<EnrolmentRefusal> => ({ kind: "refused", reason });

/** What of an authority certifies machines. */
export type MachineAuthority = Omit<IssuingAuthority, "cardKeys" | "current" | "generations">;

/** A ticket's redemption: the certification request, authenticated with the one-time code. */
export interface Redemption {
  readonly ticketId: string;
  readonly csr: Uint8Array;
  readonly mac: Uint8Array;
}

/** Redeems a ticket once; the same request again gets the same certificate. Every other use of it says only that it is not good. */
export async function redeemTicket(
  authority: MachineAuthority,
  { ticketId, csr, mac }: Redemption,
): Promise<EnrolledEquipment | Refused<EnrolmentRefusal>> {
  const { equipment, ledger, clock } = authority;
  const acting: Acting = { origin: { system, operator: `ticket:${ticketId}` } };
  const record = await equipment.ticket(ticketId);
  const fault = ticketFault(record, clock.now());
  if (record === undefined || fault !== undefined) {
    const detail = { ticket: ticketId, reason: fault ?? "unknown" };
    await ledger.recordEvent(acting, { kind: "equipment.redeemRefused", result: "refused", detail });
    return refused("ticketNotGood");
  }
  const { ticket } = record;
  if (!timingSafeEqual(enrolmentMac(ticket.codeKey, csr), mac)) {
    const detail = { ticket: ticketId, reason: "wrongCode" };
    await equipment.countWrongTry(acting, ticketId, { kind: "equipment.redeemRefused", result: "refused", detail });
    return refused("ticketNotGood");
  }
  const identity = parseEquipmentIdentity(ticket);
  if (identity?.authority !== authority.definition.id) return refused("ticketNotGood");
  const before = await equipment.redeemed(ticketId);
  if (before !== undefined) return sameKey(before, csr) ? enrolled(authority, before) : refused("ticketNotGood");
  const request = encodeEquipmentRequest({ version: 1, way: "enrolment", csr, ticket, csrMac: mac });
  const asked = { request, requestSignature: record.mac, requesterCertificate: null };
  return await certify(authority, acting, identity, csr, asked, ticketId);
}

function ticketFault(record: TicketRecord | undefined, now: Date): string | undefined {
  if (record === undefined) return "unknown";
  if (record.wrongTries >= mostWrongTries) return "tooManyWrongTries";
  return new Date(record.ticket.expiresAt) < now ? "expired" : undefined;
}

/** The next certificate of a machine that has one: it signs the request with its present key. */
export async function renewEquipment(
  authority: MachineAuthority,
  call: Call,
  { csr, signature }: { readonly csr: Uint8Array; readonly signature: Uint8Array },
): Promise<EnrolledEquipment | Refused<EnrolmentRefusal>> {
  const { caller } = call;
  if (!verifyRenewal(caller.key, csr, signature)) return refused("requestNotGood");
  const request = encodeEquipmentRequest({ version: 1, way: "renewal", csr });
  const asked = { request, requestSignature: signature, requesterCertificate: caller.certificate };
  return await certify(authority, actingFor(call), caller, csr, asked, undefined);
}

type Asked = Pick<SigningIntent, "request" | "requestSignature" | "requesterCertificate">;

/** The grammar of signing for a machine: decide, record, sign, record. */
async function certify(
  authority: MachineAuthority,
  acting: Acting,
  { kind, municipality, place, authority: of }: EquipmentIdentity,
  csr: Uint8Array,
  asked: Asked,
  ticketId: string | undefined,
): Promise<EnrolledEquipment | Refused<EnrolmentRefusal>> {
  const now = authority.clockGuard.read();
  if (!(now instanceof Date)) return refused("clockUntrusted");
  const subjectPublicKeyInfo = possessedKey(csr);
  if (subjectPublicKeyInfo === undefined) return refused("requestNotGood");
  const { equipmentRoot, randomness, signingKey } = authority;
  const serial = serialNumberFromRandom(randomness.bytes(20));
  const rootPublicKeyInfo = equipmentRoot.subjectPublicKeyInfo;
  const identity = { authority: of, kind, municipality, place };
  const plan = decideEquipment({ identity, subjectPublicKeyInfo, rootPublicKeyInfo, now, serial });
  if (plan.kind === "refused") return refused("requestNotGood");
  const row = { id: randomness.uuid(), authority: authority.definition.id, generation: equipmentRoot.number };
  const fields: SigningIntent = { ...row, kind: "equipment", serial, tbs: plan.tbs, ...asked };
  try {
    const mac = await signingKey.macIntent(fields);
    const detail = { intent: fields.id, serial, kind, municipality, place };
    const event = { kind: "equipment.intentRecorded", result: "done", detail } as const;
    const intent = await authority.equipment.recordOperationalIntent(acting, { fields, serial, mac, ticketId }, event);
    return await finishEquipment(authority, acting, { intent, tbs: plan.tbs, generation: equipmentRoot.number });
  } catch (error) {
    if (error instanceof NotActivated) return refused("authorityNotActivated");
    if (error instanceof SignerRefused) return refused("requestNotGood");
    throw error;
  }
}

/** Signs and records a machine's recorded intent; also what recovery does. */
export async function finishEquipment(
  authority: MachineAuthority,
  acting: Acting,
  { intent, tbs }: UnfinishedIssuance,
): Promise<EnrolledEquipment> {
  let signature: Uint8Array;
  try {
    signature = await authority.signingKey.sign(intent);
  } catch (error) {
    if (error instanceof SignerRefused) await giveUp(authority, acting, intent, error.reason);
    throw error;
  }
  const certificate = verifiedCertificate(tbs, equipmentSignatureAlgorithm, signature, authority.equipmentRoot);
  const equipment = equipmentOf(certificate);
  const { kind, municipality, place, serial } = equipment;
  const detail = { serial, kind, municipality, place };
  const event = { kind: "equipment.issued", result: "done", detail } as const;
  const outcome = await authority.equipment.recordEquipment(acting, intent, equipment, event);
  if (outcome === "ticketRedeemed") await giveUp(authority, acting, intent, outcome);
  if (outcome !== "recorded") throw new IssuanceUnderWay("the ticket or the intent was taken by another holder");
  return enrolled(authority, certificate);
}

/** An intent that can never become a certificate is not tried again. */
async function giveUp(
  authority: MachineAuthority,
  acting: Acting,
  intent: RecordedIntent,
  reason: string,
): Promise<void> {
  const detail = { intent: intent.id, serial: intent.serial, reason };
  const event = { kind: "certificate.discarded", result: "refused", detail } as const;
  await authority.ledger.discardIntent(acting, intent, JSON.stringify({ kind: "refused" }), event);
}

/** A machine's certificate with what the ledger keeps of it. */
export type EquipmentCertificate = KnownEquipment & { readonly certificate: Der<"Certificate"> };

function equipmentOf(certificate: Der<"Certificate">): EquipmentCertificate {
  const parsed = parseCertificate(certificate);
  const identity = equipmentIdentityOf(parsed);
  if (identity === undefined) throw new Error("an equipment certificate without an identity");
  return {
    ...identity,
    ...parsed.validity,
    fingerprint: certificateFingerprint(certificate),
    serial: parsed.serialNumber,
    key: verificationKey(parsed.subjectPublicKeyInfo),
    certificate,
  };
}

function enrolled(authority: MachineAuthority, certificate: Der<"Certificate">): EnrolledEquipment {
  return { kind: "issued", certificate, root: authority.equipmentRoot.certificate };
}

function sameKey(certificate: Der<"Certificate">, csr: Uint8Array): boolean {
  const key = possessedKey(csr);
  return key !== undefined && Buffer.compare(parseCertificate(certificate).subjectPublicKeyInfo, key) === 0;
}
