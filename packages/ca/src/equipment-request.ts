import { createHmac } from "node:crypto";
import {
  type Der,
  MalformedDer,
  parseCertificationRequest,
  type VerificationKey,
  verifyCertificationRequest,
  verifySignature,
} from "@mitome/x509";
import { z } from "zod";

const base64 = z.base64().transform((text): Uint8Array => new Uint8Array(Buffer.from(text, "base64")));
const base64Of32 = base64.refine((bytes) => bytes.length === 32, "32 octets");

/** An enrolment ticket as JSON has it; octets in base64. */
export const enrolmentTicket = z.strictObject({
  ticketId: z.uuid(),
  authority: z.string().min(1).max(32),
  kind: z.string().min(1).max(32),
  municipality: z.string().regex(/^(?:\d{6}|-)$/),
  place: z.string().min(1).max(64),
  codeKey: base64Of32,
  expiresAt: z.iso.datetime(),
});

/** Which machine a one-time code may enrol; made and authenticated by the signer alone. `codeKey` is derived from the code. */
export type EnrolmentTicket = z.output<typeof enrolmentTicket>;

const equipmentRequestSchema = z.discriminatedUnion("way", [
  // First certificate: a ticket, and the request authenticated with its code.
  z.strictObject({
    version: z.literal(1),
    way: z.literal("enrolment"),
    csr: base64,
    ticket: enrolmentTicket,
    csrMac: base64Of32,
  }),
  // Next certificate: the machine signs the request with its present key.
  z.strictObject({ version: z.literal(1), way: z.literal("renewal"), csr: base64 }),
]);

/** The recorded request behind an equipment certificate. */
export type EquipmentRequest = z.output<typeof equipmentRequestSchema>;

/** Reads the request of an equipment intent; `undefined` when it is malformed. */
export function parseEquipmentRequest(bytes: Uint8Array): EquipmentRequest | undefined {
  try {
    const parsed = equipmentRequestSchema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The recorded form of an equipment request. */
export function encodeEquipmentRequest(request: EquipmentRequest): Uint8Array {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  if (request.way === "renewal") return Buffer.from(JSON.stringify({ ...request, csr: text(request.csr) }));
  const { csr, csrMac, ticket } = request;
  return Buffer.from(
    JSON.stringify({
      ...request,
      csr: text(csr),
      csrMac: text(csrMac),
      ticket: { ...ticket, codeKey: text(ticket.codeKey) },
    }),
  );
}

/** The key in a certification request that is signed with that key; `undefined` for any other octets. */
export function possessedKey(csr: Uint8Array): Der<"SubjectPublicKeyInfo"> | undefined {
  try {
    const request = parseCertificationRequest(csr);
    return verifyCertificationRequest(request) ? request.subjectPublicKeyInfo : undefined;
  } catch (cause) {
    if (cause instanceof MalformedDer) return undefined;
    throw cause;
  }
}

/** What the holder of a one-time code sends with its certification request: HMAC-SHA256 under the key derived from it. */
export function enrolmentMac(codeKey: Uint8Array, csr: Uint8Array): Uint8Array {
  return createHmac("sha256", codeKey).update("mitome-enrolment-v1\0").update(csr).digest();
}

/** The octets that a machine signs with its present key to have the next one certified. */
export function renewalMessage(csr: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from("mitome-equipment-renewal-v1\0", "ascii"), csr]);
}

/** Whether the machine's present key signed this renewal (ECDSA P-256 with SHA-256, r and s of 32 octets each). */
export function verifyRenewal(key: VerificationKey, csr: Uint8Array, signature: Uint8Array): boolean {
  return verifySignature(key, "ecdsa-with-SHA256", renewalMessage(csr), signature, "ieee-p1363");
}
