import { parseDateOfBirth } from "@mitome/characters";
import { z } from "zod";
import { parsePayload } from "./signed-request.ts";

const base64 = z.base64().transform((text): Uint8Array => new Uint8Array(Buffer.from(text, "base64")));
const base64Of = (octets: number) => base64.refine((bytes) => bytes.length === octets, `${octets} octets`);
const instant = z.iso.datetime().transform((text) => new Date(text));
const flags = z.string().regex(/^[01]+$/);

const itemsSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    dateOfBirth: z.string().refine((text) => parseDateOfBirth(text) !== undefined, "not a date of birth EYYYYMMDD"),
    gender: z.enum(["1", "2", "3"]),
    address: z.string().min(1).max(200),
    nameSubstitutions: flags,
    addressSubstitutions: flags,
  })
  .superRefine((items, context) => {
    for (const [text, marks, path] of [
      [items.name, items.nameSubstitutions, "nameSubstitutions"],
      [items.address, items.addressSubstitutions, "addressSubstitutions"],
    ] as const) {
      if ([...text].length !== marks.length)
        context.addIssue({ code: "custom", path: [path], message: "one flag a character" });
    }
  });

const requestSchema = z.strictObject({
  version: z.literal(1),
  authority: z.string().min(1).max(32),
  caseId: z.uuid(),
  attempt: z.int().min(1),
  municipality: z.string().regex(/^\d{6}$/),
  clerk: z.string().min(1).max(64),
  requestedAt: instant,
  profile: z.string().min(1).max(32),
  residentCode: z.string().regex(/^\d{11}$/),
  registerVersion: z.int().min(1),
  items: itemsSchema,
  publicKey: base64,
  keyGeneratedAt: instant,
  proofOfPossession: base64,
  cardOrigin: z.strictObject({
    cardNumber: z.string().regex(/^[0-9A-Z]{16}$/),
    cardChallenge: base64Of(16),
    hostChallenge: base64Of(16),
    counter: z.int().min(0).max(0xffffffff),
    mac: base64Of(16),
  }),
});

/** What a municipality asks for and signs: one certificate for one resident (千葉県運用規程 4-2-1①). */
export type IssuanceRequest = z.output<typeof requestSchema>;

/**
 * The items that go into the certificate (千葉県運用規程 3-1-2, 4-2-2): dateOfBirth `EYYYYMMDD`; gender 1 男, 2 女, 3 不明;
 * the substitution flags have one digit for each character of name and address, 1 where a substitute character stands.
 */
export type CertifiedItems = IssuanceRequest["items"];

/** Reads the payload of a request; unknown fields are refused and the first wrong field is named. */
export function parseIssuanceRequest(payload: Uint8Array) {
  return parsePayload(requestSchema, payload);
}
