import { parseSerialNumber, type SerialNumber } from "@mitome/x509";
import { z } from "zod";
import { parsePayload } from "../signed-request.ts";

const serialNumber = z.string().transform((text, context): SerialNumber => {
  const serial = parseSerialNumber(text);
  if (serial !== undefined) return serial;
  context.addIssue({ code: "custom", message: "not a serial number" });
  return z.NEVER;
});

const requestSchema = z.strictObject({
  version: z.literal(1),
  authority: z.string().min(1).max(32),
  municipality: z.string().regex(/^\d{6}$/),
  caseId: z.uuid(),
  clerk: z.string().min(1).max(64),
  requestedAt: z.iso.datetime().transform((text) => new Date(text)),
  serial: serialNumber,
  /** 千葉県運用規程 4-4-2-1: what a subscriber may have his certificate revoked for at the counter. */
  cause: z.enum(["cessationRequested", "keyCompromiseReported"]),
});

/** What a municipality asks for and signs once its clerk has identified the subscriber (千葉県運用規程 4-4-2-2). */
export type RevocationRequest = z.output<typeof requestSchema>;

/** Reads the payload of a request; unknown fields are refused and the first wrong field is named. */
export function parseRevocationRequest(payload: Uint8Array) {
  return parsePayload(requestSchema, payload);
}
