import { enrolmentTicket } from "@mitome/ca";
import { z } from "zod";

/**
 * What travels on the sockets of `apps/signer`. No operation takes bytes to be signed with a certification key: the
 * caller names a recorded intent, and the signer reads the row itself (security.md §1).
 */

/** Bytes on the wire: base64 in, Uint8Array in the domain. */
export const wireBytes = z.base64().transform((text): Uint8Array => Buffer.from(text, "base64"));

/** Bytes on the wire. */
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const label = z.string().min(1).max(64);
const cardNumber = z.string().regex(/^[0-9A-Z]{16}$/);
const bytesOf = (length: number) => wireBytes.refine((bytes) => bytes.length === length, `${length} bytes`);

/** Fields of `ca.signing_intent` that its MAC covers. */
const intentFields = z.strictObject({
  id: z.uuid(),
  authority: label,
  generation: z.int().min(1),
  kind: z.enum(["subscriber", "self-signed", "ocsp-responder", "equipment", "equipment-root"]),
  serial: z.string().regex(/^(?:[0-9a-f]{2}){1,20}$/),
  tbs: wireBytes,
  request: wireBytes.nullable(),
  requestSignature: wireBytes.nullable(),
  requesterCertificate: wireBytes.nullable(),
});

/** Head of one audit stream, as signed together with the others. */
const auditHead = z.strictObject({
  stream: label,
  sequence: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A partition of which a list through so many revocations will be asked for. */
const expectedList = z.strictObject({
  generation: z.int().min(1),
  partition: label,
  through: z.int().min(0),
});

const envelope = { id: z.int().min(0) };

const statusRequest = z.strictObject({ ...envelope, op: z.literal("status") });
const macIntentRequest = z.strictObject({ ...envelope, op: z.literal("macIntent"), intent: intentFields });
const fence = z.string().regex(/^\d{1,19}$/);
const signRequest = z.strictObject({
  ...envelope,
  op: z.literal("sign"),
  intentId: z.uuid(),
  fence,
});

/** Requests of an authority's socket: intents of residents and machines, and lists. */
export const authorityRequest = z.discriminatedUnion("op", [
  statusRequest,
  macIntentRequest,
  signRequest,
  expectedList.extend({ ...envelope, op: z.literal("expectList") }),
  z.strictObject({ ...envelope, op: z.literal("signList"), listId: z.uuid(), fence }),
  z.strictObject({ ...envelope, op: z.literal("subscriberId"), residentCode: z.string().regex(/^\d{11}$/) }),
  z.strictObject({ ...envelope, op: z.literal("signHeads"), heads: z.array(auditHead).min(1).max(64) }),
  z.strictObject({ ...envelope, op: z.literal("publicKey"), label }),
]);

/** Requests of an operator's socket: here the intents are those of the authority's own certificates. */
export const operatorRequest = z.discriminatedUnion("op", [
  statusRequest,
  macIntentRequest,
  signRequest,
  z.strictObject({ ...envelope, op: z.literal("activate"), pin: z.string().min(22).max(255) }),
  z.strictObject({ ...envelope, op: z.literal("deactivate") }),
  z.strictObject({ ...envelope, op: z.literal("makeTicket"), ticket: enrolmentTicket }),
  /** Two people have looked at a clock that the signer did not believe. */
  z.strictObject({ ...envelope, op: z.literal("confirmClock"), first: label, second: label }),
]);

const cardSession = { cardNumber, cardChallenge: bytesOf(16), hostChallenge: bytesOf(16) };
const counter = z.int().min(0).max(0xffffffff);
const octet = z.int().min(0).max(255);

/** Requests of the card-key instance's socket. */
export const cardsRequest = z.discriminatedUnion("op", [
  statusRequest,
  z.strictObject({ ...envelope, op: z.literal("openSession"), cardNumber, cardChallenge: bytesOf(16) }),
  z.strictObject({ ...envelope, op: z.literal("verifyCard"), ...cardSession, cardCryptogram: bytesOf(16) }),
  z.strictObject({
    ...envelope,
    op: z.literal("authorise"),
    ...cardSession,
    counter,
    commands: z
      .array(z.strictObject({ ins: octet, p1: octet, p2: octet, dataDigest: bytesOf(32) }))
      .min(1)
      .max(64),
  }),
  z.strictObject({
    ...envelope,
    op: z.literal("verifyOrigin"),
    ...cardSession,
    counter,
    caseChallenge: bytesOf(32),
    spki: wireBytes,
    mac: bytesOf(16),
  }),
]);

/** Why a signer says no; closed. */
export const refusalReason = z.enum([
  "malformedRequest",
  "intentUnknown",
  "intentNotOpen",
  "fenceWrong",
  "macWrong",
  "inspectionFailed",
  "requestSignedBefore",
  "ticketUsed",
  "listNotNext",
  "operatorsOnly",
  "keyUnknown",
  "clockUntrusted",
  "pinWrong",
  "pinLocked",
  "ticketExpired",
]);
export type RefusalReason = z.infer<typeof refusalReason>;

/** A signer's answer, before the operation's own result is parsed. */
export const answer = z.union([
  z.looseObject({ id: z.int(), ok: z.literal(true) }),
  z.strictObject({
    id: z.int(),
    ok: z.literal(false),
    error: z.enum(["hsmUnavailable", "notActivated", "refused"]),
    reason: z.string().optional(),
    detail: z.string().optional(),
  }),
]);

/** What `status` answers. */
export const signerStatus = z.looseObject({
  instance: z.enum(["authority", "cards"]),
  token: z.enum(["ready", "locked", "unavailable"]),
  unattended: z.boolean(),
  journal: z.strictObject({ entries: z.int(), head: z.string(), tornLine: z.boolean(), unresolved: z.int() }),
});
export type SignerStatus = z.infer<typeof signerStatus>;

export type IntentFields = z.output<typeof intentFields>;
export type ExpectedList = z.infer<typeof expectedList>;
export type AuditHead = z.infer<typeof auditHead>;
export type AuthorityRequest = z.output<typeof authorityRequest>;
export type OperatorRequest = z.output<typeof operatorRequest>;
export type CardsRequest = z.output<typeof cardsRequest>;
