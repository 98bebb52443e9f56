import { z } from "zod";
import type { NumberedAccessRecord } from "./ports.ts";

const answer = z.strictObject({ serial: z.string(), answer: z.enum(["good", "revoked", "unknown"]) });

const schema = z.strictObject({
  id: z.uuid(),
  authority: z.string(),
  generation: z.int(),
  record: z.strictObject({
    verifierId: z.string(),
    confirmer: z.string().nullable(),
    at: z.iso.datetime().transform((text) => new Date(text)),
    method: z.literal("ocsp"),
    answers: z.tuple([answer], answer),
  }),
});

/** An access record as `JSON.stringify` left it; throws for anything else. */
export function parseAccessRecord(line: string): NumberedAccessRecord {
  return schema.parse(JSON.parse(line));
}
