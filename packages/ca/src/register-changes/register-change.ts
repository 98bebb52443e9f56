/** A change of a resident's record as a municipality reports it (異動等失効情報, 千葉県運用規程 2-1-2(8)(9), 4-4-1-1). */
import { createHash } from "node:crypto";
import { parseDateOfBirth } from "@mitome/characters";
import { z } from "zod";
import type { RevocationCause, RevocationRequester } from "../revocation/revocation-reason.ts";
import { wrongField } from "../wrong-field.ts";

/** What a kind of change is called, and why a certificate is revoked after it. */
interface ChangeKindFacts {
  readonly ja: string;
  readonly cause: RevocationCause;
  readonly requester: RevocationRequester;
}

/** Changes after which the person has a record still: the line carries the four items as they are now. */
export const changesOfItems = {
  nameChanged: { ja: "氏名又は通称の変更", cause: "registerChanged", requester: "register" },
  addressChanged: { ja: "住所の変更", cause: "registerChanged", requester: "register" },
  dateOfBirthCorrected: { ja: "生年月日の修正", cause: "registerChanged", requester: "register" },
  genderCorrected: { ja: "男女の別の修正", cause: "registerChanged", requester: "register" },
  recordFoundWrong: { ja: "証明事項と住民票の相違の発見", cause: "recordWrong", requester: "governor" },
} as const satisfies Record<string, ChangeKindFacts>;

/** Changes after which there is no record in this municipality any more. */
export const endsOfRecord = {
  died: { ja: "死亡", cause: "died", requester: "register" },
  movedOut: { ja: "転出", cause: "movedOut", requester: "register" },
  erased: { ja: "住民票の職権消除", cause: "movedOut", requester: "register" },
} as const satisfies Record<string, ChangeKindFacts>;

/** A kind of change. */
export type RegisterChangeKind = keyof typeof changesOfItems | keyof typeof endsOfRecord;

const kindsOf = <Kind extends string>(table: Record<Kind, unknown>) => Object.keys(table) as [Kind, ...Kind[]];
// As the request for a certificate states it, but with the register's own characters. JSON can say half a character.
const text = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), "not a line of text");

const itemsSchema = z.strictObject({
  name: text,
  dateOfBirth: z.string().refine((value) => parseDateOfBirth(value) !== undefined, "not a date of birth EYYYYMMDD"),
  gender: z.enum(["1", "2", "3"]),
  address: text,
});

const fields = {
  version: z.literal(1),
  feed: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  sequence: z.int().min(1),
  municipality: z.string().regex(/^\d{6}$/),
  residentCode: z.string().regex(/^\d{11}$/),
  registerVersion: z.int().min(1),
  occurredOn: z.iso.date(),
};

const changeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...fields, kind: z.enum(kindsOf(changesOfItems)), items: itemsSchema }),
  z.strictObject({ ...fields, kind: z.enum(kindsOf(endsOfRecord)) }),
]);

/**
 * One line of a feed. `feed` and `sequence` name it within its municipality for ever, however often it is sent; `registerVersion` orders the
 * changes of one resident; `occurredOn` is a day in Japan, `YYYY-MM-DD`.
 */
export type RegisterChange = z.output<typeof changeSchema>;

/**
 * The four items after a change, in the register's characters: name as a certificate would say it, the 通称 behind in
 * full-width brackets; dateOfBirth `EYYYYMMDD`; gender 1 男, 2 女, 3 不明.
 */
export type RegisteredItems = z.output<typeof itemsSchema>;

/** A line read, or which field of it is wrong: by name, never with what stands in it. */
export type ReadChange =
  | { readonly kind: "change"; readonly change: RegisterChange }
  | { readonly kind: "malformed"; readonly field: string };

/** Reads a change that came as a value (tRPC); unknown fields are refused. */
export function parseRegisterChange(value: unknown): ReadChange {
  const parsed = changeSchema.safeParse(value);
  return parsed.success
    ? { kind: "change", change: parsed.data }
    : { kind: "malformed", field: wrongField(parsed.error) };
}

/** Reads a line of an NDJSON feed. */
export function parseChangeJson(line: string): ReadChange {
  try {
    return parseRegisterChange(JSON.parse(line));
  } catch {
    return { kind: "malformed", field: "payload" };
  }
}

/** The columns of a CSV feed, in order, as its header names them. The last four are empty after an end of record. */
export const changeColumns = [
  ...["version", "feed", "sequence", "municipality", "residentCode", "registerVersion", "kind", "occurredOn"],
  ...["name", "dateOfBirth", "gender", "address"],
] as const;

/** Reads a record of a CSV feed into the same change as a line of NDJSON. */
export function parseChangeRecord(cells: readonly string[]): ReadChange {
  if (cells.length !== changeColumns.length) return { kind: "malformed", field: "payload" };
  const value: Record<string, unknown> = {};
  const items: Record<string, string> = {};
  for (const [index, column] of changeColumns.entries()) {
    const cell = cells[index] ?? "";
    if (index < 8) value[column] = wholeNumbers.has(column) && /^(?:0|[1-9]\d*)$/.test(cell) ? Number(cell) : cell;
    else if (cell !== "") items[column] = cell;
  }
  if (Object.keys(items).length > 0) value.items = items;
  return parseRegisterChange(value);
}

const wholeNumbers: ReadonlySet<string> = new Set(["version", "sequence", "registerVersion"]);

const { residentCode: _, ...withoutCode } = fields;
const ofSubscriber = { ...withoutCode, subscriberId: z.string().min(1) };
const recordedSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...ofSubscriber, kind: z.enum(kindsOf(changesOfItems)), items: itemsSchema }),
  z.strictObject({ ...ofSubscriber, kind: z.enum(kindsOf(endsOfRecord)) }),
]);

/** A change once the resident code is exchanged for the subscriber's id: what is decided and recorded. */
export type ChangeOfSubscriber = z.output<typeof recordedSchema>;

/** Reads a change that was set aside; throws when it is none. */
export function parseRecordedChange(value: unknown): ChangeOfSubscriber {
  return recordedSchema.parse(value);
}

/** Puts the subscriber's id, which the signer makes, in the place of the resident code. */
export function changeOfSubscriber(change: RegisterChange, subscriberId: string): ChangeOfSubscriber {
  const { residentCode: _, ...rest } = change;
  return { ...rest, subscriberId };
}

/** SHA-256 over everything that a change says: two lines with one name but other content are found by it. */
export function changeDigest(change: ChangeOfSubscriber): Uint8Array {
  const { feed, sequence, municipality, subscriberId, registerVersion, kind, occurredOn } = change;
  const items = "items" in change ? change.items : undefined;
  const content = [feed, sequence, municipality, subscriberId, registerVersion, kind, occurredOn];
  const after = items === undefined ? [] : [items.name, items.dateOfBirth, items.gender, items.address];
  return createHash("sha256")
    .update(JSON.stringify([content, after]))
    .digest();
}
