/** A refusal as the ledger keeps it, so that the same request gets the same answer. */
import { parseSerialNumber } from "@mitome/x509";
import { z } from "zod";
import type { IssuanceAnswer } from "./certification-authority.ts";
import { plainRefusalReasons } from "./issuance-refusal.ts";

const kind = z.literal("refused");
const storedRefusal = z.union([
  z.strictObject({
    kind,
    reason: z.literal("subscriberAlreadyHasCertificate"),
    serial: z.string().transform((text, context) => {
      const serial = parseSerialNumber(text);
      if (serial === undefined) context.addIssue({ code: "custom", message: "not a serial number" });
      return serial ?? z.NEVER;
    }),
    notAfter: z.iso.datetime().transform((text) => new Date(text)),
    municipality: z.string(),
  }),
  z.strictObject({
    kind,
    reason: z.literal("characterOutsideRepertoire"),
    field: z.string(),
    position: z.int(),
    character: z.string(),
  }),
  z.strictObject({ kind, reason: z.literal("publicKeyRefused"), check: z.string() }),
  z.strictObject({ kind, reason: z.literal("ruleBroken"), rule: z.string(), clause: z.string() }),
  z.strictObject({ kind, reason: z.enum(plainRefusalReasons) }),
]);

type Refusal = Extract<IssuanceAnswer, { kind: "refused" }>;

/** JSON text of a refusal. */
export function answerToJson(refusal: Refusal): string {
  return JSON.stringify(refusal);
}

/** The refusal again; throws when the ledger holds something else. */
export function answerFromJson(text: string): Refusal {
  return storedRefusal.parse(JSON.parse(text));
}
